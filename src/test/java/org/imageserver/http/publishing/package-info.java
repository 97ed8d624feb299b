/** Publishing through HTTP, against a real server. What a stream or a manifest may be is tested where they live. */
@NullMarked
package org.imageserver.http.publishing;

import org.jspecify.annotations.NullMarked;
