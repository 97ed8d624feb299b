/**
 * Who asks: accounts, their tokens and keys, and the proof that a request carries. What an account may do with an image
 * is the catalogue's to say; nothing here knows of images or of HTTP.
 */
@NullMarked
package org.imageserver.auth;

import org.jspecify.annotations.NullMarked;
