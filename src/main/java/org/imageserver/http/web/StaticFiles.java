package org.imageserver.http.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.imageserver.catalogue.Sha1;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/**
 * Styles, scripts and pictures of the pages, from the jar. Their address holds a hash of them all, so that a browser
 * keeps them for good and yet never mixes those of two versions; modules import each other by {@code ./name.js}.
 */
final class StaticFiles {
    /** Every file of the directory {@code static}; a test compares. htmx comes from the build. */
    static final List<String> NAMES = List.of(
            "api.js",
            "edit.js",
            "favicon.svg",
            "fields.js",
            "htmx.min.js",
            "list.js",
            "meter.js",
            "names.js",
            "pages.css",
            "pages.js",
            "publish.js",
            "resume.js",
            "transfer.js",
            "upload.js");

    private static final Map<String, Body> FILES = NAMES.stream()
            .collect(Collectors.toUnmodifiableMap(
                    name -> name, name -> Body.of(bytes(name)).compressed()));
    private static final String VERSION = version();

    private StaticFiles() {}

    /** Where a page finds a file. */
    static String address(String name) {
        if (!FILES.containsKey(name)) {
            throw new IllegalArgumentException("no static file is named " + name);
        }
        return "/static/" + VERSION + "/" + name;
    }

    /** Answers {@code /static/:version/:name}; a page that was open during an upgrade gets the new file, for once. */
    static Reply answer(Request request) {
        String name = request.parameter("name");
        Body body = FILES.get(name);
        if (body == null) {
            throw new ApiException(ErrorCode.ResourceNotFound, request.target() + " does not exist");
        }
        boolean isCurrent = request.parameter("version").equals(VERSION);
        return new Reply.Content(
                200,
                contentType(name),
                body,
                VERSION,
                Map.of(
                        "Cache-Control",
                        isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
                        "X-Content-Type-Options",
                        "nosniff"));
    }

    private static String contentType(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "css" -> "text/css; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "svg" -> "image/svg+xml";
            case "png" -> "image/png";
            default -> throw new IllegalArgumentException("no media type is known for " + name);
        };
    }

    private static byte[] bytes(String name) {
        try (InputStream stream =
                Objects.requireNonNull(StaticFiles.class.getResourceAsStream("static/" + name), name)) {
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String version() {
        MessageDigest digest = Sha1.newDigest();
        for (String name : NAMES) {
            digest.update(bytes(name));
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
    }
}
