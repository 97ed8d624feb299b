/**
 * The pages as people use them: the real server, looked at with Chromium. Nothing waits for a time; Playwright waits for
 * what a test expects to see.
 */
@NullMarked
package org.imageserver.browser;

import org.jspecify.annotations.NullMarked;
