/** Tests of mirrors, with servers that behave badly on the other side. */
@NullMarked
package org.imageserver.mirror;

import org.jspecify.annotations.NullMarked;
