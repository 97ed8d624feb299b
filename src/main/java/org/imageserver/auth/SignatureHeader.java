package org.imageserver.auth;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parameters of {@code Authorization: Signature}, in the form of draft-cavage-http-signatures that Triton's tools
 * send. Tolerant of blanks, order and parameters that nobody knows.
 *
 * @param user whose key it is
 * @param fingerprint which of the user's keys, if the keyId names one
 * @param algorithm lower-case; {@code hs2019}, which leaves it to the key, if absent
 * @param signed the names of what is signed, lower-case; empty when the client does not say
 * @param base64 the signature
 */
record SignatureHeader(
        String user, Optional<String> fingerprint, String algorithm, List<String> signed, String base64) {
    private static final Pattern PARAMETER =
            Pattern.compile("\\s*([A-Za-z]+)\\s*=\\s*(?:\"([^\"]*)\"|([^\\s\",]+))\\s*(?:,|$)");
    /** Each name may stand for a long header: a short request must not make the server gather megabytes. */
    private static final int MOST_NAMES = 20;

    private static final Pattern KEY_PATH = Pattern.compile("/([^/]+)/keys/(.+)");

    /** Reads what stands after the scheme; empty if that is no signature. */
    static Optional<SignatureHeader> parse(String text) {
        Map<String, String> parameters = new HashMap<>();
        Matcher parameter = PARAMETER.matcher(text);
        while (parameter.lookingAt()) {
            String value = parameter.group(2) == null ? parameter.group(3) : parameter.group(2);
            if (parameters.put(parameter.group(1).toLowerCase(Locale.ROOT), value) != null) {
                return Optional.empty();
            }
            parameter.region(parameter.end(), text.length());
        }
        boolean isComplete = parameters.containsKey("keyid") && parameters.containsKey("signature");
        return isComplete && parameter.regionStart() == text.length() ? of(parameters) : Optional.empty();
    }

    private static Optional<SignatureHeader> of(Map<String, String> parameters) {
        String keyId = parameters.getOrDefault("keyid", "");
        Matcher path = KEY_PATH.matcher(keyId);
        boolean isPath = path.matches();
        List<String> names = names(parameters.getOrDefault("headers", ""));
        if (names.size() > MOST_NAMES || Set.copyOf(names).size() < names.size()) {
            return Optional.empty();
        }
        return Optional.of(new SignatureHeader(
                isPath ? path.group(1) : keyId,
                isPath ? Optional.of(path.group(2)) : Optional.empty(),
                parameters.getOrDefault("algorithm", "hs2019").toLowerCase(Locale.ROOT),
                names,
                parameters.getOrDefault("signature", "")));
    }

    /** The bytes of the signature; none where it is not even base64, which is as wrong as any other. */
    byte[] signature() {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static List<String> names(String headers) {
        String names = headers.strip().toLowerCase(Locale.ROOT);
        return names.isEmpty() ? List.of() : List.of(names.split("\\s+"));
    }
}
