package org.imageserver.storage;

import java.time.Instant;

/**
 * What is known of a blob without reading it.
 *
 * @param key the name it is stored under
 * @param size in bytes
 * @param modified when the bytes were last written
 * @param version an opaque text that differs whenever the bytes may differ; two blobs under one key
 *     with the same version are the same bytes
 */
public record BlobInfo(BlobKey key, long size, Instant modified, String version) {}
