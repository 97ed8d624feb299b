@NullMarked
package org.imageserver.tls;

import org.jspecify.annotations.NullMarked;
