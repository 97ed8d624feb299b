/**
 * How the log looks: for a person on a terminal, for the {@code bunyan} tool otherwise. What is logged is decided
 * where it happens, through slf4j; nothing here knows of images or requests.
 */
@NullMarked
package org.imageserver.logging;

import org.jspecify.annotations.NullMarked;
