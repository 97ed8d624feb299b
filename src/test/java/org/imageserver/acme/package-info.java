@NullMarked
package org.imageserver.acme;

import org.jspecify.annotations.NullMarked;
