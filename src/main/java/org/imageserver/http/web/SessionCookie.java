package org.imageserver.http.web;

import org.imageserver.auth.Sessions;
import org.imageserver.http.Request;

/** The session's cookie as it is set and taken away (RFC 6265, and SameSite of its successor). */
final class SessionCookie {
    private SessionCookie() {}

    static String set(Request request, String value) {
        return cookie(request, value, Sessions.LIFETIME.toSeconds());
    }

    static String remove(Request request) {
        return cookie(request, "", 0);
    }

    /** No script sees it, no other site makes a browser send it, and what came by https never goes by http. */
    private static String cookie(Request request, String value, long maxAgeSeconds) {
        String secure = request.client().scheme().equals("https") ? "; Secure" : "";
        return Sessions.COOKIE + "=" + value + "; Path=/; Max-Age=" + maxAgeSeconds + "; HttpOnly; SameSite=Strict"
                + secure;
    }
}
