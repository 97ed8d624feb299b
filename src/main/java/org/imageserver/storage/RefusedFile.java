package org.imageserver.storage;

/**
 * Something in the directory that is not served, for a check to show.
 *
 * @param name relative to the root, with control characters escaped
 * @param reason why, and what to do about it; completes the sentence that the name begins
 */
public record RefusedFile(String name, String reason) {}
