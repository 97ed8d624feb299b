package org.imageserver.bundle;

import java.io.IOException;

/** A bundle is damaged, not trusted or not for this server; the message says where and what. */
public final class BundleException extends IOException {
    BundleException(String message) {
        super(message);
    }

    BundleException(String message, Exception cause) {
        super(message, cause);
    }
}
