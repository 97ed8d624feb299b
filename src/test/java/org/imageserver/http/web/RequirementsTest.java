package org.imageserver.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.imageserver.TestImages;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequirementsTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                                          | ``
            {"min_platform": {"7.0": "20180830T001556Z"}}               | Needs platform 20180830 or newer.
            {"max_platform": {"7.0": "20200101T000000Z"}}               | Needs platform 20200101 or older.
            {"min_platform": {"6.5": "20130101T000000Z", "7.0": "20180830T001556Z"}} | Needs platform 20130101 or newer (of 6.5), platform 20180830 or newer (of 7.0).
            {"networks": [{"name": "net0"}]}                            | Needs 1 NIC.
            {"networks": [{"name": "net0", "description": "public"}, {"name": "net1", "description": "admin"}]} | Needs 2 NICs (public, admin).
            {"min_ram": 1024}                                           | Needs at least 1 GiB RAM.
            {"min_ram": 512, "max_ram": 1536}                           | Needs at least 512 MiB RAM, at most 1.5 GiB RAM.
            {"min_ram": 10240}                                          | Needs at least 10 GiB RAM.
            {"brand": "bhyve", "bootrom": "uefi"}                       | Needs brand bhyve, boot ROM uefi.
            {"ssh_key": true}                                           | Needs an ssh key.
            {"ssh_key": false}                                          | ``
            {"min_platform": {"7.0": "20180830T001556Z"}, "networks": [{"name": "net0"}], "min_ram": 1024} | Needs platform 20180830 or newer, 1 NIC, at least 1 GiB RAM.
            {"min_platform": {"7.0": "soon"}, "networks": "many", "min_ram": "all", "brand": 7, "ssh_key": "x"} | ``
            {"min_ram": -1, "max_ram": 9223372036854775807, "networks": [], "brand": " "} | ``
            {"min_platform": ["20180830T001556Z"], "max_platform": 1}   | ``
            """)
    void saysWhatAnImageNeeds(String requirements, String words) {
        assertThat(Requirements.inWords(TestImages.json(requirements))).isEqualTo(words);
    }
}
