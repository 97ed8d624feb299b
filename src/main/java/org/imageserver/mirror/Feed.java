package org.imageserver.mirror;

import org.imageserver.config.Settings.Source;

/**
 * A source, and the way to it.
 *
 * @param throttle that all transfers from it share
 * @param state what is told of it
 */
record Feed(Source source, Upstream upstream, Throttle throttle, SourceState state) {}
