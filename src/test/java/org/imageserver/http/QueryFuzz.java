package org.imageserver.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.imageserver.fuzz.FuzzedServer;

/** Any query at the addresses that read one: an answer, and never a fault of the server. */
public final class QueryFuzz {
    private static final List<String> PATHS = List.of(
            "/images",
            "/",
            "/images/" + FuzzedServer.UUID,
            "/images/" + FuzzedServer.UUID + "/file",
            "/datasets",
            "/feed.atom",
            "/channels",
            "/n/image-00000001",
            "/ping");

    private QueryFuzz() {}

    /** The first byte chooses the path, the others are the query. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        String path = PATHS.get((input[0] & 0xff) % PATHS.size());
        String query = FuzzedServer.inTarget(Arrays.copyOfRange(input, 1, input.length));
        String answer = FuzzedServer.exchange(
                ("GET " + path + "?" + query + " HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        // What is no request, as a line that is too long, has no version: it is answered as HTTP/1.0.
        if (!answer.startsWith("HTTP/1.")) {
            throw new AssertionError("no answer to " + query);
        }
    }
}
