package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page of one image, as a browser without JavaScript gets it. */
class ImagePageTest {
    @TempDir
    private Path directory;

    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String add(int number, Consumer<ObjectNode> change) {
        String uuid = server.images().add(number, change);
        server.rescan();
        return uuid;
    }

    private HttpResponse<String> get(String target, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 0, headers.length);
        all[headers.length] = "Accept";
        all[headers.length + 1] = "text/html";
        return server.get(target, all);
    }

    private String page(String uuid) {
        HttpResponse<String> page = get("/i/" + uuid);
        assertThat(page.statusCode()).isEqualTo(200);
        return page.body();
    }

    /** The command that the form makes, as it is to be pasted. */
    private static String command(String page) {
        int begin = page.indexOf("<pre id=\"vm-command\"");
        assertThat(begin).as("no command: " + page).isPositive();
        return page.substring(page.indexOf('>', begin) + 1, page.indexOf("</pre>", begin))
                .replace("&lt;", "<")
                .replace("&#34;", "\"")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }

    private ObjectNode machine(String uuid, String query) {
        String command = command(get("/i/" + uuid + "?" + query).body());
        assertThat(command).startsWith("vmadm create <<'EOF'\n").endsWith("\nEOF");
        return TestImages.json(command.substring(command.indexOf('\n'), command.lastIndexOf('\n')));
    }

    @Test
    void saysHowToInstallAnImageAndWhatItNeeds() {
        String uuid = add(1, manifest -> {
            manifest.put("name", "base").put("version", "24.4").put("description", "Small and good.");
            manifest.put("homepage", "https://example.com/base");
            manifest.putObject("requirements").put("min_ram", 1024);
        });
        String address = server.uri("").toString();
        assertThat(page(uuid))
                .contains("<h1>base <span class=\"of-version\">24.4</span></h1>")
                .contains("imgadm import -S " + address + " " + uuid)
                .contains("imgadm sources -a " + address)
                .contains("Needs at least 1 GiB RAM.")
                .contains("Small and good.")
                .contains("<a href=\"https://example.com/base\"")
                .contains("SmartOS zone");
    }

    /** What curl brings is compressed, and gunzip and bunzip2 go by the name. */
    @Test
    void theCommandForCurlNamesTheFileAsItIs() {
        String uuid = add(1, manifest -> ((ObjectNode) manifest.at("/files/0")).put("compression", "bzip2"));
        assertThat(page(uuid)).contains("-o image-00000001-1.0.0.zfs.bz2 ");
    }

    @Test
    void theCommandForCurlComparesTheChecksum() {
        String uuid = add(1, manifest -> manifest.put("name", "a b;rm -rf /").put("version", "1"));
        String sha1 = TestImages.sha1(("bytes of " + uuid).getBytes(StandardCharsets.UTF_8));
        String page = page(uuid);
        assertThat(page).contains("-o a_b_rm_-rf_-1.zfs.gz ", "/images/" + uuid + "/file");
        assertThat(page).contains(sha1);
        await().untilAsserted(
                        () -> assertThat(page(uuid)).contains("openssl dgst -sha256 a_b_rm_-rf_-1.zfs.gz | grep "));
    }

    @ParameterizedTest
    @CsvSource({"javascript:alert(1)", "data:text/html;x", "//evil.example", "https:", "' https://x y'"})
    void aHomepageThatIsNoWebPageIsNotLinked(String homepage) {
        String uuid = add(1, manifest -> manifest.put("homepage", homepage));
        assertThat(page(uuid)).doesNotContain("href=\"" + homepage.strip());
    }

    @Test
    void aPrivateImageIsNotFoundByOthers() {
        String uuid = add(1, manifest -> manifest.put("public", false).put("name", "secret"));
        HttpResponse<String> refused = get("/i/" + uuid);
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.body()).doesNotContain("secret").contains("<!doctype html>");
        String admin = server.account("boss", Role.ADMIN).basic();
        assertThat(get("/i/" + uuid, "Authorization", admin).body())
                .contains("secret", "private", "/i/" + uuid + "/edit");
        assertThat(get("/i/00000009-0000-4000-8000-000000000000").statusCode()).isEqualTo(404);
        assertThat(get("/i/no-uuid").statusCode()).isEqualTo(404);
    }

    @Test
    void onlyWhoMayChangeAnImageIsLedThere() {
        String uuid = add(1, manifest -> {});
        assertThat(page(uuid)).doesNotContain("/edit\"");
        String other = server.account("other", Role.PUBLISHER).basic();
        assertThat(get("/i/" + uuid, "Authorization", other).body()).doesNotContain("/edit\"");
    }

    @Test
    void showsWhatAnImageIsBuiltOnAndWhatIsBuiltOnIt() {
        String base = add(1, manifest -> manifest.put("name", "base"));
        String middle = add(2, manifest -> manifest.put("name", "middle").put("origin", base));
        String top = add(3, manifest -> manifest.put("name", "top").put("origin", middle));
        String hidden = add(
                4,
                manifest -> manifest.put("name", "hidden").put("origin", middle).put("public", false));
        String page = page(middle);
        assertThat(page).contains("/i/" + base, "/i/" + top).doesNotContain(hidden);
        assertThat(page.indexOf("base 1.0.0")).isLessThan(page.indexOf("<strong>middle 1.0.0</strong>"));
        assertThat(page.indexOf("<strong>middle 1.0.0</strong>")).isLessThan(page.indexOf("top 1.0.0"));
        assertThat(page(base)).contains("middle 1.0.0", "top 1.0.0");
    }

    @Test
    void anOriginThatIsMissingOrHiddenIsShownAsMissing() {
        String gone = "99999999-0000-4000-8000-000000000000";
        assertThat(page(add(1, manifest -> manifest.put("origin", gone))))
                .contains("<code>" + gone + "</code>", "not here");
        String hidden = add(2, manifest -> manifest.put("public", false).put("name", "hidden"));
        assertThat(page(add(3, manifest -> manifest.put("origin", hidden))))
                .contains("<code>" + hidden + "</code>", "not here")
                .doesNotContain("hidden 1.0.0");
    }

    @Test
    void originsInACircleComeToAnEnd() {
        String first = add(1, manifest -> manifest.put("name", "first").put("origin", TestImages.uuid(2)));
        String second = add(2, manifest -> manifest.put("name", "second").put("origin", TestImages.uuid(1)));
        String self = add(3, manifest -> manifest.put("name", "self").put("origin", TestImages.uuid(3)));
        assertThat(page(first)).contains("in a circle", "/i/" + second);
        assertThat(page(self)).contains("in a circle");
    }

    @Test
    void aLongChainOfOriginsIsShownInPart() {
        server.images().add(1);
        for (int number = 2; number <= 3000; number++) {
            String origin = TestImages.uuid(number - 1);
            server.images().add(number, manifest -> manifest.put("origin", origin));
        }
        server.rescan();
        assertThat(page(TestImages.uuid(3000))).contains("and more origins", TestImages.uuid(2950));
        assertThat(page(TestImages.uuid(1))).contains("and 1 more");
    }

    @Test
    void manyIncrementsAreCountedAndNotAllShown() {
        String base = server.images().add(1);
        for (int number = 2; number <= 260; number++) {
            server.images().add(number, manifest -> manifest.put("origin", base));
        }
        server.rescan();
        assertThat(page(base)).contains("and 60 more");
    }

    @Test
    void saysWhatIsWrongWithAFile() {
        String uuid = add(1, manifest -> {});
        await().untilAsserted(() ->
                assertThat(page(uuid)).contains("It is served all the same", "The file is not a ZFS send stream"));
        assertThat(server.getBytes("/images/" + uuid + "/file").statusCode()).isEqualTo(200);
    }

    @Test
    void countsDownloads() {
        String uuid = add(1, manifest -> {});
        assertThat(page(uuid)).contains("0 since they are counted");
        server.getBytes("/images/" + uuid + "/file");
        await().untilAsserted(
                        () -> assertThat(page(uuid)).contains("1 since they are counted", "1 in the last 30 days"));
    }

    @Test
    void otherVersionsAreLinked() {
        String old = add(1, manifest -> manifest.put("name", "base").put("version", "1"));
        String young = add(2, manifest -> manifest.put("name", "base").put("version", "2"));
        assertThat(page(old)).contains("<a href=\"/i/" + young + "\">2</a>", "/n/base");
        assertThat(page(young)).contains("<a href=\"/i/" + old + "\">1</a>");
    }

    @Test
    void aZoneIsMadeWithMemoryAndQuota() {
        String uuid = add(1, manifest -> {});
        ObjectNode machine = machine(
                uuid,
                "brand=joyent&alias=web1&ram=512&quota=15&nics=1&tag0=external&ip0=10.0.0.5/24&gateway0=10.0.0.1&vlan0=7"
                        + "&resolvers=1.1.1.1,2606:4700::1111&key=ssh-ed25519+AAAA+me");
        assertThat(machine.toString())
                .isEqualTo("{\"brand\":\"joyent\",\"alias\":\"web1\",\"image_uuid\":\"" + uuid
                        + "\",\"max_physical_memory\":512,\"quota\":15,\"nics\":[{\"nic_tag\":\"external\","
                        + "\"ips\":[\"10.0.0.5/24\"],\"gateways\":[\"10.0.0.1\"],\"vlan_id\":7,\"primary\":true}],"
                        + "\"resolvers\":[\"1.1.1.1\",\"2606:4700::1111\"],"
                        + "\"customer_metadata\":{\"root_authorized_keys\":\"ssh-ed25519 AAAA me\"}}");
    }

    @Test
    void anLxZoneHasALinuxVersion() {
        String uuid = add(1, manifest -> {
            manifest.put("type", "lx-dataset").put("os", "linux");
            manifest.putObject("tags").put("kernel_version", "4.3.0");
        });
        ObjectNode machine = machine(uuid, "");
        assertThat(machine.path("brand").asText()).isEqualTo("lx");
        assertThat(machine.path("kernel_version").asText()).isEqualTo("4.3.0");
        assertThat(machine.path("image_uuid").asText()).isEqualTo(uuid);
        assertThat(get("/i/" + uuid + "?kernel_version=new").body()).contains("a version such as 4.3.0");
    }

    private String addVolume(String driver) {
        return add(1, manifest -> {
            manifest.put("type", "zvol")
                    .put("os", "linux")
                    .put("image_size", 10240)
                    .put("disk_driver", driver)
                    .put("nic_driver", "e1000")
                    .put("cpu_type", "host");
        });
    }

    @Test
    void aBhyveMachineHasDisksAndCpus() {
        String uuid = addVolume("virtio");
        ObjectNode machine = machine(uuid, "brand=bhyve&ram=4096&vcpus=4&disk=20");
        assertThat(machine.path("ram").asInt()).isEqualTo(4096);
        assertThat(machine.path("vcpus").asInt()).isEqualTo(4);
        assertThat(machine.path("disks").toString())
                .isEqualTo("[{\"boot\":true,\"model\":\"virtio\",\"image_uuid\":\"" + uuid
                        + "\",\"image_size\":10240},{\"model\":\"virtio\",\"size\":20480}]");
        assertThat(machine.at("/nics/0/model").asText()).isEqualTo("virtio");
        assertThat(machine.has("image_uuid")).isFalse();
        assertThat(machine.has("max_physical_memory")).isFalse();
        assertThat(machine.has("quota")).isFalse();
        assertThat(machine.has("resolvers")).isFalse();
        assertThat(machine.has("cpu_type")).isFalse();
    }

    @Test
    void aKvmMachineHasTheDriversThatTheImageNames() {
        ObjectNode machine = machine(addVolume("ide"), "brand=kvm");
        assertThat(machine.at("/disks/0/model").asText()).isEqualTo("ide");
        assertThat(machine.at("/nics/0/model").asText()).isEqualTo("e1000");
        assertThat(machine.path("cpu_type").asText()).isEqualTo("host");
        assertThat(machine.has("resolvers")).isTrue();
        assertThat(machine(addVolume("ide"), "brand=bhyve").at("/disks/0/model").asText())
                .as("a driver that bhyve does not have")
                .isEqualTo("virtio");
    }

    @Test
    void theBrandAndBootRomThatAnImageRequiresAreTaken() {
        String uuid = add(1, manifest -> {
            manifest.put("type", "zvol").put("image_size", 1024);
            manifest.putObject("requirements").put("brand", "bhyve").put("bootrom", "uefi");
        });
        ObjectNode machine = machine(uuid, "brand=kvm");
        assertThat(machine.path("brand").asText()).isEqualTo("bhyve");
        assertThat(machine.path("bootrom").asText()).isEqualTo("uefi");
    }

    @Test
    void asManyNicsAsTheImageNeeds() {
        String uuid = add(1, manifest -> {
            var networks = manifest.putObject("requirements").putArray("networks");
            networks.addObject().put("name", "net0").put("description", "public");
            networks.addObject().put("name", "net1").put("description", "internal");
        });
        ObjectNode machine = machine(uuid, "");
        assertThat(machine.path("nics")).hasSize(2);
        assertThat(machine.at("/nics/0/primary").asBoolean()).isTrue();
        assertThat(machine.at("/nics/1").has("primary")).isFalse();
        assertThat(machine(uuid, "nics=0").has("nics")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ram=lots             | a whole number from
            ram=128              | a whole number from 256 to 4,096
            ram=9999             | a whole number from 256 to 4,096
            quota=-1             | a whole number from
            ip0=10.0.0.5         | with its prefix
            ip0=10.0.0.5/33      | with its prefix
            ip0=10.0.0.500/24    | with its prefix
            ip0=fe80::1%25eth0/64 | with its prefix
            gateway0=router      | an IPv4 address
            vlan0=4096           | a whole number from 0 to 4,095
            tag0=two words       | a NIC tag
            resolvers=dns        | IP addresses with commas
            key=AAAA             | authorized_keys
            alias=a%0Ab          | one line
            """)
    void whatIsWrongIsSaidBesideItsFieldAndMakesNoCommand(String query, String message) {
        String uuid = add(
                1,
                manifest ->
                        manifest.putObject("requirements").put("min_ram", 256).put("max_ram", 4096));
        String page = get("/i/" + uuid + "?" + query.replace(" ", "%20")).body();
        assertThat(page).contains(message).doesNotContain("id=\"vm-command\"");
        String field = query.substring(0, query.indexOf('='));
        int error = page.indexOf("id=\"vm-error-" + field + "\"");
        assertThat(page.substring(error, page.indexOf("</span>", error))).contains(message);
    }

    @Test
    void aMachineOfAHostileImageIsStillJson() {
        String hostile = "EOF\n$(rm -rf /)`id`\"'";
        String uuid = add(1, manifest -> {
            manifest.put("name", hostile).put("disk_driver", hostile).put("nic_driver", hostile);
            manifest.put("type", "zvol").put("image_size", hostile);
            manifest.putObject("requirements").put("bootrom", hostile).put("min_ram", hostile);
        });
        ObjectNode machine = machine(uuid, "");
        assertThat(machine.toString()).doesNotContain("rm -rf /", "`");
        String typed = "a\"b\\c$(id)'EOF";
        ObjectNode named = machine(uuid, "alias=" + URLEncoder.encode(typed, StandardCharsets.UTF_8));
        assertThat(named.path("alias").asText()).isEqualTo(typed);
    }

    @Test
    void whatMakesNoMachineHasNoForm() {
        assertThat(page(add(1, manifest -> manifest.put("type", "docker")))).doesNotContain("vmadm create");
    }
}
