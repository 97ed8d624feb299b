/** What the server did, told as spans to a collector. It knows nothing else of ours: HTTP tells it what happened. */
@NullMarked
package org.imageserver.tracing;

import org.jspecify.annotations.NullMarked;
