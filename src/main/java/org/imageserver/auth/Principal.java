package org.imageserver.auth;

/** Who asks. A write on the catalogue takes one as an argument: it cannot be called without. */
public sealed interface Principal {
    /** Nobody in particular: a request without a credential. */
    record Anonymous() implements Principal {}

    /**
     * Somebody who proved it.
     *
     * @param name as the operator calls it
     * @param uuid the owner that is recorded in the manifests of what it publishes
     * @param role what it may do
     */
    record Account(String name, String uuid, Role role) implements Principal {}

    /** Whether everything is its to see and to change. */
    default boolean isAdmin() {
        return this instanceof Account account && account.role() == Role.ADMIN;
    }

    /** Whether it may publish at all. */
    default boolean mayPublish() {
        return this instanceof Account account && account.role() != Role.READER;
    }
}
