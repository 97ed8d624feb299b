/**
 * The wiring: settings in, a running server out. Everything it wires lives in the packages below; no logic is here.
 */
@NullMarked
package org.imageserver;

import org.jspecify.annotations.NullMarked;
