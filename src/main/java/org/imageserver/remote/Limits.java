package org.imageserver.remote;

import java.time.Duration;

/**
 * How far the server goes for a URL.
 *
 * @param arePrivateUrlsAllowed whether http and addresses outside the public internet are let through
 * @param connect how long to wait for a connection
 * @param idle how long to wait for an answer, and for more of it
 */
public record Limits(boolean arePrivateUrlsAllowed, Duration connect, Duration idle) {}
