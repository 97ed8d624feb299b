@NullMarked
package org.imageserver.http.health;

import org.jspecify.annotations.NullMarked;
