package org.imageserver.mirror;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.imageserver.TestServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What tests share that have a server, and another one whose images it offers or mirrors. */
@Timeout(60)
abstract class WithUpstream {
    /** How long to wait for what happens in the background. */
    static final Duration SOON = Duration.ofSeconds(20);

    final FaultyUpstream upstream = new FaultyUpstream();

    @TempDir
    Path directory;

    @AfterEach
    void stopUpstream() {
        upstream.close();
    }

    /** The same bytes for the same seed. */
    static byte[] bytes(int seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** A source as the configuration has it, with further keys such as {@code , "newest": 2}. */
    static String source(FaultyUpstream upstream, String policy, String keys) {
        return "{\"url\": \"" + upstream.url() + "\", \"policy\": \"" + policy + "\"" + keys + "}";
    }

    /** A server that offers what the upstream has. */
    TestServer serveOnDemand(String keys) {
        return serve("\"sources\": [" + source(upstream, "on-demand", keys) + "]");
    }

    /** A server that keeps copies of what the upstream has. */
    TestServer serveMirror(String keys) {
        return serve("\"sources\": [" + source(upstream, "mirror", keys) + "]");
    }

    /** A server with entries of a configuration file. */
    TestServer serve(String entries) {
        return TestServer.start(directory, entries);
    }

    /** Waits until the server knows the image. */
    static void awaitKnown(TestServer server, String uuid) {
        await().atMost(SOON)
                .until(() -> server.server().catalogue().snapshot().find(uuid).isPresent());
    }

    /** Whether the image is kept here, and not offered only. */
    static boolean isHere(TestServer server, String uuid) {
        return server.server().catalogue().snapshot().own(uuid).isPresent();
    }

    static String fileOf(String uuid) {
        return "/images/" + uuid + "/file";
    }
}
