/**
 * The command line: one class a command, which reads its arguments, calls the part that does the work, and says the
 * outcome on the terminal and in the exit code (0 fine, 1 found wrong, 2 wrong use). No image logic is here.
 */
@NullMarked
package org.imageserver.cli;

import org.jspecify.annotations.NullMarked;
