package org.imageserver.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.microsoft.playwright.Page;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.imageserver.TestAccount;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Role;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A manifest with script in every field does nothing, on any page. What the content security policy would still stop is
 * a trouble too: nothing may come that far.
 */
@ExtendWith(InBrowser.class)
class HostileManifestIT {
    private static final String SCRIPT = "\"'><img src=x onerror=alert(1)><script>alert(2)</script></textarea></title>"
            + "<svg onload=alert(3)>${alert(4)}{{7*7}}]]>&lt;b&gt;\u202Etxt";

    private static final String LINK = "javascript:alert(5)//";

    @TempDir
    private Path directory;

    private TestServer server;
    private String uuid = "";

    @BeforeEach
    void start() {
        server = TestServer.start(directory);
        uuid = server.images().add(1, HostileManifestIT::poison);
        server.images().put(uuid, "icon.png", SCRIPT);
        server.images().add(2, manifest -> {
            poison(manifest);
            manifest.put("origin", TestImages.uuid(1)).put("type", "zvol").put("state", "disabled");
        });
        server.rescan();
        assertThat(server.names("/images")).containsExactly(SCRIPT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void poison(ObjectNode manifest) {
        for (String field : new String[] {
            "name",
            "version",
            "description",
            "type",
            "os",
            "urn",
            "nic_driver",
            "disk_driver",
            "cpu_type",
            "creator_name"
        }) {
            manifest.put(field, SCRIPT);
        }
        manifest.put("homepage", LINK + SCRIPT).put("eula", LINK + SCRIPT);
        ((ObjectNode) manifest.path("files").path(0)).put("dataset_guid", SCRIPT);
        manifest.putObject("tags").put(SCRIPT, SCRIPT);
        manifest.putObject("traits").put(SCRIPT, SCRIPT);
        manifest.putArray("billing_tags").add(SCRIPT);
        manifest.putArray("channels").add(SCRIPT);
        manifest.putArray("users").addObject().put("name", SCRIPT);
        manifest.putObject("error").put("message", SCRIPT).put("code", SCRIPT);
        ObjectNode requirements = manifest.putObject("requirements");
        requirements.put("brand", SCRIPT).put("bootrom", SCRIPT);
        requirements.putArray("networks").addObject().put("name", SCRIPT).put("description", SCRIPT);
        requirements.putObject("min_platform").put(SCRIPT, SCRIPT);
        manifest.put(SCRIPT, SCRIPT);
    }

    @Test
    void doesNothingToWhoReads(Visitors visitors) {
        Page page = visitors.visit(server);
        for (String path : new String[] {"/", "/?view=images", "/?q=" + encoded(SCRIPT), "/status", "/about"}) {
            assertHarmless(page, path);
        }
        assertHarmless(page, "/i/" + uuid);
        assertHarmless(page, "/i/" + TestImages.uuid(2));
        assertHarmless(page, "/n/" + encoded(SCRIPT));
        assertHarmless(page, "/n/" + encoded(SCRIPT) + "/badge.svg");
    }

    @Test
    void doesNothingToWhoEdits(Visitors visitors) {
        TestAccount admin = server.account("admin", Role.ADMIN);
        Page page = visitors.visit(server);
        Person.signIn(page, admin, "/");
        assertHarmless(page, "/i/" + uuid);
        assertHarmless(page, "/i/" + uuid + "/edit");
        assertHarmless(page, "/status");
    }

    private static void assertHarmless(Page page, String path) {
        page.navigate(path);
        page.waitForLoadState();
        assertThat(page.locator("img[src=x], svg[onload], script:not([src]), [href^='javascript:' i]")
                        .count())
                .as("what %s made of the manifest", path)
                .isZero();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
