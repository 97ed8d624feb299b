package org.imageserver.config;

import java.util.Arrays;
import java.util.Optional;

/** Every key that a configuration file may have: its name, what it holds, and what it means. */
public enum SettingsKey {
    LISTEN("listen", "a list of addresses", "Where to listen, several at once: " + ListenAddress.EXPECTED + "."),
    METRICS_LISTEN(
            "metrics_listen",
            "a list of addresses",
            "Where only /metrics, /healthz and /readyz are, for everyone who can connect; elsewhere /metrics is for"
                    + " admins."),
    TLS(
            "tls",
            "an object with \"certificate\" and \"key\", the paths of PEM files",
            "The certificate for addresses that begin with tls:, read again when it changes. Without it, the server makes"
                    + " one that is signed by nobody else."),
    ACME(
            "acme",
            "an object with \"directory\", \"domains\" and \"accept_terms\": true",
            "An authority that gives and renews the certificate by itself, such as Let's Encrypt; see docs/tls.md."),
    LISTEN_PORT(
            "listen_port",
            "a port number (1 to 65535) or the path of a unix socket",
            "The old server's key: a number listens on all interfaces, a string is a unix socket."),
    SOCKET_MODE("socket_mode", "an octal file mode such as \"0666\"", "Who may connect to the unix sockets."),
    SERVE_DIR(
            "serve_dir",
            "a path",
            "The directory of images, relative to the configuration file. Default: images, but beside listen_port the"
                    + " configuration's own folder, as in the old server."),
    STORAGE(
            "storage",
            "an object with \"type\": \"directory\" or \"s3\"",
            "Where images are kept: in serve_dir, or in a bucket that several servers share; see docs/scaling.md."),
    MODE(
            "mode",
            "\"public\" or \"private\"",
            "public: everyone reads. private: images are private unless they say so."),
    RESCAN_SECONDS(
            "rescan_seconds", "a number of seconds, 0.1 to 86400", "How often the directory is looked at for changes."),
    PREFIX("prefix", "a string", "DSAPI file urls begin with it (default http://, or what a trusted proxy says)."),
    SUFFIX("suffix", "a string", "DSAPI file urls have it after the host, such as \":8080\" behind a proxy."),
    LOGLEVEL("loglevel", "trace, debug, info, warn, error or fatal", "The least severe message that is logged."),
    IMAGE_CREATOR("image-creator", "a string", "creator_name and cloud_name of images shown on DSAPI."),
    IMAGE_CREATOR_UUID(
            "image-creator-uuid", "a lower-case UUID (or \"\")", "The owner of images whose manifest names none."),
    IMAGE_VENDOR_UUID("image-vendor-uuid", "a lower-case UUID (or \"\")", "vendor_uuid of images shown on DSAPI."),
    TRUSTED_PROXIES(
            "trusted_proxies",
            "a list of addresses or networks such as \"10.0.0.0/8\"",
            "Proxies whose X-Forwarded-* and Forwarded are believed; a unix socket always is."),
    SENDFILE("sendfile", "\"auto\", \"on\" or \"off\"", "Zero-copy downloads; auto tries it once on unix sockets."),
    IDLE_SECONDS("idle_seconds", "a number of seconds, 1 to 86400", "An idle connection is closed after this."),
    GRACE_SECONDS("grace_seconds", "a number of seconds, 0 to 86400", "Time that running downloads get at a stop."),
    LIMITS(
            "limits",
            "an object with \"requests_per_second\", \"connections\" and \"bytes_per_second\"",
            "What one client may take from the others, each a number, 0 for no limit: requests of an address and of an"
                    + " account, connections of an address, bytes of files to an address."),
    USERS_FILE(
            "users_file",
            "a path",
            "The accounts, as \"image-server user\" keeps them (default .image-server/users.json in serve_dir)."),
    KEYS_DIR(
            "keys_dir",
            "a path",
            "A directory of NAME.keys files: ssh keys of accounts (default .image-server/keys in serve_dir)."),
    AUDIT_LOG(
            "audit_log",
            "a path",
            "Who changed what, from where, and who signed in; 20 files of 10 MB (default .image-server/audit.log in"
                    + " serve_dir)."),
    SIGNING_KEY(
            "signing_key",
            "a path",
            "A secret key (image-server key new) that manifests and lists are signed with; see docs/bundles.md."),
    VERIFY_STREAMS(
            "verify_streams",
            "\"strict\", \"warn\" or \"off\"",
            "Whether a published file that is no complete, intact ZFS stream is refused, logged, or not looked at."),
    ALLOW_ZSTD("allow_zstd", "true or false", "Takes files compressed with zstd, which imgadm cannot read."),
    MAX_FILE_BYTES("max_file_bytes", "a number of bytes, 1 or more", "The largest file that is taken."),
    ANONYMOUS_WRITES(
            "anonymous_writes",
            "true or false",
            "Everyone may change everything, without a credential: for closed networks and tests only."),
    ALLOW_PRIVATE_URLS(
            "allow_private_urls",
            "true or false",
            "Fetches files and images by http and from private addresses, too: for closed networks only."),
    CHANNELS(
            "channels",
            "a list of objects with \"name\" and \"description\", one of them \"default\": true",
            "Sets of images among which clients choose; see docs/channels.md. Default: there is but one set."),
    SOURCES(
            "sources",
            "a list of objects with \"url\" and \"policy\"",
            "Other servers whose images are brought here; see docs/mirror.md."),
    ON_DEMAND_BYTES(
            "on_demand_bytes",
            "a number of bytes, 1 or more",
            "How much room images may take that clients had brought here from sources; see docs/mirror.md. Default: any."),
    SCRUB(
            "scrub",
            "an object with \"interval_days\" and \"bytes_per_second\"",
            "How often and how fast all files are read again, to find those that are damaged; 0 days is never. See"
                    + " docs/maintenance.md."),
    RETENTION(
            "retention",
            "a list of objects with \"keep_newest\", \"not_pulled_for_days\" or \"unpublished_after_days\"",
            "Which images go by themselves, on a directory; see docs/maintenance.md."),
    TRASH_DAYS("trash_days", "a number of days, 0 to 3650", "How long what went by \"retention\" can be had back."),
    DEDUPE(
            "dedupe",
            "true or false",
            "Whether identical files of images in a directory are stored once, by hard links; see docs/maintenance.md."),
    WEBHOOKS(
            "webhooks",
            "a list of objects with \"url\" and \"secret\"",
            "Other programs that are told what becomes of images; see docs/webhooks.md."),
    TRACES(
            "traces",
            "an object with \"endpoint\", such as {\"endpoint\": \"http://127.0.0.1:4318\"}",
            "A collector of OpenTelemetry that is sent a span for each request, by OTLP over HTTP."),
    COMMENTS("comments", "anything", "Ignored; the old server's configuration has it.");

    private final String key;
    private final String expected;
    private final String meaning;

    SettingsKey(String key, String expected, String meaning) {
        this.key = key;
        this.expected = expected;
        this.meaning = meaning;
    }

    /** The name in the file. */
    public String key() {
        return key;
    }

    /** What its value must be, for error messages and documents. */
    public String expected() {
        return expected;
    }

    /** What it does, in one sentence. */
    public String meaning() {
        return meaning;
    }

    static Optional<SettingsKey> of(String name) {
        return Arrays.stream(values()).filter(key -> key.key.equals(name)).findFirst();
    }
}
