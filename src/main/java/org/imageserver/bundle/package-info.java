/**
 * Images in one file, to be carried where no network leads: its format, how one is written of a catalogue, and how it is
 * verified and taken in. docs/bundles.md describes the format. Which images go into one is decided elsewhere.
 */
@NullMarked
package org.imageserver.bundle;

import org.jspecify.annotations.NullMarked;
