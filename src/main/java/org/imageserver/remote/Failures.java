package org.imageserver.remote;

import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import javax.net.ssl.SSLException;

/** What went wrong with a connection, in words. */
final class Failures {
    private Failures() {}

    static String text(Throwable failure) {
        String message = failure.getMessage();
        return switch (failure) {
            case HttpConnectTimeoutException late -> "no connection in time";
            case HttpTimeoutException late -> "no answer in time";
            case ConnectException refused -> "connection refused or not possible";
            case SSLException insecure -> "no trustworthy TLS connection: " + message;
            default -> message == null ? failure.getClass().getSimpleName() : message;
        };
    }
}
