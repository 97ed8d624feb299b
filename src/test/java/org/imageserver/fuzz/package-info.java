/**
 * Inputs that nobody would send by accident. Each parser of what comes from outside has a class {@code ...Fuzz} in its own
 * package, with a method that a coverage-guided fuzzer calls with any bytes ({@code bench/fuzz}); the inputs worth keeping
 * lie in {@code src/test/resources/fuzz} and are given to it by every build. Nothing here is used by the program.
 */
@NullMarked
package org.imageserver.fuzz;

import org.jspecify.annotations.NullMarked;
