package org.imageserver.remote;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Flow;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Asks other servers, on behalf of clients that name a URL. Such a URL must not lead to what only this machine can
 * reach: its scheme and every address of its host are looked at, and again after each redirect. Thread-safe; closing
 * breaks off what is being fetched.
 *
 * <p>The client of the JDK resolves the name itself; it cannot be handed an address that was looked at. It finds the same
 * addresses, because the JDK keeps a resolved name for 30 s; but a name whose 30 s end between the look and the
 * connection may have another address by then (DNS rebinding). What answers there must still
 * prove by its certificate that it is the host in the URL, before it is sent a request: a private service cannot, so all
 * that it sees is a TLS handshake that fails. Who resolves names to nothing private on this machine closes that, too.
 */
public final class Fetcher implements AutoCloseable {
    private static final int MAX_REDIRECTS = 5;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

    private final Limits limits;
    private final HttpClient.Builder builder;

    /** Made at first use: it takes a thread, and a fifth of the time that a server needs to start. */
    private @Nullable HttpClient client;

    private boolean isClosed;

    /** Makes a fetcher that goes straight to where clients want it, and holds no connection yet. */
    public Fetcher(Limits limits) {
        this(limits, HttpClient.Builder.NO_PROXY, Optional.empty());
    }

    /**
     * Makes a fetcher for servers that the operator named.
     *
     * @param proxy through which proxy, if any, a URL is asked
     * @param trusted the authorities that are trusted; empty: those of Java
     */
    public Fetcher(Limits limits, ProxySelector proxy, Optional<SSLContext> trusted) {
        this.limits = limits;
        this.builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(proxy)
                .connectTimeout(limits.connect());
        trusted.ifPresent(builder::sslContext);
    }

    private synchronized HttpClient client(URI url) throws StoppedException {
        if (isClosed) {
            throw new StoppedException(named(url));
        }
        if (client == null) {
            client = builder.build();
        }
        return client;
    }

    /**
     * Reads a URL as a client wrote it.
     *
     * @throws UnusableUrlException when it is none, or its scheme is not allowed
     */
    public URI parse(String text) throws UnusableUrlException {
        URI url;
        try {
            url = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new UnusableUrlException("not a URL: " + e.getMessage());
        }
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        boolean isAllowed = scheme.equals("https") || (limits.arePrivateUrlsAllowed() && scheme.equals("http"));
        if (!isAllowed) {
            throw new UnusableUrlException("Only URLs using the https: scheme are supported");
        }
        if (url.getHost() == null || url.getHost().isEmpty()) {
            throw new UnusableUrlException("not a URL: it names no host");
        }
        if (url.getPort() == 0 || url.getPort() > 65535) {
            throw new UnusableUrlException("not a URL: there is no port " + url.getPort());
        }
        if (url.getUserInfo() != null) {
            throw new UnusableUrlException("URLs with a user or a password are not supported");
        }
        return url;
    }

    /**
     * Gets what is there, following redirects; blocks until the answer begins.
     *
     * @param url from {@link #parse}
     * @return the answer, of whatever status but a redirect
     * @throws RemoteException when there is no answer, or the URL leads where it must not
     */
    public Answer get(URI url) throws RemoteException {
        return get(url, Map.of());
    }

    /**
     * The same with headers of the request. Another host, to which a redirect leads, is not told who asks.
     *
     * @throws RemoteException when there is no answer, or the URL leads where it must not
     */
    public Answer get(URI url, Map<String, String> headers) throws RemoteException {
        URI next = url;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            checkAddresses(next);
            HttpResponse<Flow.Publisher<List<ByteBuffer>>> response =
                    send(next, named(next).equals(named(url)) ? headers : withoutSecrets(headers));
            Answer answer = answer(next, response);
            String location = response.headers().firstValue("Location").orElse("");
            if (!REDIRECTS.contains(answer.status()) || location.isEmpty()) {
                return answer;
            }
            answer.close();
            next = redirected(next, location);
        }
        throw new RemoteException(named(url) + " redirects more than " + MAX_REDIRECTS + " times");
    }

    private static Map<String, String> withoutSecrets(Map<String, String> headers) {
        Map<String, String> open = new HashMap<>(headers);
        open.keySet().removeIf(name -> name.equalsIgnoreCase("Authorization"));
        return open;
    }

    private URI redirected(URI from, String location) throws RemoteException {
        try {
            return parse(from.resolve(location).toString());
        } catch (UnusableUrlException | IllegalArgumentException e) {
            throw new RemoteException(named(from) + " redirects to a URL that is not followed: " + e.getMessage(), e);
        }
    }

    private void checkAddresses(URI url) throws RemoteException {
        if (limits.arePrivateUrlsAllowed()) {
            // Behind a proxy, this machine may not even know the name.
            return;
        }
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(url.getHost());
        } catch (UnknownHostException e) {
            throw new RemoteException("the host " + url.getHost() + " is not known", e);
        }
        for (InetAddress address : addresses) {
            if (!PublicAddress.is(address)) {
                throw new RemoteException("the host " + url.getHost() + " has the address " + address.getHostAddress()
                        + ", which is not of the public internet (allow_private_urls lets it through)");
            }
        }
    }

    private HttpResponse<Flow.Publisher<List<ByteBuffer>>> send(URI url, Map<String, String> headers)
            throws RemoteException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url).timeout(limits.idle()).header("User-Agent", "image-server");
        headers.forEach(request::header);
        try {
            return client(url).send(request.build(), BodyHandlers.ofPublisher());
        } catch (StoppedException e) {
            throw e;
        } catch (IOException e) {
            throw new RemoteException(named(url) + ": " + Failures.text(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RemoteException("the request to " + named(url) + " was stopped", e);
        }
    }

    private Answer answer(URI url, HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {
        BodyChannel body = new BodyChannel(named(url), limits.idle(), System::nanoTime);
        response.body().subscribe(body);
        return new Answer(url, response.statusCode(), response.headers(), body);
    }

    /** Host and port: a path may hold a secret, and messages are shown to others. */
    private static String named(URI url) {
        return url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        if (client != null) {
            // Not close(), which waits for as long as somebody does not read his answer to its end.
            client.shutdownNow();
        }
    }
}
