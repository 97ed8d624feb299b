/** What a server does to stay in order over the years, through the doors that operators use. */
@NullMarked
package org.imageserver.maintenance;

import org.jspecify.annotations.NullMarked;
