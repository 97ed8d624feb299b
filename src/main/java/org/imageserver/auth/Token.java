package org.imageserver.auth;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A secret that proves who asks, such as {@code ims_0123456789abcdef_...}: a prefix by which scanners for leaked
 * secrets find it, an id by which the account is found without trying every hash, and 32 random bytes. All of it may
 * stand in a url.
 *
 * @param id the part that is no secret
 * @param text the whole; 64 characters, because bcrypt reads no more than 71
 */
record Token(String id, String text) {
    private static final Pattern FORM = Pattern.compile("ims_([0-9a-f]{16})_[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    static Token random() {
        String id = HexFormat.of().formatHex(bytes(8));
        String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(32));
        return new Token(id, "ims_" + id + "_" + secret);
    }

    static Optional<Token> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches() ? Optional.of(new Token(form.group(1), text)) : Optional.empty();
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** Never the secret: records print themselves into logs. */
    @Override
    public String toString() {
        return "ims_" + id + "_...";
    }
}
