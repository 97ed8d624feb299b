package org.imageserver.http;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.imageserver.auth.Principal;
import org.imageserver.config.Network;
import org.imageserver.config.Settings;

/**
 * What one client may take from the others: requests, connections and bytes. A client is an account where it is known,
 * and an address before that; a unix socket is a proxy's, and who is behind it the proxy must say. Thread-safe.
 */
public final class ClientLimits {
    private static final CompletionStage<Void> NOW = CompletableFuture.completedFuture(null);

    private final Allowance requests;
    private final Allowance bytes;
    private final List<Network> trustedProxies;
    private final Map<String, Integer> connections = new ConcurrentHashMap<>();
    private final Set<HttpConnection> excess = ConcurrentHashMap.newKeySet();
    private volatile int mostConnections;

    /**
     * Makes the limits that the operator wants.
     *
     * @param trustedProxies whose connections are those of many clients
     */
    public ClientLimits(Settings.Limits limits, List<Network> trustedProxies) {
        this.trustedProxies = List.copyOf(trustedProxies);
        this.requests = new Allowance(limits.requestsPerSecond(), System::nanoTime);
        this.bytes = new Allowance((double) limits.bytesPerSecond(), System::nanoTime);
        this.mostConnections = limits.connections();
    }

    /** Changes them from now on; connections that are there stay. */
    public void change(Settings.Limits limits) {
        requests.change(limits.requestsPerSecond());
        bytes.change((double) limits.bytesPerSecond());
        mostConnections = limits.connections();
    }

    /** Counts a new connection, which is one too many if its address has enough of them. */
    void opened(HttpConnection connection) {
        SocketAddress peer = connection.remoteAddress();
        if (Client.isTrusted(peer, trustedProxies)) {
            return;
        }
        String address = neighbourhood(peer.hostAddress());
        int count = connections.merge(address, 1, Integer::sum);
        if (mostConnections > 0 && count > mostConnections) {
            excess.add(connection);
        }
        connection.closeHandler(closed -> {
            excess.remove(connection);
            connections.computeIfPresent(address, (its, open) -> open == 1 ? null : open - 1);
        });
    }

    /** Whether its address has enough connections without this one. */
    boolean isExcess(HttpConnection connection) {
        return excess.contains(connection);
    }

    /**
     * Counts a request.
     *
     * @throws ApiException (TooManyRequests) that says when to come again
     */
    void admit(Client client, HttpConnection connection) {
        if (isExcess(connection)) {
            throw tooMany(
                            "more than " + mostConnections + " connections from " + client.address(),
                            Duration.ofSeconds(10))
                    .with("Connection", "close");
        }
        if (!client.isUnknown()) {
            requests.tryTake(neighbourhood(client.address())).ifPresent(early -> {
                throw tooMany("too many requests from " + client.address(), early);
            });
        }
    }

    /** The same for an account, from wherever it comes. */
    void admit(Principal principal) {
        if (principal instanceof Principal.Account account) {
            requests.tryTake("account " + account.name()).ifPresent(early -> {
                throw tooMany("too many requests of " + account.name(), early);
            });
        }
    }

    /** Whether bytes are counted: what the kernel sends by itself cannot be. */
    boolean arePaced() {
        return bytes.isLimited();
    }

    /** Counts bytes on their way; completes when there may be more. */
    CompletionStage<Void> sent(Client client, long count) {
        Duration wait = client.isUnknown() ? Duration.ZERO : bytes.take(neighbourhood(client.address()), count);
        return wait.isZero()
                ? NOW
                : new CompletableFuture<Void>().completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whoever has an IPv6 address has the 64 bits after its network's, too, and would be as many clients as he likes. */
    private static String neighbourhood(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        try {
            return bytes != null && InetAddress.getByAddress(bytes) instanceof Inet6Address
                    ? HexFormat.of().formatHex(bytes, 0, 8) + "/64"
                    : address;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address has 4 or 16 bytes", e);
        }
    }

    private static ApiException tooMany(String what, Duration early) {
        long seconds = Math.max(1, early.toSeconds() + 1);
        return new ApiException(ErrorCode.TooManyRequests, what + "; try again in " + seconds + " s")
                .with("Retry-After", Long.toString(seconds));
    }
}
