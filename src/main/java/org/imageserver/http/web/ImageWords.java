package org.imageserver.http.web;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Verification;
import org.imageserver.manifest.ImageFile;

/** What the page of an image says, in words. */
final class ImageWords {
    private static final int LONGEST_FILE_NAME = 80;

    private ImageWords() {}

    /** {@code SmartOS zone}, {@code Linux, for bhyve or kvm}. */
    static String kind(Image image) {
        String os = switch (image.os()) {
            case "smartos" -> "SmartOS";
            case "linux" -> "Linux";
            case "windows" -> "Windows";
            case "bsd" -> "BSD";
            case "illumos" -> "illumos";
            default -> image.os();
        };
        String kind = switch (image.type()) {
            case "zone-dataset" -> "zone";
            case "lx-dataset" -> "LX zone";
            case "zvol" -> "virtual machine";
            case "docker" -> "Docker layer";
            default -> image.type();
        };
        return (os + " " + kind).strip();
    }

    /** {@code 3 days ago}; empty for a time that is no past. */
    static String age(Instant published, Instant now) {
        Duration age = Duration.between(published, now);
        if (published.equals(Instant.EPOCH) || age.isNegative()) {
            return "";
        }
        if (age.toDays() >= 730) {
            return age.toDays() / 365 + " years ago";
        }
        if (age.toDays() >= 60) {
            return age.toDays() / 30 + " months ago";
        }
        if (age.toDays() > 0) {
            return Wording.plural(age.toDays(), "day") + " ago";
        }
        return age.toHours() > 0 ? Wording.plural(age.toHours(), "hour") + " ago" : "just now";
    }

    /** An address that a browser may be led to; empty for anything else, since a manifest may say what it likes. */
    static String link(String address) {
        try {
            URI uri = new URI(address);
            boolean isWeb = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            return isWeb && uri.getHost() != null ? address : "";
        } catch (URISyntaxException e) {
            return "";
        }
    }

    /** A name for the file that means nothing to a shell. */
    static String fileName(Image image, String compression) {
        String plain = (image.name() + "-" + image.version())
                .replaceAll("[^A-Za-z0-9._-]+", "_")
                .replaceAll("^[^A-Za-z0-9]+", "");
        String name = plain.isEmpty() ? image.uuid() : plain;
        return name.substring(0, Math.min(name.length(), LONGEST_FILE_NAME)) + ImageFile.extension(compression);
    }

    /** What the verification has found. */
    static ImageData.Check check(Verification verification) {
        return switch (verification.state()) {
            case VERIFIED_AT_PUBLISH ->
                check("good", "verified", "The stream was complete and intact when it was published.", verification);
            case VERIFIED ->
                check("good", "verified", "This server has read it all: a complete, intact stream.", verification);
            case PROBLEM ->
                check("bad", "problem", "Something is wrong with the file. It is served all the same.", verification);
            case QUARANTINED -> check("bad", "damaged", "This image cannot be had at the moment.", verification);
            case NOT_A_STREAM ->
                check(
                        "",
                        "no stream",
                        "Files of this type are no ZFS streams, so there is nothing to verify.",
                        verification);
            case NOT_YET ->
                check("warn", "not verified yet", "It waits for its turn to be read in the background.", verification);
            case OFF -> check("", "not verified", "Verification is switched off on this server.", verification);
        };
    }

    private static ImageData.Check check(String mark, String word, String sentence, Verification verification) {
        return new ImageData.Check(mark, word, sentence, verification.problems());
    }
}
