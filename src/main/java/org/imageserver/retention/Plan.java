package org.imageserver.retention;

import java.util.List;
import org.imageserver.catalogue.Image;

/**
 * What the rules say.
 *
 * @param going the images that go, each before the one that it is built on
 * @param notes why rules take less than one might expect, in sentences
 */
public record Plan(List<Going> going, List<String> notes) {
    /**
     * An image that goes.
     *
     * @param why in words
     */
    public record Going(Image image, String why) {
        /** The room that this gives. */
        public long bytes() {
            return image.file().map(Image.File::size).orElse(0L);
        }
    }

    /** The room that all of it gives. */
    public long bytes() {
        return going.stream().mapToLong(Going::bytes).sum();
    }
}
