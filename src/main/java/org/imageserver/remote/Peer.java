package org.imageserver.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;

/** Another image server that speaks IMGAPI. Thread-safe. */
public final class Peer {
    private static final JsonMapper JSON = new JsonMapper();

    /** A manifest or an error; imgadm's own limit is far below. */
    private static final int MAX_JSON_BYTES = 1024 * 1024;

    private final Fetcher fetcher;
    private final String base;

    /**
     * Names a peer.
     *
     * @param base the URL that imgadm would be given, without or with a path
     * @throws UnusableUrlException when it is no URL, or one that is not asked
     */
    public Peer(Fetcher fetcher, String base) throws UnusableUrlException {
        URI url = fetcher.parse(base);
        if (url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new UnusableUrlException("the URL of an image server has no query");
        }
        this.fetcher = fetcher;
        this.base = url.toString().replaceAll("/+$", "");
    }

    /** Scheme, host and port: what follows may hold a secret. */
    public String host() {
        URI url = URI.create(base);
        return url.getScheme() + "://" + url.getRawAuthority();
    }

    /** GetImage: the manifest as the peer sent it, not looked at yet. */
    public byte[] manifest(String uuid) throws RemoteException {
        try (Answer answer = good("/images/" + uuid)) {
            return read(answer);
        }
    }

    /** GetImageFile; the caller closes it. */
    public Answer file(String uuid) throws RemoteException {
        return good("/images/" + uuid + "/file");
    }

    /** GetImageIcon; the caller closes it. */
    public Answer icon(String uuid) throws RemoteException {
        return good("/images/" + uuid + "/icon");
    }

    private Answer good(String path) throws RemoteException {
        Answer answer = fetcher.get(URI.create(base + path));
        if (answer.status() == 200) {
            return answer;
        }
        try (answer) {
            throw new RemoteException(message(answer.status(), read(answer)));
        }
    }

    private static byte[] read(Answer answer) throws RemoteException {
        try (InputStream stream = Channels.newInputStream(answer.body())) {
            byte[] bytes = stream.readNBytes(MAX_JSON_BYTES + 1);
            if (bytes.length > MAX_JSON_BYTES) {
                throw new RemoteException(answer.url().getHost() + " sent more than " + MAX_JSON_BYTES
                        + " bytes where a manifest was expected");
            }
            return bytes;
        } catch (RemoteException e) {
            throw e;
        } catch (IOException e) {
            throw new RemoteException("the answer cannot be read: " + e.getMessage(), e);
        }
    }

    /** The words of the peer if it has some: {@code {"code", "message"}}. */
    private static String message(int status, byte[] body) {
        try {
            JsonNode message = JSON.readTree(body).path("message");
            if (message.isTextual()) {
                return message.textValue();
            }
        } catch (IOException e) {
            // Not IMGAPI's JSON: a proxy's error page, perhaps.
        }
        return "it answered with HTTP status " + status;
    }
}
