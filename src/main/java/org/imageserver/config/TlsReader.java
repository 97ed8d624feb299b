package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.imageserver.config.Settings.Acme;

/** Reads where the server's certificate comes from; of an authority that gives it by itself, {@link AcmeReader} does. */
final class TlsReader {
    private final ConfigFile file;

    TlsReader(ConfigFile file) {
        this.file = file;
    }

    /** The certificate of listening addresses. */
    Settings.Tls read(Path serveDir, List<ListenAddress> listening) throws ConfigException {
        Optional<Acme> acme = new AcmeReader(file).read(listening);
        Optional<JsonNode> value = file.value(SettingsKey.TLS);
        Optional<Path> clientCa = value.flatMap(tls -> file.path(tls, "client_ca"));
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
                file.path(value.get(), "certificate").orElseThrow(),
                file.path(value.get(), "key").orElseThrow(),
                false,
                clientCa,
                acme);
    }

    private boolean hasKnownKeys(JsonNode tls, boolean isAcme) {
        int paths = 0;
        for (String key : isAcme ? List.of("client_ca") : List.of("certificate", "key", "client_ca")) {
            if (tls.has(key) && file.path(tls, key).isEmpty()) {
                return false;
            }
            paths += tls.has(key) ? 1 : 0;
        }
        boolean hasBoth = tls.has("certificate") && tls.has("key");
        return tls.isObject() && tls.size() == paths && (isAcme ? paths == 1 : hasBoth);
    }
}
