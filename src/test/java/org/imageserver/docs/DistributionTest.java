package org.imageserver.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.imageserver.cli.Main;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The files in {@code dist} fit the program. */
class DistributionTest {
    private Settings defaults;

    @BeforeEach
    void readDefaults() throws ConfigException {
        defaults = Settings.read(null, Settings.Overrides.NONE);
    }

    @Test
    void theSmfManifestIsWhatTheCommandPrints() {
        StringWriter out = new StringWriter();
        int exitCode = Main.commandLine()
                .setOut(new PrintWriter(out))
                .execute(
                        "smf",
                        "--home",
                        "/opt/image-server",
                        "--config",
                        "/opt/image-server/config.json",
                        "--user",
                        "imagesrv");
        assertThat(exitCode).isZero();
        assertThat(Documents.read("dist/image-server.smf.xml")).isEqualTo(out.toString());
    }

    @Test
    void theServiceManagersLetDownloadsHaveTheirGrace() {
        assertThat(seconds("dist/image-server.service", "(?m)^TimeoutStopSec=(\\d+)$"))
                .isGreaterThan(defaults.grace());
        assertThat(seconds("dist/image-server.smf.xml", "exec=\":kill -TERM\" timeout_seconds=\"(\\d+)\""))
                .isGreaterThan(defaults.grace());
    }

    /** The other way round, nginx would now and then use a connection that is just being closed. */
    @Test
    void nginxClosesIdleConnectionsBeforeTheServerDoes() {
        assertThat(seconds("dist/nginx.conf", "keepalive_timeout (\\d+)s;")).isLessThan(defaults.idle());
    }

    private static Duration seconds(String file, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(Documents.read(file));
        assertThat(matcher.find()).as("%s has %s", file, pattern).isTrue();
        return Duration.ofSeconds(Long.parseLong(matcher.group(1)));
    }
}
