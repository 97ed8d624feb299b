package org.imageserver.http;

import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.imageserver.config.Network;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and how the client addressed the server. Behind a proxy, these are what the proxy says of its client, if
 * the proxy is trusted: {@code Forwarded} (RFC 7239), else {@code X-Forwarded-For, -Proto, -Host}.
 *
 * @param address of the client, or {@code unix} for a unix socket without a proxy's word
 * @param scheme {@code http} or {@code https}
 * @param host the valid host, with its port if it has one; empty when the client sent none that is valid
 */
public record Client(String address, String scheme, Optional<String> host) {
    private static final String UNIX = "unix";

    private static final Pattern HOST = Pattern.compile(
            "([A-Za-z0-9]([A-Za-z0-9._-]{0,253})|[A-Za-z0-9]|\\[[0-9A-Fa-f:.]{2,45}])(:(?<port>[0-9]{1,5}))?");
    private static final Pattern PARAMETER =
            Pattern.compile("(for|proto|host)\\s*=\\s*(\"[^\"]*\"|[^;,\\s]*)", Pattern.CASE_INSENSITIVE);

    private static final Pattern NODE = Pattern.compile(
            "(\\[(?<bracketed>[0-9A-Fa-f:.]{2,45})]|(?<four>[0-9.]{7,15}))(:[0-9]{1,5})?|(?<plain>[0-9A-Fa-f:.]{2,45})");

    /** Whether nobody says where it comes from. */
    boolean isUnknown() {
        return address.equals(UNIX);
    }

    static Client of(HttpServerRequest request, List<Network> trustedProxies) {
        String peer = address(request.remoteAddress());
        // Two hosts are as good as none: who knows which of them a proxy before us has looked at.
        String host = valid(joined(request, "Host"));
        String own = request.isSSL() ? "https" : "http";
        if (!isTrusted(request.remoteAddress(), trustedProxies)) {
            return new Client(peer, own, Optional.ofNullable(host));
        }
        Optional<String> forwarded = Optional.ofNullable(joined(request, "Forwarded"));
        String client = farthestTrusted(joined(request, "X-Forwarded-For"), trustedProxies)
                .or(() -> forwarded.flatMap(value -> parameter(value, "for")).flatMap(Client::literal))
                .orElse(peer);
        String scheme = last(joined(request, "X-Forwarded-Proto"))
                .or(() -> forwarded.flatMap(value -> parameter(value, "proto")))
                .map(value -> value.toLowerCase(Locale.ROOT))
                .filter(value -> value.equals("http") || value.equals("https"))
                .orElse(own);
        Optional<String> forwardedHost = last(joined(request, "X-Forwarded-Host"))
                .or(() -> forwarded.flatMap(value -> parameter(value, "host")))
                .filter(value -> valid(value) != null);
        return new Client(client, scheme, forwardedHost.or(() -> Optional.ofNullable(host)));
    }

    /** Some proxies add to a header of the client's, others add a header of the same name: both mean the same list. */
    private static @Nullable String joined(HttpServerRequest request, String header) {
        List<String> values = request.headers().getAll(header);
        return values.isEmpty() ? null : String.join(",", values);
    }

    /** Whether its word about others counts: a unix socket's, and that of a proxy that the operator trusts. */
    static boolean isTrusted(SocketAddress peer, List<Network> trustedProxies) {
        return peer == null || peer.isDomainSocket() || isIn(peer.hostAddress(), trustedProxies);
    }

    private static boolean isIn(String address, List<Network> networks) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        return networks.stream().anyMatch(network -> network.contains(socket));
    }

    private static String address(SocketAddress peer) {
        return peer == null || peer.isDomainSocket() ? UNIX : peer.hostAddress();
    }

    /**
     * The last entry was written by the proxy that we talk to; go back while an entry is a trusted proxy itself. What stands
     * before one that is no address, nobody trusted has written.
     */
    private static Optional<String> farthestTrusted(@Nullable String header, List<Network> trusted) {
        Optional<String> farthest = Optional.empty();
        String[] hops = header == null ? new String[0] : header.split(",", -1);
        for (int index = hops.length - 1; index >= 0; index--) {
            Optional<String> hop = literal(hops[index]);
            if (hop.isEmpty()) {
                return farthest;
            }
            farthest = hop;
            if (!isIn(hop.get(), trusted)) {
                return farthest;
            }
        }
        return farthest;
    }

    /** An address without the brackets and the port that some proxies write, too; a name is none, and is not looked up. */
    private static Optional<String> literal(String node) {
        Matcher matcher = NODE.matcher(node.strip());
        return matcher.matches()
                ? Stream.of(matcher.group("bracketed"), matcher.group("four"), matcher.group("plain"))
                        .filter(Objects::nonNull)
                        .filter(text -> NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text))
                        .findFirst()
                : Optional.empty();
    }

    private static Optional<String> last(@Nullable String header) {
        return header == null
                ? Optional.empty()
                : Optional.of(header.substring(header.lastIndexOf(',') + 1).strip());
    }

    /** A parameter of the last element of {@code Forwarded}, which is the nearest proxy's. */
    private static Optional<String> parameter(String forwarded, String name) {
        Matcher matcher = PARAMETER.matcher(forwarded.substring(forwarded.lastIndexOf(',') + 1));
        while (matcher.find()) {
            if (matcher.group(1).equalsIgnoreCase(name)) {
                return Optional.of(matcher.group(2).replace("\"", ""));
            }
        }
        return Optional.empty();
    }

    private static @Nullable String valid(@Nullable String host) {
        if (host == null) {
            return null;
        }
        Matcher matcher = HOST.matcher(host);
        return matcher.matches() && isPort(matcher.group("port")) ? host : null;
    }

    private static boolean isPort(@Nullable String digits) {
        return digits == null || Integer.parseInt(digits) <= 65535;
    }
}
