package org.imageserver.http;

import java.nio.charset.StandardCharsets;
import org.imageserver.fuzz.FuzzedServer;

/** Any bytes in place of a request: whatever comes of it, the next client is answered. */
public final class RequestFuzz {
    private RequestFuzz() {}

    /** The input is sent as it is. */
    public static void fuzzerTestOneInput(byte[] input) {
        FuzzedServer.exchange(input);
        String after = FuzzedServer.exchange(
                "GET /ping HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        if (!after.startsWith("HTTP/1.1 200 ")) {
            throw new AssertionError("the server does not answer any more: " + after);
        }
    }
}
