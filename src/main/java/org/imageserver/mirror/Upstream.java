package org.imageserver.mirror;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.config.Settings.Source;
import org.imageserver.manifest.Defaults;
import org.imageserver.manifest.DiskManifest;
import org.imageserver.manifest.InvalidManifestException;
import org.imageserver.manifest.ManifestJson;
import org.imageserver.remote.Answer;
import org.imageserver.remote.Fetcher;
import org.imageserver.remote.RemoteException;
import org.imageserver.remote.ResumedBody;
import org.imageserver.signing.Statement;
import org.imageserver.signing.VerificationKey;
import org.jspecify.annotations.Nullable;

/** A server of images, of either protocol, that this one takes images from. Thread-safe. */
final class Upstream {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_MANIFEST = 1024 * 1024;
    private static final int MAX_SIGNATURE = 1024;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final Source source;
    private final Fetcher fetcher;
    private final Defaults defaults;
    private final SignedAnswers signed;
    private @Nullable Boolean isDsapi;

    /**
     * Names an upstream; asks nothing yet.
     *
     * @param defaultOwner of images whose manifest names none
     * @param trusted the key that must have signed; empty: nobody need have
     */
    Upstream(Source source, Fetcher fetcher, String defaultOwner, Optional<VerificationKey> trusted) {
        this.source = source;
        this.fetcher = fetcher;
        this.signed = new SignedAnswers(source.url(), trusted, this::signature);
        this.defaults = new Defaults(defaultOwner, true, "1970-01-01T00:00:00.000Z");
    }

    /**
     * What it has.
     *
     * @param images all that it shows
     * @param etag by which the list can be asked for again
     */
    record Catalogue(List<Listed> images, Optional<String> etag) {}

    /**
     * Lists its images.
     *
     * @param known the tag of a list that is known
     * @return empty when the list is that one
     * @throws RemoteException when it cannot be had, or is no list of images
     */
    Optional<Catalogue> list(Optional<String> known) throws RemoteException {
        return list(known, manifest -> {});
    }

    /** Is given the manifests of a list, one after the other. */
    interface Sink {
        /** A list begins; what came before was of another one, which was changed before it was verified. */
        default void begin() throws IOException {}

        /** The next one, as version 2; a failure ends the reading. */
        void take(JsonNode manifest) throws IOException;
    }

    /** The same; the manifests go to a sink, which must not trust them before this has returned. */
    Optional<Catalogue> list(Optional<String> known, Sink sink) throws RemoteException {
        Map<String, String> headers = new HashMap<>();
        known.ifPresent(etag -> headers.put("If-None-Match", etag));
        String query = "state=all" + channel("&");
        String path = isDsapi() ? "/datasets" : "/images?" + query;
        try {
            return signed.inAgreement(() -> list(path, query, headers, sink));
        } catch (RemoteException e) {
            throw e;
        } catch (IOException e) {
            throw new RemoteException("the list of " + source.url() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Optional<Catalogue> list(String path, String query, Map<String, String> headers, Sink sink)
            throws IOException {
        try (Answer answer = get(path, headers)) {
            if (answer.status() == 304) {
                return Optional.empty();
            }
            check(answer, path);
            MessageDigest digest = Statement.newSha256();
            sink.begin();
            Catalogue listed = new Catalogue(read(answer, digest, sink), answer.etag());
            signed.check("/images/signature?" + query, () -> Statement.ofList(query, digest));
            return Optional.of(listed);
        }
    }

    /** The signature of an answer, if it has one. */
    private Optional<String> signature(String path) throws IOException {
        if (isDsapi()) {
            return Optional.empty();
        }
        try (Answer answer = get(path, Map.of());
                InputStream stream = Channels.newInputStream(answer.body())) {
            return answer.status() == 200
                    ? Optional.of(new String(stream.readNBytes(MAX_SIGNATURE), StandardCharsets.ISO_8859_1))
                    : Optional.empty();
        }
    }

    /** One image after the other: a list of 10,000 is 10 MB. */
    private List<Listed> read(Answer answer, MessageDigest digest, Sink sink) throws RemoteException {
        List<Listed> images = new ArrayList<>();
        try (InputStream stream = new DigestInputStream(Channels.newInputStream(answer.body()), digest);
                JsonParser parser = JSON.createParser(stream)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw new RemoteException(source.url() + " answered with something that is no list of images");
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                JsonNode manifest = v2(JSON.readTree(parser));
                Listed.of(manifest).ifPresent(images::add);
                sink.take(manifest);
            }
            if (parser.currentToken() != JsonToken.END_ARRAY) {
                throw new RemoteException("the list of " + source.url() + " is cut short");
            }
            // What follows is part of what was signed.
            stream.skip(Long.MAX_VALUE);
            return images;
        } catch (RemoteException e) {
            throw e;
        } catch (IOException e) {
            throw new RemoteException("the list of " + source.url() + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** As version 2; an image that cannot be understood is as it was sent, and refused when somebody wants it. */
    private JsonNode v2(JsonNode manifest) {
        if (!(manifest instanceof ObjectNode sent) || manifest.path("v").asInt() == 2) {
            return manifest;
        }
        try {
            return DiskManifest.read(ManifestJson.toBytes(sent), defaults)
                    .manifest()
                    .toJson();
        } catch (InvalidManifestException e) {
            return manifest;
        }
    }

    /** The manifest of an image, as version 2; empty when there is no such image. */
    Optional<ObjectNode> manifest(String uuid) throws RemoteException {
        try {
            Optional<ObjectNode> sent = signed.inAgreement(() -> sent(uuid));
            return sent.map(manifest -> v2(manifest) instanceof ObjectNode v2 ? v2 : manifest);
        } catch (RemoteException e) {
            throw e;
        } catch (IOException | InvalidManifestException e) {
            throw new RemoteException(
                    "the manifest of " + uuid + " at " + source.url() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private Optional<ObjectNode> sent(String uuid) throws IOException, InvalidManifestException {
        String path = isDsapi() ? "/datasets/" + uuid : "/images/" + uuid + channel("?");
        try (Answer answer = get(path, Map.of())) {
            if (answer.status() == 404) {
                return Optional.empty();
            }
            check(answer, path);
            try (InputStream stream = Channels.newInputStream(answer.body())) {
                byte[] manifest = stream.readNBytes(MAX_MANIFEST + 1);
                signed.check(
                        "/images/" + uuid + "/signature" + channel("?"), () -> Statement.ofManifest(uuid, manifest));
                return Optional.of(ManifestJson.parse(manifest));
            }
        }
    }

    /** DSAPI names the file in a url, whose host means nothing. */
    private String dsapiFile(String uuid) throws RemoteException {
        try {
            JsonNode file = sent(uuid).map(manifest -> manifest.at("/files/0")).orElseGet(MissingNode::getInstance);
            String url = file.path("url").asText(file.path("path").asText());
            return "/datasets/" + uuid + "/" + url.substring(url.lastIndexOf('/') + 1);
        } catch (RemoteException e) {
            throw e;
        } catch (IOException | InvalidManifestException e) {
            throw new RemoteException("the manifest of " + uuid + " at " + source.url() + " cannot be read", e);
        }
    }

    /** The bytes of an image's file; the caller closes them. */
    ResumedBody file(String uuid) throws RemoteException {
        String path = isDsapi() ? dsapiFile(uuid) : "/images/" + uuid + "/file" + channel("?");
        return new ResumedBody("the file of " + uuid + " at " + source.url(), FIRST_PAUSE, headers -> {
            Answer answer = get(path, headers);
            if (answer.status() != 200 && answer.status() != 206) {
                try (answer) {
                    throw new RemoteException(source.url() + path + " answered with HTTP status " + answer.status());
                }
            }
            return answer;
        });
    }

    /** The icon of an image; the caller closes it. */
    Answer icon(String uuid) throws RemoteException {
        String path = "/images/" + uuid + "/icon" + channel("?");
        Answer answer = get(path, Map.of());
        check(answer, path);
        return answer;
    }

    private String channel(String separator) {
        return source.channel().map(name -> separator + "channel=" + name).orElse("");
    }

    private synchronized boolean isDsapi() throws RemoteException {
        Boolean known = isDsapi;
        if (known == null) {
            known = source.type().isPresent() ? source.type().get() == Source.Type.DSAPI : !speaksImgapi();
            isDsapi = known;
        }
        return known;
    }

    private boolean speaksImgapi() throws RemoteException {
        try (Answer answer = get("/ping", Map.of());
                InputStream stream = Channels.newInputStream(answer.body())) {
            return answer.status() == 200
                    && JSON.readTree(stream.readNBytes(MAX_MANIFEST))
                            .path("imgapi")
                            .asBoolean();
        } catch (RemoteException e) {
            throw e;
        } catch (IOException e) {
            throw new RemoteException(source.url() + "/ping is no image server's: " + e.getMessage(), e);
        }
    }

    private Answer get(String path, Map<String, String> headers) throws RemoteException {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Accept", "application/json");
        if (!path.startsWith("/datasets")) {
            all.put("Accept-Version", "~2");
        }
        source.authorization().ifPresent(value -> all.put("Authorization", value));
        return fetcher.get(URI.create(source.url() + path), all);
    }

    private void check(Answer answer, String path) throws RemoteException {
        if (answer.status() != 200) {
            try (answer) {
                throw new RemoteException(source.url() + path + " answered with HTTP status " + answer.status());
            }
        }
    }
}
