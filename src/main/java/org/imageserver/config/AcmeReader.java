package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.imageserver.config.Settings.Acme;
import org.imageserver.config.Settings.Acme.ExternalAccount;

/** Reads which authority gives the server's certificate by itself. */
final class AcmeReader {
    private static final List<String> KEYS =
            List.of("directory", "domains", "email", "accept_terms", "challenge", "ca_file", "external_account");

    /** Of those that authorities put into one certificate. */
    private static final int MOST_DOMAINS = 100;

    private static final Pattern HOST =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+");

    /** As RFC 8555, section 7.3.4, has it; in fact at least 32 bytes. */
    private static final Pattern BASE64_URL = Pattern.compile("[A-Za-z0-9_-]{32,}={0,2}");

    private final ConfigFile file;

    AcmeReader(ConfigFile file) {
        this.file = file;
    }

    /** The authority, if there is one, and the listening addresses show it what it wants to see. */
    Optional<Acme> read(List<ListenAddress> listening) throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.ACME);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        JsonNode acme = value.get();
        if (!acme.isObject()) {
            throw file.wrong(SettingsKey.ACME);
        }
        for (String key : (Iterable<String>) acme::fieldNames) {
            if (!KEYS.contains(key)) {
                throw wrong("unknown key \"" + key + "\"; known are " + String.join(", ", KEYS));
            }
        }
        if (!acme.path("accept_terms").booleanValue()) {
            throw wrong("read the terms of the authority, and say \"accept_terms\": true");
        }
        Acme.Challenge challenge = challenge(acme.path("challenge"));
        checkReachable(challenge, listening);
        return Optional.of(new Acme(
                directory(acme.path("directory")),
                domains(acme.path("domains")),
                email(acme.path("email")),
                challenge,
                file.path(acme, "ca_file"),
                externalAccount(acme.path("external_account"))));
    }

    private Optional<ExternalAccount> externalAccount(JsonNode account) throws ConfigException {
        if (account.isMissingNode()) {
            return Optional.empty();
        }
        String keyId = account.path("key_id").asText();
        String macKey = account.path("mac_key").asText();
        if (account.size() != 2
                || keyId.isBlank()
                || !BASE64_URL.matcher(macKey).matches()) {
            throw wrong(
                    "\"external_account\" must have \"key_id\" and \"mac_key\" (in base64url), as the authority gave"
                            + " them to you");
        }
        return Optional.of(new ExternalAccount(keyId, macKey));
    }

    private URI directory(JsonNode text) throws ConfigException {
        String expected = "\"directory\" must be an address such as \"https://acme-v02.api.letsencrypt.org/directory\"";
        try {
            URI url = new URI(text.asText());
            if (!"https".equals(url.getScheme()) || url.getHost() == null) {
                throw wrong(expected);
            }
            return url;
        } catch (URISyntaxException e) {
            throw wrong(expected);
        }
    }

    private List<String> domains(JsonNode names) throws ConfigException {
        Set<String> domains = new LinkedHashSet<>();
        for (JsonNode name : names) {
            String domain = name.asText().toLowerCase(Locale.ROOT);
            if (domain.startsWith("*")) {
                throw wrong(
                        "\"" + domain + "\": for a wildcard, authorities want a record in the DNS, which this server"
                                + " cannot make; name each host");
            }
            if (!HOST.matcher(domain).matches() || ADDRESS.matcher(domain).matches()) {
                throw wrong("\"" + domain + "\" is no host name, such as \"images.example.com\"");
            }
            domains.add(domain);
        }
        if (!names.isArray() || domains.isEmpty() || domains.size() > MOST_DOMAINS) {
            throw wrong("\"domains\" must be a list of 1 to " + MOST_DOMAINS + " host names");
        }
        return List.copyOf(domains);
    }

    private Optional<String> email(JsonNode text) throws ConfigException {
        if (text.isMissingNode()) {
            return Optional.empty();
        }
        if (!text.asText().matches("[^@\\s,?&]+@[^@\\s,?&]+")) {
            throw wrong("\"email\" must be one address, where the authority can write to you");
        }
        return Optional.of(text.asText());
    }

    private Acme.Challenge challenge(JsonNode text) throws ConfigException {
        return switch (text.asText("http-01")) {
            case "http-01" -> Acme.Challenge.HTTP;
            case "tls-alpn-01" -> Acme.Challenge.TLS;
            default -> throw wrong("\"challenge\" must be \"http-01\" or \"tls-alpn-01\"");
        };
    }

    private void checkReachable(Acme.Challenge challenge, List<ListenAddress> listening) throws ConfigException {
        boolean isTls = listening.stream().anyMatch(AcmeReader::isTls);
        if (!isTls) {
            throw wrong("no address of \"listen\" would show the certificate; add \"tls:*:443\"");
        }
        if (challenge == Acme.Challenge.HTTP && listening.stream().allMatch(AcmeReader::isTls)) {
            throw wrong(
                    "the authority asks on port 80 without TLS, where nothing of \"listen\" is; add \"*:80\", or take"
                            + " the challenge \"tls-alpn-01\"");
        }
    }

    private static boolean isTls(ListenAddress address) {
        return address instanceof ListenAddress.Tcp tcp && tcp.isTls();
    }

    private ConfigException wrong(String detail) {
        return file.wrong(SettingsKey.ACME, detail);
    }
}
