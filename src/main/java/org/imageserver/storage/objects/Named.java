package org.imageserver.storage.objects;

import org.imageserver.storage.BlobInfo;

/**
 * A blob that has a name now.
 *
 * @param info its version is the number of the change that named it
 * @param content its bytes, or where they are
 */
record Named(BlobInfo info, Content content) {}
