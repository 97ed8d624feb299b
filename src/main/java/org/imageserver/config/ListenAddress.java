package org.imageserver.config;

import java.nio.file.Path;

/** Where the server listens: a TCP address or a unix socket. */
public sealed interface ListenAddress {
    /**
     * A TCP address.
     *
     * @param host a name or a literal address; {@code 0.0.0.0} means all interfaces
     * @param port 0 to 65535; 0 lets the system choose a free one
     * @param isTls whether clients speak TLS there
     */
    record Tcp(String host, int port, boolean isTls) implements ListenAddress {
        /** An address where clients speak plain HTTP. */
        public Tcp(String host, int port) {
            this(host, port, false);
        }

        /** All interfaces, as the old server listened on a numeric {@code listen_port}. */
        static final String ALL_INTERFACES = "0.0.0.0";

        /** Whether it means every interface. */
        public boolean isWildcard() {
            return host.equals(ALL_INTERFACES) || host.equals("::");
        }

        @Override
        public String toString() {
            return (isTls ? TLS_PREFIX : "") + authority();
        }

        /** Host and port, as a URL has them. */
        public String authority() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** A unix socket, created at this path. */
    record Unix(Path path) implements ListenAddress {
        @Override
        public String toString() {
            return UNIX_PREFIX + path;
        }
    }

    /** What an address of a unix socket begins with on the command line and in {@code listen}. */
    String UNIX_PREFIX = "unix:";

    /** What an address begins with where clients speak TLS. */
    String TLS_PREFIX = "tls:";

    /** The grammar, for error messages. */
    String EXPECTED = "HOST:PORT, [IPV6]:PORT, *:PORT, tls:HOST:PORT or unix:PATH";

    /**
     * Reads an address as a person writes it: {@code 127.0.0.1:8080}, {@code [::1]:80}, {@code *:80},
     * {@code tls:*:443}, {@code unix:/var/run/images.sock}.
     *
     * @throws ConfigException when it is none of these
     */
    static ListenAddress parse(String text, Path base) throws ConfigException {
        if (text.startsWith(UNIX_PREFIX)) {
            String path = text.substring(UNIX_PREFIX.length());
            if (path.isEmpty()) {
                throw new ConfigException("\"" + text + "\" names no path: expected " + EXPECTED);
            }
            return new Unix(base.resolve(path));
        }
        boolean isTls = text.startsWith(TLS_PREFIX);
        String address = isTls ? text.substring(TLS_PREFIX.length()) : text;
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            throw new ConfigException("\"" + text + "\" is no address: expected " + EXPECTED);
        }
        return new Tcp(host(text, address.substring(0, colon)), port(text, address.substring(colon + 1)), isTls);
    }

    private static String host(String text, String host) throws ConfigException {
        if (host.isEmpty() || host.equals("*")) {
            return Tcp.ALL_INTERFACES;
        }
        if (host.startsWith("[") && host.endsWith("]")) {
            return host.substring(1, host.length() - 1);
        }
        if (host.contains(":")) {
            throw new ConfigException("\"" + text + "\" is ambiguous: write an IPv6 address as [ADDRESS]:PORT");
        }
        return host;
    }

    private static int port(String text, String digits) throws ConfigException {
        if (digits.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(digits);
            if (port <= 65535) {
                return port;
            }
        }
        throw new ConfigException("\"" + text + "\" has no usable port (0 to 65535): expected " + EXPECTED);
    }
}
