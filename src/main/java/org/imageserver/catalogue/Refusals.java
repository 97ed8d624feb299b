package org.imageserver.catalogue;

import org.imageserver.auth.Principal;
import org.imageserver.auth.Principal.Account;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.Manifest;

/** Who may change an image and when, and the words in which it is refused: the peer's, which people know. */
final class Refusals {
    private Refusals() {}

    static Account publisher(Principal principal) {
        return switch (principal) {
            case Principal.Anonymous anonymous ->
                throw new ImageException.CredentialNeeded("Unauthorized (a credential is needed to change images)");
            case Account account -> {
                if (!account.mayPublish()) {
                    throw new Refused(Reason.OPERATOR_ONLY, "account " + account.name() + " may only read");
                }
                yield account;
            }
        };
    }

    static void checkOwner(Account account, Manifest manifest) {
        if (!account.isAdmin() && !manifest.owner().equals(account.uuid())) {
            throw notOwner(account, manifest.uuid());
        }
    }

    static Refused notOwner(Account account, String uuid) {
        return new Refused(Reason.NOT_OWNER, "account " + account.uuid() + " is not the owner of image " + uuid);
    }

    static Refused uuidExists(String uuid) {
        return new Refused(Reason.UUID_EXISTS, "image uuid \"" + uuid + "\" already exists");
    }

    static Refused originMissing(String uuid) {
        return new Refused(Reason.ORIGIN_MISSING, "origin image \"" + uuid + "\" does not exist");
    }

    static void refuseIfActivated(Manifest manifest) {
        if (manifest.state().isActivated()) {
            throw new Refused(Reason.FILES_IMMUTABLE, "cannot modify files on activated image " + manifest.uuid());
        }
    }
}
