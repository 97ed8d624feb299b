package org.imageserver.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.regex.Pattern;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.TestServer;

/** One real server for all inputs, over a directory with something beside the images to steal. */
public final class FuzzedServer {
    /** The image that is there. */
    public static final String UUID = TestImages.uuid(1);

    /** Of this process alone, so that no input, which a message may repeat, has it by chance or by an earlier run. */
    private static final String SECRET = new BigInteger(128, new SecureRandom()).toString(36);

    private static final Pattern FAULT = Pattern.compile("(?m)^HTTP/1\\.[01] 5(?!01|05)[0-9][0-9] ");

    /** What a ping that asks for a sample of an error is told; no fault of the server's says so. */
    private static final String SAMPLE = "\"message\":\"boom\"";

    private static final FuzzedServer INSTANCE = start();

    private final TestServer server;

    private FuzzedServer(TestServer server) {
        this.server = server;
    }

    private static FuzzedServer start() {
        try {
            Path directory = Files.createTempDirectory("fuzz");
            Files.createDirectories(directory.resolve("images"));
            Files.writeString(directory.resolve("secret"), SECRET);
            Files.writeString(directory.resolve("images/secret"), SECRET);
            TestServer server = TestServer.start(directory, "\"loglevel\": \"error\", \"idle_seconds\": 5");
            server.images().add(1);
            server.images().add(2, manifest -> manifest.put("origin", UUID).put("os", "linux"));
            server.images().put(UUID, ".hidden", SECRET);
            server.images().put(UUID, "notes.txt", SECRET);
            server.rescan();
            return new FuzzedServer(server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends bytes as they are, says that nothing follows, and reads all that comes; fails on what no client may cause. */
    public static String exchange(byte[] request) {
        return INSTANCE.sendAndRead(request);
    }

    /** Text of any bytes as it can stand in the first line of a request: what would end it is escaped. */
    public static String inTarget(byte[] bytes) {
        StringBuilder target = new StringBuilder();
        for (byte each : bytes) {
            char letter = (char) (each & 0xff);
            if (letter <= ' ' || letter >= 0x7f) {
                target.append("%%%02x".formatted((int) letter));
            } else {
                target.append(letter);
            }
        }
        return target.toString();
    }

    private String sendAndRead(byte[] request) {
        String answer;
        try (RawConnection connection = RawConnection.tcp(server.port())) {
            answer = connection.tell(request);
        } catch (IOException e) {
            throw new AssertionError("the server was not there", e);
        }
        boolean isFault = FAULT.matcher(answer).find() && !answer.contains(SAMPLE);
        if (isFault || answer.contains(SECRET)) {
            throw new AssertionError(new String(request, StandardCharsets.ISO_8859_1) + "\nled to\n" + answer);
        }
        if (!server.log().errors().isEmpty()) {
            throw new AssertionError(server.log().errors().toString());
        }
        return answer;
    }
}
