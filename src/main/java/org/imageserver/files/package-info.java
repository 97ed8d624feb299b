/** Files of the server's own that hold secrets. It knows nothing else of ours. */
@NullMarked
package org.imageserver.files;

import org.jspecify.annotations.NullMarked;
