package org.imageserver.catalogue;

import org.imageserver.manifest.ManifestRules;

/**
 * What the operator decided about the images.
 *
 * @param defaultOwner the owner of images whose manifest names none
 * @param mode whose images there are, and so what an image is that does not say whether it is public
 * @param uploads what may be published
 * @param channels that there are
 */
public record CatalogueSettings(
        String defaultOwner, ManifestRules.Mode mode, UploadPolicy uploads, ConfiguredChannels channels) {
    /** Without channels. */
    public CatalogueSettings(String defaultOwner, ManifestRules.Mode mode, UploadPolicy uploads) {
        this(defaultOwner, mode, uploads, ConfiguredChannels.NONE);
    }
}
