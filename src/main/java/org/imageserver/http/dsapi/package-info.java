/**
 * The Dataset API face, which SmartOS hosts of 2012 and {@code imgadm sources -a ... -t dsapi} speak: the same
 * catalogue in manifests of version 1. It only reads; publishing is IMGAPI's.
 */
@NullMarked
package org.imageserver.http.dsapi;

import org.jspecify.annotations.NullMarked;
