package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.imageserver.config.Settings.Acme;

/** Reads where the server's certificate comes from. */
final class TlsReader {
    private static final List<String> KEYS =
            List.of("directory", "domains", "email", "accept_terms", "challenge", "ca_file");

    /** Of those that authorities put into one certificate. */
    private static final int MOST_DOMAINS = 100;

    private static final Pattern HOST =
            Pattern.compile("(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+");

    private final ConfigFile file;

    TlsReader(ConfigFile file) {
        this.file = file;
    }

    /** The certificate of listening addresses. */
    Settings.Tls read(Path serveDir, List<ListenAddress> listening) throws ConfigException {
        Optional<Acme> acme = acme(listening);
        Optional<JsonNode> value = file.value(SettingsKey.TLS);
        Optional<Path> clientCa = value.flatMap(tls -> path(tls, "client_ca"));
        if (value.isPresent() && !hasKnownKeys(value.get(), acme.isPresent())) {
            throw acme.isPresent()
                    ? file.wrong(
                            SettingsKey.TLS, "beside \"acme\", which brings certificate and key, \"client_ca\" alone")
                    : file.wrong(SettingsKey.TLS);
        }
        if (acme.isPresent()) {
            Path both = serveDir.resolve(".image-server/acme/certificate.pem");
            return new Settings.Tls(both, both, false, clientCa, acme);
        }
        if (value.isEmpty()) {
            Path own = serveDir.resolve(".image-server/tls");
            return new Settings.Tls(own.resolve("certificate.pem"), own.resolve("key.pem"), true, clientCa, acme);
        }
        return new Settings.Tls(
                path(value.get(), "certificate").orElseThrow(),
                path(value.get(), "key").orElseThrow(),
                false,
                clientCa,
                acme);
    }

    private boolean hasKnownKeys(JsonNode tls, boolean isAcme) {
        int paths = 0;
        for (String key : isAcme ? List.of("client_ca") : List.of("certificate", "key", "client_ca")) {
            if (tls.has(key) && path(tls, key).isEmpty()) {
                return false;
            }
            paths += tls.has(key) ? 1 : 0;
        }
        boolean hasBoth = tls.has("certificate") && tls.has("key");
        return tls.isObject() && tls.size() == paths && (isAcme ? paths == 1 : hasBoth);
    }

    private Optional<Path> path(JsonNode object, String key) {
        String text = object.path(key).asText();
        return text.isBlank() ? Optional.empty() : Optional.of(file.directory().resolve(text));
    }

    private Optional<Acme> acme(List<ListenAddress> listening) throws ConfigException {
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
                path(acme, "ca_file")));
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
        boolean isTls = listening.stream().anyMatch(TlsReader::isTls);
        if (!isTls) {
            throw wrong("no address of \"listen\" would show the certificate; add \"tls:*:443\"");
        }
        if (challenge == Acme.Challenge.HTTP && listening.stream().allMatch(TlsReader::isTls)) {
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
