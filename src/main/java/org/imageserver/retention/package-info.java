/**
 * Which images go by themselves, by the rules of the configuration. Where they go, and that nothing is lost on the way, is
 * the catalogue's.
 */
@NullMarked
package org.imageserver.retention;

import org.jspecify.annotations.NullMarked;
