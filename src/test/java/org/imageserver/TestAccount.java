package org.imageserver;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import org.imageserver.auth.Role;
import org.imageserver.auth.UsersEditor;
import org.imageserver.auth.UsersEditor.Grant;
import org.imageserver.auth.UsersEditor.Issued;
import org.imageserver.auth.UsersException;

/**
 * An account, made as {@code image-server user add} makes it.
 *
 * @param uuid the owner of what it publishes
 * @param token its secret
 */
public record TestAccount(String name, String uuid, String token) {
    /** Makes one in this users file, as many others may do beside it. */
    public static TestAccount make(Path usersFile, String name, Role role) {
        Grant grant = new Grant(Optional.of(role), Optional.empty(), Optional.empty());
        try {
            Issued issued = new UsersEditor(usersFile, InstantSource.system()).add(name, grant);
            return new TestAccount(name, issued.user().uuid(), issued.token());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (UsersException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** The value of its Authorization header, as imgadm makes it of a URL with a user. */
    public String basic() {
        return "Basic " + Base64.getEncoder().encodeToString((name + ":" + token).getBytes(UTF_8));
    }

    /** The same as a bearer. */
    public String bearer() {
        return "Bearer " + token;
    }
}
