package org.imageserver.manifest;

/**
 * What stands in for fields that a manifest leaves out.
 *
 * @param owner the owner's lower-case UUID
 * @param isPublic whether an image is public that does not say so
 * @param publishedAt {@code YYYY-MM-DDTHH:MM:SS(.SSS)Z}, for activated images without a {@code published_at}
 */
public record Defaults(String owner, boolean isPublic, String publishedAt) {}
