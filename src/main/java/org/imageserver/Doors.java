package org.imageserver;

import java.time.InstantSource;
import org.imageserver.auth.Authenticator;
import org.imageserver.auth.AuthorizedKeys;
import org.imageserver.auth.ClientCertificates;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.auth.Sessions;
import org.imageserver.auth.SignIn;
import org.imageserver.auth.Users;
import org.imageserver.config.Settings;
import org.imageserver.http.Gate;

/**
 * How clients get in, wired from the settings.
 *
 * @param gate finds out who asks, for each request
 * @param signIn begins sessions of people with a browser
 */
record Doors(Gate gate, SignIn signIn) {
    static Doors of(Settings settings, AuthorizedKeys keys) {
        InstantSource clock = InstantSource.system();
        Users users = new Users(settings.usersFile(), clock);
        Authenticator authenticator = new Authenticator(users, keys, clock);
        Sessions sessions = new Sessions(settings.usersFile(), users, keys, clock);
        Principal withoutCredential = settings.publishing().areAnonymousWritesAllowed()
                ? new Principal.Account("anonymous", settings.creator().uuid(), Role.ADMIN)
                : new Principal.Anonymous();
        return new Doors(
                new Gate(
                        authenticator,
                        sessions,
                        settings.tls().clientCa().map(authority -> new ClientCertificates(users)),
                        withoutCredential),
                new SignIn(authenticator, users, keys, sessions, clock));
    }
}
