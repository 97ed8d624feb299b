/**
 * Bytes under a name, durable once acknowledged: the {@link org.imageserver.storage.Storage}
 * contract and the plain directory that fulfils it. What the bytes mean (images, manifests), who may
 * see them and how they travel over HTTP is deliberately not known here.
 */
@NullMarked
package org.imageserver.storage;

import org.jspecify.annotations.NullMarked;
