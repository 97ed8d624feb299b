package org.imageserver.auth;

/** What an account may do. */
public enum Role {
    /** Sees private images that are shared with it. */
    READER,
    /** Also publishes, and changes what it owns. */
    PUBLISHER,
    /** Sees and changes everything. */
    ADMIN
}
