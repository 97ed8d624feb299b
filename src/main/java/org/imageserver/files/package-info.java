/** Files of the server's own that hold secrets, and whose the files are that it makes. It knows nothing else of ours. */
@NullMarked
package org.imageserver.files;

import org.jspecify.annotations.NullMarked;
