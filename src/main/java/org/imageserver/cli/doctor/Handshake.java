package org.imageserver.cli.doctor;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Speaks TLS with a server as old and new clients do, and looks at what it shows. */
final class Handshake {
    private static final int PATIENCE_MILLIS = 10_000;

    /** What OpenSSL 1.0.1 has, of what Java still speaks. */
    private static final List<String> OLD_CIPHERS = List.of(
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
            "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA");

    private final URI server;
    private Optional<SSLContext> context = Optional.empty();

    Handshake(URI server) {
        this.server = server;
    }

    /** With which the server can be asked further, whatever its certificate is worth; empty when it speaks no TLS. */
    Optional<SSLContext> context() {
        return context;
    }

    List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        List<X509Certificate> chain;
        try {
            chain = chain();
            context = Optional.of(trusting(chain.getFirst()));
        } catch (IOException | GeneralSecurityException e) {
            findings.add(Finding.broken(
                    server + " speaks no TLS that can be used: " + e.getMessage(), "is it plain http there?"));
            return findings;
        }
        findings.addAll(new CertificateDoctor(chain).examine("the certificate of " + server.getHost()));
        findings.add(old());
        findings.add(trusted());
        return findings;
    }

    private List<X509Certificate> chain() throws IOException, GeneralSecurityException {
        SSLContext any = SSLContext.getInstance("TLS");
        any.init(null, new TrustManager[] {new Looking()}, null);
        try (SSLSocket socket = connect(any)) {
            socket.startHandshake();
            Certificate[] shown = socket.getSession().getPeerCertificates();
            return Arrays.stream(shown).map(X509Certificate.class::cast).toList();
        }
    }

    private Finding old() {
        try {
            SSLContext any = SSLContext.getInstance("TLS");
            any.init(null, new TrustManager[] {new Looking()}, null);
            try (SSLSocket socket = connect(any)) {
                socket.setEnabledProtocols(new String[] {"TLSv1.2"});
                List<String> known = List.of(socket.getSupportedCipherSuites());
                socket.setEnabledCipherSuites(
                        OLD_CIPHERS.stream().filter(known::contains).toArray(String[]::new));
                socket.startHandshake();
                return Finding.fine(
                        "it speaks TLS 1.2 with " + socket.getSession().getCipherSuite() + ", as imgadm does");
            }
        } catch (IOException | GeneralSecurityException e) {
            return Finding.broken(
                    "it does not speak TLS 1.2 with a cipher of imgadm's OpenSSL: " + e.getMessage(),
                    "allow TLS 1.2 with ECDHE-RSA-AES128-GCM-SHA256");
        }
    }

    /** With Java's authorities, which are those of browsers; the platform's own list may be older. */
    private Finding trusted() {
        try {
            SSLContext usual = SSLContext.getDefault();
            try (SSLSocket socket = connect(usual)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                return Finding.fine("its certificate is of a known authority, and for " + server.getHost());
            }
        } catch (IOException | GeneralSecurityException e) {
            return Finding.warning(
                    "its certificate is not believed: " + e.getMessage(),
                    "get one for " + server.getHost() + " from an authority, or IMGADM_INSECURE=1 before each imgadm"
                            + " command");
        }
    }

    private SSLSocket connect(SSLContext with) throws IOException {
        int port = server.getPort() < 0 ? 443 : server.getPort();
        Socket plain = new Socket();
        plain.connect(new InetSocketAddress(server.getHost(), port), PATIENCE_MILLIS);
        plain.setSoTimeout(PATIENCE_MILLIS);
        return (SSLSocket) with.getSocketFactory().createSocket(plain, server.getHost(), port, true);
    }

    private static SSLContext trusting(X509Certificate certificate) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("server", certificate);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    /** Takes what it is shown, to look at it; nothing secret is sent over such a connection. */
    private static final class Looking extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("this is a client");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
