package org.imageserver.auth;

import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.imageserver.auth.Principal.Account;

/**
 * Whose certificate it is that a client has shown: of the account that its subject's common name names. That the
 * authority of the configuration has signed it, and the client has its key, TLS has made sure of. Thread-safe.
 */
public final class ClientCertificates {
    private final Users users;

    /** Knows these accounts. */
    public ClientCertificates(Users users) {
        this.users = users;
    }

    /** The account, if there is one that may log in now. */
    public Optional<Account> account(X509Certificate certificate) {
        return commonName(certificate).flatMap(users::find);
    }

    /** Of several, none: whoever signs such a thing means something else by it. */
    private static Optional<String> commonName(X509Certificate certificate) {
        try {
            var names = new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(part -> part.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .toList();
            return names.size() == 1 && names.getFirst() instanceof String name ? Optional.of(name) : Optional.empty();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
