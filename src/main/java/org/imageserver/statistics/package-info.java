/**
 * What the server has done: downloads, requests and bytes by hour and day, the slowest requests and the last errors.
 * It counts what it is told and remembers it beside the images; of images and HTTP it knows nothing but names and
 * numbers.
 */
@NullMarked
package org.imageserver.statistics;

import org.jspecify.annotations.NullMarked;
