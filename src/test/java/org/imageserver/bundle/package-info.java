/** Tests of bundles, with servers that behave badly on the other side. */
@NullMarked
package org.imageserver.bundle;

import org.jspecify.annotations.NullMarked;
