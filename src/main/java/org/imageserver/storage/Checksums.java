package org.imageserver.storage;

/**
 * What the bytes of a blob hash to, as the storage itself knows it.
 *
 * @param md5 base64, as {@code Content-MD5} has it
 * @param sha1 lower-case hex
 * @param sha256 lower-case hex
 */
public record Checksums(String md5, String sha1, String sha256) {}
