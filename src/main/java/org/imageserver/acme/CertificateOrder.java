package org.imageserver.acme;

import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.imageserver.config.Settings.Acme;
import org.imageserver.tls.Challenges;
import org.imageserver.tls.Keytool;
import org.imageserver.tls.Pem;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.Problem;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.challenge.TokenChallenge;
import org.shredzone.acme4j.exception.AcmeException;

/** One certificate from the authority, from the order to the last byte. Each one has a key of its own. */
final class CertificateOrder {
    /** For each of the authority's steps; most take seconds. */
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private static final int CHALLENGE_DAYS = 7;

    private final Acme acme;
    private final Challenges challenges;
    private final Path directory;

    /**
     * Makes an order that is not sent yet.
     *
     * @param challenges where the authority looks
     * @param directory where files may lie meanwhile
     */
    CertificateOrder(Acme acme, Challenges challenges, Path directory) {
        this.acme = acme;
        this.challenges = challenges;
        this.directory = directory;
    }

    /**
     * What came of it.
     *
     * @param chain the server's own certificate first
     */
    record Given(PrivateKey key, List<X509Certificate> chain) {}

    /**
     * Sends the order and sees it through.
     *
     * @throws AcmeException what the authority says against it
     * @throws IOException when a key cannot be made
     */
    Given send(Login login) throws AcmeException, IOException, InterruptedException {
        Order order = login.newOrder().domains(acme.domains()).create();
        for (Authorization authorization : order.getAuthorizations()) {
            if (authorization.getStatus() != Status.VALID) {
                prove(authorization);
            }
        }
        check(order.waitUntilReady(PATIENCE), order, Status.READY);
        Keytool.Requested requested = Keytool.request(directory, acme.domains());
        order.execute(Pem.bytes(requested.request()));
        check(order.waitForCompletion(PATIENCE), order, Status.VALID);
        return new Given(requested.key(), order.getCertificate().getCertificateChain());
    }

    private void prove(Authorization authorization) throws AcmeException, IOException, InterruptedException {
        String host = authorization.getIdentifier().getDomain();
        TokenChallenge challenge = switch (acme.challenge()) {
            case HTTP -> offered(authorization, Http01Challenge.class, Http01Challenge.TYPE);
            case TLS -> offered(authorization, TlsAlpn01Challenge.class, TlsAlpn01Challenge.TYPE);
        };
        String token = challenge.getJSON().get("token").asString();
        try {
            show(challenge, token, host);
            challenge.trigger();
            if (challenge.waitForCompletion(PATIENCE) != Status.VALID) {
                throw new AcmeException("the authority did not find " + host + " here: "
                        + challenge.getError().map(Problem::toString).orElse("it does not say why"));
            }
        } finally {
            challenges.withdraw(token, host);
        }
    }

    private static <C extends Challenge> C offered(Authorization authorization, Class<C> type, String name)
            throws AcmeException {
        return authorization
                .findChallenge(type)
                .orElseThrow(() -> new AcmeException("the authority does not offer the challenge " + name + " for "
                        + authorization.getIdentifier().getDomain()));
    }

    private void show(TokenChallenge challenge, String token, String host) throws IOException {
        if (challenge instanceof TlsAlpn01Challenge tls) {
            // An OCTET STRING of 32 bytes, which the extension holds.
            String digest = "0420" + HexFormat.of().formatHex(tls.getAcmeValidation());
            Keytool.Wish wish = new Keytool.Wish(
                    "O=image-server",
                    List.of(host),
                    CHALLENGE_DAYS,
                    List.of(TlsAlpn01Challenge.ACME_VALIDATION_OID + ":critical=" + digest));
            challenges.show(host, Keytool.selfSigned(directory, wish));
        } else {
            challenges.show(token, challenge.getAuthorization());
        }
    }

    private static void check(Status status, Order order, Status wanted) throws AcmeException {
        // An order whose certificate is there already is ready, too.
        if (status != wanted && status != Status.VALID) {
            throw new AcmeException("the authority refused the order: "
                    + order.getError().map(Problem::toString).orElse("it does not say why"));
        }
    }
}
