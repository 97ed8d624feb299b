package org.imageserver.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.imageserver.fuzz.FuzzedServer;

/** Any path, by any method: an answer, never a fault of the server, and never a file that is no image's. */
public final class PathFuzz {
    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");

    private PathFuzz() {}

    /** The first byte chooses the method, the others are the path. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        String method = METHODS.get((input[0] & 0xff) % METHODS.size());
        String path = FuzzedServer.inTarget(Arrays.copyOfRange(input, 1, input.length));
        String answer = FuzzedServer.exchange(
                (method + " /" + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        // What is no request, as a line that is too long, has no version: it is answered as HTTP/1.0.
        if (!answer.startsWith("HTTP/1.")) {
            throw new AssertionError("no answer to " + path);
        }
    }
}
