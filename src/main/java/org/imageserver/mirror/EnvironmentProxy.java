package org.imageserver.mirror;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The proxies that the environment names, as curl reads it: HTTPS_PROXY, HTTP_PROXY, NO_PROXY, also in small letters. */
final class EnvironmentProxy extends ProxySelector {
    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentProxy.class);

    private final Map<String, String> environment;

    EnvironmentProxy(Map<String, String> environment) {
        this.environment = environment;
    }

    static ProxySelector selector() {
        return new EnvironmentProxy(System.getenv());
    }

    @Override
    public List<Proxy> select(URI url) {
        boolean isSecure = "https".equals(url.getScheme());
        Optional<String> proxy =
                value(isSecure ? "HTTPS_PROXY" : "HTTP_PROXY").filter(text -> !isExempt(url.getHost()));
        return List.of(proxy.map(EnvironmentProxy::parse).orElse(Proxy.NO_PROXY));
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.getOrDefault(name, environment.get(name.toLowerCase(Locale.ROOT))))
                .filter(text -> !text.isBlank());
    }

    private boolean isExempt(String host) {
        return Arrays.stream(value("NO_PROXY").orElse("").split(","))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry.startsWith(".") ? entry.substring(1) : entry)
                .anyMatch(entry -> entry.equals("*") || host.equals(entry) || host.endsWith("." + entry));
    }

    private static Proxy parse(String text) {
        URI uri = URI.create(text.contains("://") ? text : "http://" + text);
        int port = uri.getPort() < 0 ? 80 : uri.getPort();
        return new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(uri.getHost(), port));
    }

    @Override
    public void connectFailed(URI url, SocketAddress proxy, IOException failure) {
        LOG.debug("the proxy {} for {} cannot be reached", proxy, url, failure);
    }
}
