/**
 * Bringing the images of other servers here: which ones, when, and what becomes of them when they change there. How bytes
 * are received and verified is the catalogue's; how another server is asked is {@code remote}'s.
 */
@NullMarked
package org.imageserver.mirror;

import org.jspecify.annotations.NullMarked;
