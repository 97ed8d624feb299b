/**
 * Tells other programs what became of images: which changes are told, how they are kept until they were, and how they are
 * sent. What an image is, and who may change it, is the catalogue's.
 */
@NullMarked
package org.imageserver.webhooks;

import org.jspecify.annotations.NullMarked;
