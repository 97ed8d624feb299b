package org.imageserver.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Understanding an image, and taking along the commands that install it and make a machine of it. */
@ExtendWith(InBrowser.class)
class ImageIT {
    @TempDir
    private static Path directory;

    private static TestServer server;

    @BeforeAll
    static void start() throws IOException {
        server = TestServer.start(directory);
        SampleCatalogue.fill(server.images().directory(), 1);
        server.rescan();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void saysWhatItNeedsAndWhatItIsBuiltOn(Visitors visitors) {
        Page page = open(visitors, "postgresql-16", "16.9.0");
        assertThat(page.locator("#install"))
                .containsText("Needs platform 20231215 or newer, 1 NIC (public), at least 1 GiB RAM");
        Locator lineage = page.locator("#lineage");
        assertThat(lineage).containsText("base-64-lts 24.4.1");
        lineage.getByText("timescaledb").click();
        assertThat(page.locator("h1")).containsText("timescaledb");
        page.locator("#lineage").getByText("base-64-lts").click();
        assertThat(page.locator("h1")).containsText("base-64-lts");
        assertThat(page.locator("#lineage")).containsText("pkgbuild");
        page.locator("#versions").getByText("23.4.1").click();
        assertThat(page.locator("h1")).containsText("23.4.1");
    }

    @Test
    void saysThatItsFileWasVerified(Visitors visitors) {
        Page page = open(visitors, "alpine-3.22", "20261012");
        await("the check in the background").pollInSameThread().until(() -> {
            page.reload();
            return page.locator(".marks .badge.good").count() == 1;
        });
        assertThat(page.locator("#facts")).containsText("@final");
    }

    @Test
    void copiesCommandsChecksumsAndTheManifest(Visitors visitors) {
        Page page =
                visitors.visit(server, options -> options.setPermissions(List.of("clipboard-read", "clipboard-write")));
        String uuid = uuid("nginx", "1.28.0");
        page.navigate("/i/" + uuid);
        assertThat(copied(page, page.locator("#install .copy").first()))
                .isEqualTo("imgadm import -S http://127.0.0.1:" + server.port() + " " + uuid);
        JsonNode manifest = TestServer.json(server.get("/images/" + uuid));
        assertThat(copied(page, page.locator("#facts .copy", new Page.LocatorOptions().setHasText("SHA-1"))))
                .isEqualTo(manifest.at("/files/0/sha1").asText());
        page.locator("#manifest summary").click();
        assertThat(TestImages.json(copied(page, page.locator("#manifest .copy"))))
                .isEqualTo(manifest);
    }

    @Test
    void makesTheInputOfVmadmAndValidatesItAsOneTypes(Visitors visitors) {
        Page page = open(visitors, "postgresql-16", "16.9.0");
        ObjectNode machine = machine(page);
        assertThat(machine.path("image_uuid").asText()).isEqualTo(uuid("postgresql-16", "16.9.0"));
        assertThat(machine.path("nics")).hasSize(1);
        Locator memory = page.locator("#vm-ram");
        memory.fill("12");
        assertThat(page.locator("#vm-command")).hasCount(0);
        assertThat(page.locator("#vm .field", new Page.LocatorOptions().setHas(memory)))
                .containsText("from 1,024");
        Axe.assertAccessible(page, "a form that is not right yet");
        memory.fill("");
        memory.pressSequentially("4096");
        assertThat(page.locator("#vm-command")).containsText("4096");
        assertThat(memory).isFocused();
        assertThat(machine(page).path("max_physical_memory").asInt()).isEqualTo(4096);
        page.locator("#vm-nics").selectOption("2");
        assertThat(page.locator("#vm-ip1")).isVisible();
        assertThat(machine(page).path("nics")).hasSize(2);
        assertThat(machine(page).path("max_physical_memory").asInt()).isEqualTo(4096);
    }

    @Test
    void knowsTheOtherKindsOfMachines(Visitors visitors) {
        ObjectNode linux = machine(open(visitors, "alpine-3.22", "20261012"));
        assertThat(linux.path("brand").asText()).isEqualTo("lx");
        assertThat(linux.path("kernel_version").asText()).isEqualTo("4.4.0");
        Page page = open(visitors, "freebsd-14", "20261020");
        ObjectNode volume = machine(page);
        assertThat(volume.path("brand").asText()).isEqualTo("bhyve");
        assertThat(volume.at("/disks/0/image_size").asInt()).isEqualTo(10240);
        assertThat(volume.path("bootrom").asText()).isEqualTo("uefi");
    }

    @Test
    void makesTheInputOfVmadmWithoutJavaScript(Visitors visitors) {
        Page page = visitors.visit(server, options -> options.setJavaScriptEnabled(false));
        page.navigate("/i/" + uuid("redis", "7.4.3"));
        page.locator("#vm-ram").fill("2048");
        page.locator("#vm").getByRole(AriaRole.BUTTON).first().click();
        assertThat(page.locator("#vm-command")).containsText("2048");
        assertThat(page.locator("#vm-ram")).hasValue("2048");
    }

    private static Page open(Visitors visitors, String name, String version) {
        Page page = visitors.visit(server);
        page.navigate("/i/" + uuid(name, version));
        return page;
    }

    private static String uuid(String name, String version) {
        return TestServer.json(server.get("/images?name=" + name + "&version=" + version))
                .path(0)
                .path("uuid")
                .asText();
    }

    private static String copied(Page page, Locator button) {
        button.click();
        assertThat(button).hasClass(Pattern.compile("\\bdone\\b"));
        return String.valueOf(page.evaluate("navigator.clipboard.readText()"));
    }

    /** What the command gives to vmadm. */
    private static ObjectNode machine(Page page) {
        String command = page.locator("#vm-command").textContent();
        return TestImages.json(command.substring(command.indexOf('{'), command.lastIndexOf('}') + 1));
    }
}
