package org.imageserver.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.imageserver.config.ListenAddress;

/** Addresses as a person copies them. */
final class Urls {
    private Urls() {}

    static String of(ListenAddress address) {
        return switch (address) {
            case ListenAddress.Tcp tcp -> url(tcp) + (tcp.isWildcard() ? " (all interfaces)" : "");
            case ListenAddress.Unix unix -> unix.toString();
        };
    }

    /** The url that a host on the network, or else on this machine, uses; imgadm knows no unix sockets. */
    static Optional<String> forClients(List<ListenAddress> addresses) {
        return addresses.stream()
                .filter(ListenAddress.Tcp.class::isInstance)
                .map(ListenAddress.Tcp.class::cast)
                .map(Urls::url)
                .findFirst();
    }

    /** Whether no other machine can connect. */
    static boolean areAllLocal(List<ListenAddress> addresses) {
        return addresses.stream().allMatch(address -> switch (address) {
            case ListenAddress.Tcp tcp ->
                tcp.host().equals("localhost")
                        || tcp.host().startsWith("127.")
                        || tcp.host().equals("::1");
            case ListenAddress.Unix unix -> false;
        });
    }

    private static String url(ListenAddress.Tcp tcp) {
        String scheme = tcp.isTls() ? "https://" : "http://";
        return scheme + (tcp.isWildcard() ? hostname() + ":" + tcp.port() : tcp.authority());
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine that does not know its own name is still reachable by whoever reads this.
            return "localhost";
        }
    }
}
