@NullMarked
package org.imageserver.tracing;

import org.jspecify.annotations.NullMarked;
