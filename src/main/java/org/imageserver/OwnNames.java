package org.imageserver;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.imageserver.config.ListenAddress;

/** By which names and addresses clients may know this machine. */
final class OwnNames {
    private OwnNames() {}

    /** The machine's own name first, if it has one; then where it listens, and all of its addresses. */
    static List<String> of(List<ListenAddress> listen) throws SocketException {
        Set<String> names = new LinkedHashSet<>();
        try {
            names.add(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException e) {
            // A machine that does not know its own name is known by its addresses.
        }
        names.add("localhost");
        for (ListenAddress address : listen) {
            if (address instanceof ListenAddress.Tcp tcp && !tcp.isWildcard()) {
                names.add(tcp.host());
            }
        }
        List<InetAddress> addresses = new ArrayList<>();
        NetworkInterface.networkInterfaces()
                .forEach(card -> card.inetAddresses().forEach(addresses::add));
        addresses.stream()
                .filter(address -> !address.isLinkLocalAddress())
                .map(InetAddress::getHostAddress)
                .forEach(names::add);
        return List.copyOf(names);
    }
}
