package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.imageserver.config.Settings.Creator;
import org.imageserver.config.Settings.LogLevel;
import org.imageserver.config.Settings.Mode;
import org.imageserver.config.Settings.Overrides;
import org.imageserver.config.Settings.Publishing;
import org.imageserver.config.Settings.Sendfile;
import org.imageserver.config.Settings.Verify;

/** Makes {@link Settings} of a {@link ConfigFile}: types, ranges, defaults. */
final class SettingsReader {
    private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
    /** 20 GiB, as the peer has it. */
    private static final long DEFAULT_MAX_FILE = 20L << 30;

    private static final ListenAddress DEFAULT_LISTEN = new ListenAddress.Tcp("127.0.0.1", 8080);

    private static final List<String> LIMITS = List.of("requests_per_second", "connections", "bytes_per_second");

    private final ConfigFile file;

    SettingsReader(ConfigFile file) {
        this.file = file;
    }

    Settings read(Overrides overrides) throws ConfigException {
        List<ListenAddress> listen = listen();
        List<ListenAddress> listening = overrides.listen().isEmpty() ? listen : overrides.listen();
        Path serveDir = overrides
                .serveDir()
                .orElse(serveDirOfTheFile())
                .toAbsolutePath()
                .normalize();
        Optional<Settings.Bucket> bucket = new BucketReader(file).read(serveDir, listening);
        return new Settings(
                listening,
                addresses(SettingsKey.METRICS_LISTEN),
                new TlsReader(file).read(serveDir, listening),
                socketMode(),
                serveDir,
                bucket,
                choice(SettingsKey.MODE, Mode.PUBLIC),
                seconds(SettingsKey.RESCAN_SECONDS, "0.1", 2),
                file.string(SettingsKey.PREFIX),
                string(SettingsKey.SUFFIX, ""),
                logLevel(),
                creator(),
                trustedProxies(),
                choice(SettingsKey.SENDFILE, Sendfile.AUTO),
                seconds(SettingsKey.IDLE_SECONDS, "1", 120),
                seconds(SettingsKey.GRACE_SECONDS, "0", 30),
                limits(),
                path(SettingsKey.USERS_FILE, serveDir.resolve(".image-server/users.json")),
                path(SettingsKey.KEYS_DIR, serveDir.resolve(".image-server/keys")),
                path(SettingsKey.AUDIT_LOG, serveDir.resolve(".image-server/audit.log")),
                new ChannelsReader(file).read(),
                file.string(SettingsKey.SIGNING_KEY).isPresent()
                        ? Optional.of(path(SettingsKey.SIGNING_KEY, serveDir))
                        : Optional.empty(),
                publishing(),
                new SourcesReader(file).read(),
                OwnSources.read(OwnSources.file(serveDir)),
                onDemandBytes(bucket),
                flag(SettingsKey.DEDUPE),
                new MaintenanceReader(file).scrub(),
                new MaintenanceReader(file).retention(),
                new WebhooksReader(file).read(),
                traces());
    }

    private Optional<URI> traces() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.TRACES);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            URI endpoint = new URI(value.get().path("endpoint").asText());
            boolean isUsable = value.get().size() == 1
                    && ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
                    && endpoint.getHost() != null
                    && endpoint.getQuery() == null;
            if (isUsable) {
                return Optional.of(endpoint);
            }
        } catch (URISyntaxException e) {
            throw file.wrong(SettingsKey.TRACES, String.valueOf(e.getMessage()));
        }
        throw file.wrong(SettingsKey.TRACES);
    }

    private Path serveDirOfTheFile() throws ConfigException {
        // The old server served the folder that it stood in, its configuration beside it, unless told otherwise.
        boolean isOldServers = file.value(SettingsKey.LISTEN_PORT).isPresent();
        return file.directory().resolve(string(SettingsKey.SERVE_DIR, isOldServers ? "" : "images"));
    }

    private Path path(SettingsKey key, Path otherwise) throws ConfigException {
        Optional<String> path = file.string(key);
        if (path.isPresent() && path.get().isBlank()) {
            throw file.wrong(key);
        }
        return path.map(file.directory()::resolve)
                .orElse(otherwise)
                .toAbsolutePath()
                .normalize();
    }

    private Publishing publishing() throws ConfigException {
        return new Publishing(
                choice(SettingsKey.VERIFY_STREAMS, Verify.STRICT),
                flag(SettingsKey.ALLOW_ZSTD),
                bytes(SettingsKey.MAX_FILE_BYTES, DEFAULT_MAX_FILE),
                flag(SettingsKey.ANONYMOUS_WRITES),
                flag(SettingsKey.ALLOW_PRIVATE_URLS));
    }

    private long onDemandBytes(Optional<Settings.Bucket> bucket) throws ConfigException {
        if (bucket.isPresent() && file.value(SettingsKey.ON_DEMAND_BYTES).isPresent()) {
            throw file.wrong(
                    SettingsKey.ON_DEMAND_BYTES,
                    "it cannot be kept beside \"storage\" of the type s3: no server knows what the others have in use;"
                            + " leave it out");
        }
        return bytes(SettingsKey.ON_DEMAND_BYTES, Long.MAX_VALUE);
    }

    private boolean flag(SettingsKey key) throws ConfigException {
        Optional<JsonNode> value = file.value(key);
        if (value.isPresent() && !value.get().isBoolean()) {
            throw file.wrong(key);
        }
        return value.isPresent() && value.get().booleanValue();
    }

    private long bytes(SettingsKey key, long otherwise) throws ConfigException {
        Optional<JsonNode> value = file.value(key);
        if (value.isEmpty()) {
            return otherwise;
        }
        if (!value.get().isIntegralNumber()
                || !value.get().canConvertToLong()
                || value.get().longValue() < 1) {
            throw file.wrong(key);
        }
        return value.get().longValue();
    }

    private List<ListenAddress> listen() throws ConfigException {
        List<ListenAddress> addresses = new ArrayList<>();
        Optional<JsonNode> port = file.value(SettingsKey.LISTEN_PORT);
        if (port.isPresent()) {
            addresses.add(listenPort(port.get()));
        }
        addresses.addAll(addresses(SettingsKey.LISTEN));
        return addresses.isEmpty() ? List.of(DEFAULT_LISTEN) : List.copyOf(addresses);
    }

    private Settings.Limits limits() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.LIMITS);
        JsonNode limits = value.isPresent() ? value.get() : MissingNode.getInstance();
        if (value.isPresent() && !limits.isObject()) {
            throw file.wrong(SettingsKey.LIMITS);
        }
        for (String key : (Iterable<String>) limits::fieldNames) {
            if (!LIMITS.contains(key)) {
                throw file.wrong(
                        SettingsKey.LIMITS, "unknown key \"" + key + "\"; known are " + String.join(", ", LIMITS));
            }
        }
        return new Settings.Limits(
                Math.toIntExact(limit(limits, "requests_per_second", Integer.MAX_VALUE)),
                Math.toIntExact(limit(limits, "connections", Integer.MAX_VALUE)),
                limit(limits, "bytes_per_second", Long.MAX_VALUE));
    }

    private long limit(JsonNode limits, String key, long most) throws ConfigException {
        JsonNode value = limits.path(key);
        if (value.isMissingNode()) {
            return 0;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToLong()
                || value.longValue() < 0
                || value.longValue() > most) {
            throw file.wrong(SettingsKey.LIMITS, "\"" + key + "\" must be a number, 0 for no limit");
        }
        return value.longValue();
    }

    private List<ListenAddress> addresses(SettingsKey key) throws ConfigException {
        List<ListenAddress> addresses = new ArrayList<>();
        for (String text : strings(key)) {
            try {
                addresses.add(ListenAddress.parse(text, file.directory()));
            } catch (ConfigException e) {
                throw file.wrong(key, String.valueOf(e.getMessage()));
            }
        }
        return List.copyOf(addresses);
    }

    private ListenAddress listenPort(JsonNode value) throws ConfigException {
        if (value.isIntegralNumber() && value.canConvertToInt() && value.intValue() >= 1 && value.intValue() <= 65535) {
            return new ListenAddress.Tcp(ListenAddress.Tcp.ALL_INTERFACES, value.intValue());
        }
        if (value.isTextual() && !value.textValue().isBlank()) {
            return new ListenAddress.Unix(file.directory().resolve(value.textValue()));
        }
        throw file.wrong(SettingsKey.LISTEN_PORT);
    }

    private int socketMode() throws ConfigException {
        String mode = string(SettingsKey.SOCKET_MODE, "0666");
        if (!mode.matches("0?[0-7]{3}")) {
            throw file.wrong(SettingsKey.SOCKET_MODE);
        }
        return Integer.parseInt(mode, 8);
    }

    private LogLevel logLevel() throws ConfigException {
        Optional<JsonNode> level = file.value(SettingsKey.LOGLEVEL);
        if (level.isEmpty() || !level.get().isInt()) {
            return choice(SettingsKey.LOGLEVEL, LogLevel.INFO);
        }
        // The old server handed the value to bunyan, which takes its numbers as well as its names.
        return Arrays.stream(LogLevel.values())
                .filter(known -> known.number() == level.get().intValue())
                .findFirst()
                .orElseThrow(() -> file.wrong(SettingsKey.LOGLEVEL));
    }

    private Creator creator() throws ConfigException {
        String owner = uuid(SettingsKey.IMAGE_CREATOR_UUID, Settings.NOBODY);
        return new Creator(
                string(SettingsKey.IMAGE_CREATOR, "internal"), owner, uuid(SettingsKey.IMAGE_VENDOR_UUID, owner));
    }

    /** The old server's configuration came with empty uuids, to be filled by {@code make config}. */
    private String uuid(SettingsKey key, String otherwise) throws ConfigException {
        String uuid = string(key, "");
        if (!uuid.isEmpty() && !UUID.matcher(uuid).matches()) {
            throw file.wrong(key);
        }
        return uuid.isEmpty() ? otherwise : uuid;
    }

    private List<Network> trustedProxies() throws ConfigException {
        List<Network> networks = new ArrayList<>();
        for (String text : strings(SettingsKey.TRUSTED_PROXIES)) {
            try {
                networks.add(Network.parse(text));
            } catch (IllegalArgumentException e) {
                throw file.wrong(SettingsKey.TRUSTED_PROXIES, String.valueOf(e.getMessage()));
            }
        }
        return List.copyOf(networks);
    }

    private String string(SettingsKey key, String otherwise) throws ConfigException {
        return file.string(key).orElse(otherwise);
    }

    private List<String> strings(SettingsKey key) throws ConfigException {
        Optional<JsonNode> value = file.value(key);
        if (value.isEmpty()) {
            return List.of();
        }
        if (!value.get().isArray()) {
            throw file.wrong(key);
        }
        List<String> strings = new ArrayList<>();
        for (JsonNode entry : value.get()) {
            if (!entry.isTextual()) {
                throw file.wrong(key);
            }
            strings.add(entry.textValue());
        }
        return strings;
    }

    private <E extends Enum<E>> E choice(SettingsKey key, E otherwise) throws ConfigException {
        Optional<String> chosen = file.string(key);
        if (chosen.isEmpty()) {
            return otherwise;
        }
        return Arrays.stream(otherwise.getDeclaringClass().getEnumConstants())
                .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(chosen.get()))
                .findFirst()
                .orElseThrow(() -> file.wrong(key));
    }

    private Duration seconds(SettingsKey key, String atLeast, int otherwise) throws ConfigException {
        Optional<JsonNode> value = file.value(key);
        if (value.isEmpty()) {
            return Duration.ofSeconds(otherwise);
        }
        if (!value.get().isNumber()) {
            throw file.wrong(key);
        }
        BigDecimal seconds = value.get().decimalValue();
        if (seconds.compareTo(new BigDecimal(atLeast)) < 0 || seconds.compareTo(BigDecimal.valueOf(86400)) > 0) {
            throw file.wrong(key);
        }
        return Duration.ofMillis(seconds.movePointRight(3).longValue());
    }
}
