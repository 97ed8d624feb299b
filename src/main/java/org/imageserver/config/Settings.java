package org.imageserver.config;

import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the operator decided, with every default filled in.
 *
 * @param listen where to listen, at least one address
 * @param metricsListen where programs that watch the server listen to it; none: where everyone does
 * @param tls the certificate of the addresses where clients speak TLS
 * @param socketMode file mode of the unix sockets, such as 0666
 * @param serveDir the directory of images
 * @param bucket the object store that images are kept in; empty: they are in the directory
 * @param mode who sees images that do not say so themselves
 * @param rescan how often the directory is looked at
 * @param prefix what DSAPI file urls begin with; empty: the scheme by which the client came
 * @param suffix what stands after the host in DSAPI file urls
 * @param logLevel least severe level that is logged
 * @param creator the names and owners that manifests may leave out
 * @param trustedProxies whose word about the client's address, scheme and host counts
 * @param sendfile how file bytes are sent
 * @param idle after which an idle connection is closed
 * @param grace the time that running downloads get when the server stops
 * @param limits of one client
 * @param usersFile the accounts
 * @param publishing who may publish, and what
 * @param keysDir the ssh keys of accounts, in {@code NAME.keys} files
 * @param auditLog who changed what
 * @param channels sets of images among which clients choose; empty: all images are one set
 * @param signingKey the file of a key that manifests and lists are signed with, if they are
 * @param sources other servers whose images are brought here, by the configuration
 * @param ownSources those that administrators gave the server while it ran
 * @param onDemandBytes how much room the files may take that clients had brought here; {@link Long#MAX_VALUE}: any
 * @param isDeduped whether identical files are stored once
 * @param scrub how often and how fast files are read again
 * @param retention which images go by themselves
 * @param webhooks who is told what becomes of images
 * @param traces the collector that is sent a span for each request
 */
public record Settings(
        List<ListenAddress> listen,
        List<ListenAddress> metricsListen,
        Tls tls,
        int socketMode,
        Path serveDir,
        Optional<Bucket> bucket,
        Mode mode,
        Duration rescan,
        Optional<String> prefix,
        String suffix,
        LogLevel logLevel,
        Creator creator,
        List<Network> trustedProxies,
        Sendfile sendfile,
        Duration idle,
        Duration grace,
        Limits limits,
        Path usersFile,
        Path keysDir,
        Path auditLog,
        List<Channel> channels,
        Optional<Path> signingKey,
        Publishing publishing,
        List<Source> sources,
        List<OwnSources.Entry> ownSources,
        long onDemandBytes,
        boolean isDeduped,
        Scrub scrub,
        Retention retention,
        List<Webhook> webhooks,
        Optional<URI> traces) {

    /** The owner of images whose manifest names none, when the configuration names none either. */
    public static final String NOBODY = "00000000-0000-0000-0000-000000000000";

    /** The names of what is not the same in both. */
    public List<String> differences(Settings other) {
        return Arrays.stream(Settings.class.getRecordComponents())
                .filter(component -> !value(component, this).equals(value(component, other)))
                .map(RecordComponent::getName)
                .toList();
    }

    private static Object value(RecordComponent component, Settings settings) {
        try {
            return component.getAccessor().invoke(settings);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("a record's own accessors can be called", e);
        }
    }

    /** All other servers whose images are brought here. */
    public List<Source> allSources() {
        return OwnSources.beside(sources, ownSources);
    }

    /** Whether clients speak TLS anywhere. */
    public boolean isTlsUsed() {
        return Stream.concat(listen.stream(), metricsListen.stream())
                .anyMatch(address -> address instanceof ListenAddress.Tcp tcp && tcp.isTls());
    }

    /**
     * A program that is told what becomes of images.
     *
     * @param secret that it knows, too
     * @param events what it wants to be told, by the words of the configuration
     * @param attempts how often each event is tried before it is given up
     */
    public record Webhook(URI url, String secret, Set<String> events, int attempts) {}

    /**
     * A set of images.
     *
     * @param name as clients say it
     * @param description for people
     * @param isDefault whether it is meant where clients name none; true for one of them
     * @param publishers the names of the accounts that may add images and take them out, beside admins; empty: all that
     *     may publish
     */
    public record Channel(String name, String description, boolean isDefault, Set<String> publishers) {}

    /** Whether images are public or private when their manifest does not say. */
    public enum Mode {
        PUBLIC,
        PRIVATE
    }

    /**
     * What one client may take from the others; 0: as much as it likes.
     *
     * @param requestsPerSecond of an address, and of an account; some seconds' worth at once
     * @param connections of an address at the same time
     * @param bytesPerSecond of files to an address
     */
    public record Limits(int requestsPerSecond, int connections, long bytesPerSecond) {}

    /**
     * The server's certificate.
     *
     * @param certificate in PEM, intermediate certificates after it
     * @param key in PEM
     * @param isOwn whether the server makes both, since the configuration names none
     * @param clientCa whose certificates clients may show in place of another credential, in PEM
     * @param acme who gives the certificate, in place of somebody who puts it there
     */
    public record Tls(Path certificate, Path key, boolean isOwn, Optional<Path> clientCa, Optional<Acme> acme) {}

    /**
     * An authority that gives certificates by itself (RFC 8555).
     *
     * @param directory where its protocol begins
     * @param domains host names that the certificate is for; at least one
     * @param email where it can write to the operator
     * @param challenge how it finds out that the names lead here
     * @param caFile authorities in PEM by which its own server is trusted, in place of Java's
     * @param externalAccount which customer the operator is, where the authority wants to know
     */
    public record Acme(
            URI directory,
            List<String> domains,
            Optional<String> email,
            Challenge challenge,
            Optional<Path> caFile,
            Optional<ExternalAccount> externalAccount) {
        /**
         * An account outside of the protocol (RFC 8555, section 7.3.4).
         *
         * @param keyId its name there
         * @param macKey a secret, in base64url
         */
        public record ExternalAccount(String keyId, String macKey) {}

        /** What an authority looks at. */
        public enum Challenge {
            /** A text, by HTTP at port 80. */
            HTTP,

            /** A certificate, by TLS at port 443. */
            TLS
        }
    }

    /**
     * Who may publish, and what.
     *
     * @param verifyStreams how strictly ZFS send streams are looked at
     * @param isZstdAllowed whether files may be compressed with zstd
     * @param maxFileBytes the largest file that is taken
     * @param areAnonymousWritesAllowed whether everyone may change everything; for closed networks and tests
     * @param arePrivateUrlsAllowed whether files are fetched by http and from private addresses, too
     */
    public record Publishing(
            Verify verifyStreams,
            boolean isZstdAllowed,
            long maxFileBytes,
            boolean areAnonymousWritesAllowed,
            boolean arePrivateUrlsAllowed) {}

    /**
     * How files are read again, to find those that are damaged.
     *
     * @param interval from the beginning of one pass to that of the next; zero: never
     * @param bytesPerSecond at most; 0: no limit
     */
    public record Scrub(Duration interval, long bytesPerSecond) {}

    /**
     * Which images go by themselves.
     *
     * @param rules an image goes when one of them says so
     * @param trash how long it can be had back
     */
    public record Retention(List<Rule> rules, Duration trash) {
        /**
         * A rule; 0 where it does not ask.
         *
         * @param name of the images that it is about, or a part of it after {@code ~}; empty: all
         * @param keepNewest of each name, so many activated ones stay
         * @param unpublishedAfterDays images go that were never activated and have been at rest for so long
         * @param notPulledForDays activated ones go that are as old and that nobody has downloaded for so long
         */
        public record Rule(Optional<String> name, int keepNewest, int unpublishedAfterDays, int notPulledForDays) {}
    }

    /**
     * An object store that other servers use at the same time.
     *
     * @param endpoint of the store; empty: Amazon's own
     * @param name of the bucket, which must exist
     * @param prefix of all objects, empty or ending in a slash
     * @param region as the store knows it
     * @param isPathStyle whether the bucket stands in the path, not in the host
     * @param cacheDir where this server keeps copies of files
     * @param cacheBytes how much room the copies may take; 0: none are kept
     * @param redirect those of the listening addresses at which clients are sent to the store for files
     */
    public record Bucket(
            Optional<URI> endpoint,
            String name,
            String prefix,
            String region,
            boolean isPathStyle,
            Path cacheDir,
            long cacheBytes,
            List<ListenAddress> redirect) {}

    /**
     * Another server, whose images are brought here.
     *
     * @param url without a slash at its end
     * @param policy when
     * @param type what it speaks; empty: its ping tells
     * @param channel of which it shows its images
     * @param authorization value of that header; a secret
     * @param caFile authorities in PEM that are trusted in place of Java's own
     * @param filter fields and their values, as ListImages has them
     * @param newest how many of each name; 0: all
     * @param publishedAfter only images of a later date
     * @param maxSize of an image's file in bytes; 0: any
     * @param bytesPerSecond at most, of all its transfers together; 0: no limit
     * @param interval between two looks at its list
     * @param whenGone what becomes of images that it does not have any more
     * @param trust the public key that its lists and manifests must be signed with; empty: they need not be
     * @param parallel how many images are fetched at the same time
     * @param pinned uuids of images that stay once they are here, however little room there is
     */
    public record Source(
            String url,
            Policy policy,
            Optional<Type> type,
            Optional<String> channel,
            Optional<String> authorization,
            Optional<Path> caFile,
            Map<String, String> filter,
            int newest,
            Optional<Instant> publishedAfter,
            long maxSize,
            long bytesPerSecond,
            Duration interval,
            WhenGone whenGone,
            Optional<String> trust,
            int parallel,
            Set<String> pinned) {
        /** When its images are brought here. */
        public enum Policy {
            /** By schedule. */
            MIRROR,

            /** When a client asks for one; they are listed from the start. */
            ON_DEMAND,

            /** By schedule, and what has not come yet when a client asks for it. */
            BOTH;

            /** Whether there is a schedule. */
            public boolean isScheduled() {
                return this != ON_DEMAND;
            }

            /** Whether clients are shown what is not here yet. */
            public boolean isOnDemand() {
                return this != MIRROR;
            }
        }

        /** The protocol that a server speaks. */
        public enum Type {
            IMGAPI,
            DSAPI
        }

        /** What becomes of an image here when its source does not have it any more. */
        public enum WhenGone {
            KEEP,
            DISABLE,
            REMOVE
        }

        /** Names it: its address and channel, by which nobody reads what may be secret in them. */
        public String id() {
            byte[] named = (url + " " + channel.orElse("")).getBytes(StandardCharsets.UTF_8);
            try {
                return HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(named), 0, 6);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this JDK lacks SHA-256", e);
            }
        }

        /** Its scheme, host and port; a path may hold a secret. */
        public String host() {
            return url.replaceFirst("^(https?://[^/]*)/.*", "$1");
        }

        /** The same wish, of a server that is reached, and trusted, as another source says. */
        public Source reachedAs(Source known) {
            return new Source(
                    url,
                    policy,
                    known.type,
                    known.channel,
                    known.authorization,
                    known.caFile,
                    filter,
                    newest,
                    publishedAfter,
                    maxSize,
                    known.bytesPerSecond,
                    interval,
                    whenGone,
                    known.trust,
                    known.parallel,
                    pinned);
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return url;
        }
    }

    /** How strictly ZFS send streams are verified. */
    public enum Verify {
        STRICT,
        WARN,
        OFF
    }

    /** How file bytes are sent: by the kernel alone, through a buffer, or as a probe at start decides. */
    public enum Sendfile {
        AUTO,
        ON,
        OFF
    }

    /** The levels that the old server's configuration knew (bunyan's). */
    public enum LogLevel {
        TRACE(10),
        DEBUG(20),
        INFO(30),
        WARN(40),
        ERROR(50),
        FATAL(60);

        private final int number;

        LogLevel(int number) {
            this.number = number;
        }

        /** Bunyan's number for it. */
        public int number() {
            return number;
        }
    }

    /**
     * Names and owners for what a manifest leaves out (DSAPI's creator and vendor).
     *
     * @param name {@code creator_name} and {@code cloud_name}
     * @param uuid the owner
     * @param vendorUuid {@code vendor_uuid}
     */
    public record Creator(String name, String uuid, String vendorUuid) {}

    /**
     * Reads a configuration file.
     *
     * @param path the file, or null for the defaults alone
     * @param overrides what the command line says, which wins
     * @throws ConfigException naming the first key that cannot be used, before anything is started
     */
    public static Settings read(@Nullable Path path, Overrides overrides) throws ConfigException {
        Path here = Path.of("").toAbsolutePath();
        try {
            return new SettingsReader(path == null ? ConfigFile.empty(here) : ConfigFile.read(path)).read(overrides);
        } catch (InvalidPathException e) {
            throw new ConfigException(path + ": \"" + e.getInput().replace("\0", "\\u0000")
                    + "\" cannot be a path on this system: " + e.getReason());
        }
    }

    /**
     * What the command line says.
     *
     * @param listen addresses in place of the file's; empty: the file's
     * @param serveDir a directory in place of the file's
     */
    public record Overrides(List<ListenAddress> listen, Optional<Path> serveDir) {
        /** Nothing but the file counts. */
        public static final Overrides NONE = new Overrides(List.of(), Optional.empty());
    }
}
