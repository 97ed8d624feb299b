package org.imageserver.catalogue;

import org.jspecify.annotations.Nullable;

/**
 * The channel that a request is about, or all of them.
 *
 * @param channel its name; null for all images, whatever channels they are in
 */
public record ChannelScope(@Nullable String channel) {
    /** All images. */
    public static final ChannelScope EVERY = new ChannelScope(null);

    /** Whether an image is in it. */
    public boolean has(Image image) {
        return channel == null || image.channels().names().contains(channel);
    }
}
