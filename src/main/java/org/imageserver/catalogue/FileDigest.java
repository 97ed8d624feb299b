package org.imageserver.catalogue;

/**
 * The digests of one version of a file.
 *
 * @param md5 base64, as {@code Content-MD5} has it
 * @param sha1 lower-case hex, as manifests have it
 * @param sha256 lower-case hex, for whoever does not trust SHA-1
 */
record FileDigest(String md5, String sha1, String sha256) {}
