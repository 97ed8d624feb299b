/**
 * A {@link org.imageserver.storage.Storage} on an object store that any number of servers share. Which names there are is
 * a log of changes made by conditional creates, the one primitive that real stores get right; bytes lie in objects that
 * never change. What an image is, is not known here.
 */
@NullMarked
package org.imageserver.storage.objects;

import org.jspecify.annotations.NullMarked;
