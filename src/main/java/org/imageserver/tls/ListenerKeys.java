package org.imageserver.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Which key a listener takes for a connection: its own, unless the client is an authority that looks whether a host name
 * leads here, which it says by the protocol that it wants to speak. Thread-safe.
 */
public final class ListenerKeys extends X509ExtendedKeyManager {
    private static final String ALIAS = Challenges.PROTOCOL + " ";

    private final X509ExtendedKeyManager own;
    private final Challenges challenges;

    /**
     * Makes a choice.
     *
     * @param own for everyone else
     */
    public ListenerKeys(X509ExtendedKeyManager own, Challenges challenges) {
        this.own = own;
        this.challenges = challenges;
    }

    /** Null, which ends the handshake, when an authority asks for a host name of which nothing is to be shown. */
    @Override
    public @Nullable String chooseEngineServerAlias(
            String type, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        if (engine == null || !Challenges.PROTOCOL.equals(engine.getHandshakeApplicationProtocol())) {
            return own.chooseEngineServerAlias(type, issuers, engine);
        }
        return host(engine)
                .filter(host -> challenges.certificate(host).isPresent())
                .map(host -> ALIAS + host)
                .orElse(null);
    }

    private static Optional<String> host(SSLEngine engine) {
        if (!(engine.getHandshakeSession() instanceof ExtendedSSLSession session)) {
            return Optional.empty();
        }
        return session.getRequestedServerNames().stream()
                .filter(SNIHostName.class::isInstance)
                .map(name -> ((SNIHostName) name).getAsciiName())
                .findFirst();
    }

    private Optional<Keytool.Pair> shown(String alias) {
        return alias.startsWith(ALIAS) ? challenges.certificate(alias.substring(ALIAS.length())) : Optional.empty();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return alias.startsWith(ALIAS)
                ? shown(alias)
                        .map(pair -> new X509Certificate[] {pair.certificate()})
                        .orElse(null)
                : own.getCertificateChain(alias);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return alias.startsWith(ALIAS) ? shown(alias).map(Keytool.Pair::key).orElse(null) : own.getPrivateKey(alias);
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
        return own.getServerAliases(type, issuers);
    }

    @Override
    public @Nullable String chooseServerAlias(String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return own.chooseServerAlias(type, issuers, socket);
    }

    @Override
    public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
        return own.getClientAliases(type, issuers);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String @Nullable [] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return own.chooseClientAlias(types, issuers, socket);
    }
}
