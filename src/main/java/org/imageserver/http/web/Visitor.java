package org.imageserver.http.web;

import org.imageserver.auth.Principal;
import org.imageserver.http.Request;

/**
 * Who looks at a page on which something can be changed.
 *
 * @param name of the account; empty for nobody
 * @param mayPublish whether the account may publish at all
 * @param isAdmin whether it may do everything
 */
record Visitor(String name, boolean mayPublish, boolean isAdmin) {
    static Visitor of(Request request) {
        Principal principal = request.principal();
        String name = principal instanceof Principal.Account account ? account.name() : "";
        return new Visitor(name, principal.mayPublish(), principal.isAdmin());
    }
}
