package org.imageserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.imageserver.manifest.Manifests.DEFAULTS;
import static org.imageserver.manifest.Manifests.OWNER;
import static org.imageserver.manifest.Manifests.SHA1;
import static org.imageserver.manifest.Manifests.UUID;
import static org.imageserver.manifest.Manifests.object;
import static org.imageserver.manifest.Manifests.readFromDisk;
import static org.imageserver.manifest.Manifests.resource;
import static org.imageserver.manifest.Manifests.v1;
import static org.imageserver.manifest.Manifests.v2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DsapiManifestTest {
    private static final DsapiSettings SETTINGS = new DsapiSettings("maker", UUID, "cloud");
    private static final String PREFIX = "http://host/datasets/" + UUID + "/";

    private static ObjectNode dsapi(byte[] onDisk) {
        return DsapiManifest.toJson(readFromDisk(onDisk), SETTINGS, PREFIX);
    }

    @Test
    void showsASecondVersionAsAFirst() {
        assertThat(dsapi(v2("'owner':'" + OWNER + "','published_at':'2020-01-01T00:00:00Z','acl':['" + UUID
                        + "'],'tags':{'a':'b'},'channels':['dev']")))
                .hasToString(("{'uuid':'" + UUID + "','name':'a','version':'1','disabled':false,"
                                + "'published_at':'2020-01-01T00:00:00Z',"
                                + "'files':[{'path':'image.zfs','size':1,'compression':'none','url':'" + PREFIX
                                + "image.zfs'}],'tags':{'a':'b'},'creator_uuid':'" + OWNER
                                + "','creator_name':'maker','vendor_uuid':'" + UUID
                                + "','cloud_name':'cloud','urn':'cloud:maker:a:1',"
                                + "'created_at':'2020-01-01T00:00:00Z','updated_at':'2020-01-01T00:00:00Z'}")
                        .replace('\'', '"'));
    }

    @Test
    void keepsAllThatAFirstVersionSays() {
        ObjectNode shown = dsapi(v1("'urn':'a:b:c:d','created_at':'2012-01-01T00:00Z','updated_at':'x',"
                + "'vendor_uuid':'v','cloud_name':'c','creator_name':'n','other':{'a':[1]},'image_size':'5',"
                + "'files':[{'path':'a b.zfs.gz','url':'http://elsewhere/a','md5':'m'}]"));

        assertThat(shown)
                .isEqualTo(object("{'uuid':'" + UUID + "','name':'a','version':'1','creator_uuid':'" + OWNER
                        + "','urn':'a:b:c:d','created_at':'2012-01-01T00:00Z','updated_at':'x',"
                        + "'vendor_uuid':'v','cloud_name':'c','creator_name':'n','other':{'a':[1]},'image_size':'5',"
                        + "'published_at':'2012-01-01T00:00:00Z',"
                        + "'files':[{'path':'a b.zfs.gz','compression':'gzip','url':'" + PREFIX
                        + "a%20b.zfs.gz','md5':'m'}]}"));
    }

    @Test
    void showsTheFileOfAFirstVersionInProperForm() {
        assertThat(dsapi(v1("'files':[{'path':'a','sha1':null,'size':'5','dataset_guid':12345678901234567890}]"))
                        .get("files"))
                .hasToString("[{\"path\":\"a\",\"size\":5,\"compression\":\"none\","
                        + "\"dataset_guid\":\"12345678901234567890\",\"url\":\"" + PREFIX + "a\"}]");
    }

    @Test
    void completesWhatTheOldImportScriptLeftEmpty() {
        ObjectNode shown = dsapi(resource("/manifests/import-image.json"));

        assertThat(shown.get("creator_uuid").textValue()).isEqualTo(DEFAULTS.owner());
        assertThat(shown.get("vendor_uuid").textValue()).isEqualTo(UUID);
        assertThat(shown.get("published_at").textValue()).isEqualTo("2014-03-01T12:30Z");
        assertThat(shown.get("files"))
                .hasToString(("[{'path':'web server-1.2.0.zfs.gz','sha1':'" + SHA1
                                + "','size':52428800,'compression':'gzip','url':'" + PREFIX
                                + "web%20server-1.2.0.zfs.gz'}]")
                        .replace('\'', '"'));
    }

    @ParameterizedTest
    @CsvSource({
        "none, image.zfs",
        "gzip, image.zfs.gz",
        "bzip2, image.zfs.bz2",
        "xz, image.zfs.xz",
        "zstd, image.zfs.zst"
    })
    void namesAFileThatHasNoNameByItsCompression(String compression, String fileName) {
        byte[] onDisk = Manifests.json("{'v':2,'uuid':'" + UUID + "','name':'a','version':'1','files':[{'compression':'"
                + compression + "'}]}");

        assertThat(DsapiManifest.fileName(readFromDisk(onDisk))).contains(fileName);
        assertThat(dsapi(onDisk).at("/files/0/path").textValue()).isEqualTo(fileName);
        assertThat(dsapi(onDisk).at("/files/0/url").textValue()).isEqualTo(PREFIX + fileName);
    }

    @Test
    void encodesTheNameInTheUrl() {
        assertThat(dsapi(v1("'files':[{'path':'ü%+ä#?.zfs'}]"))
                        .at("/files/0/url")
                        .textValue())
                .isEqualTo(PREFIX + "%C3%BC%25%2B%C3%A4%23%3F.zfs");
    }

    @Test
    void hasNoFileNameWithoutAFile() {
        assertThat(DsapiManifest.fileName(readFromDisk(v1("")))).isEmpty();
        assertThat(dsapi(v1("")).get("files")).isEmpty();
    }

    @Test
    void namesTheOneAccountOfAPrivateImage() {
        String privateTo = "'public':false,'acl':";
        assertThat(dsapi(v2(privateTo + "['" + OWNER + "']"))
                        .path("restricted_to_uuid")
                        .textValue())
                .isEqualTo(OWNER);
        assertThat(dsapi(v2(privateTo + "['" + OWNER + "','" + UUID + "']")).has("restricted_to_uuid"))
                .isFalse();
        assertThat(dsapi(v2("'acl':['" + OWNER + "']")).has("restricted_to_uuid"))
                .isFalse();
    }

    @Test
    void showsTheOwnerAsVendorWhereNoneIsConfigured() {
        ObjectNode shown = DsapiManifest.toJson(
                readFromDisk(v2("'owner':'" + OWNER + "'")), new DsapiSettings("maker", "", "cloud"), PREFIX);
        assertThat(shown.get("vendor_uuid").textValue()).isEqualTo(OWNER);
    }
}
