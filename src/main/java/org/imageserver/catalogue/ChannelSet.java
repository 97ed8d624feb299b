package org.imageserver.catalogue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The channels that an image is in, and how its rendered manifest says so: in its last field, which not all clients are
 * shown. Images that are in the same channels share one. Immutable.
 */
public final class ChannelSet {
    /** Where no channels are configured: all images are one set, and no manifest speaks of channels. */
    static final ChannelSet NONE = new ChannelSet(List.of(), true);

    private final List<String> names;
    private final boolean hasDefault;
    private final byte[] json;

    /**
     * Makes a set.
     *
     * @param names in the order of the configuration; plain, so that JSON shows them as they are
     * @param hasDefault whether the default channel is among them
     */
    ChannelSet(List<String> names, boolean hasDefault) {
        this.names = List.copyOf(names);
        this.hasDefault = hasDefault;
        this.json = names.isEmpty()
                ? new byte[0]
                : (",\"channels\":[\"" + String.join("\",\"", names) + "\"]").getBytes(StandardCharsets.US_ASCII);
    }

    /** In the order of the configuration; empty when none are configured. */
    public List<String> names() {
        return names;
    }

    /** Whether clients find the image that name no channel. */
    public boolean hasDefault() {
        return hasDefault;
    }

    /** A rendered manifest without channels, with these. */
    byte[] addedTo(byte[] manifest) {
        byte[] with = Arrays.copyOf(manifest, manifest.length + json.length);
        System.arraycopy(json, 0, with, manifest.length - 1, json.length);
        with[with.length - 1] = '}';
        return with;
    }

    /** Bytes that manifests are longer by that say so. */
    int length() {
        return json.length;
    }

    /** A rendered manifest with these channels, without. */
    byte[] takenFrom(byte[] manifest) {
        byte[] without = Arrays.copyOf(manifest, manifest.length - json.length);
        without[without.length - 1] = '}';
        return without;
    }
}
