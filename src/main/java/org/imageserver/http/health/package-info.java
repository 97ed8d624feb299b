/**
 * Whether the server lives, whether it can serve, and what it does in numbers, for programs that watch it. What people
 * look at is {@code org.imageserver.http.web.StatusPage}; what is counted lies in {@code org.imageserver.statistics}.
 */
@NullMarked
package org.imageserver.http.health;

import org.jspecify.annotations.NullMarked;
