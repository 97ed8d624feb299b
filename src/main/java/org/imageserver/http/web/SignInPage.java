package org.imageserver.http.web;

import org.imageserver.auth.SignIn;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** The form for signing in: by token, or by ssh key. */
final class SignInPage {
    /**
     * What was filled in.
     *
     * @param next the path to go to afterwards
     * @param name of the account
     * @param isByKey whether a signature was pasted
     * @param error why it was refused; empty at first
     */
    record Filled(String next, String name, boolean isByKey, String error) {
        static Filled with(String next) {
            return new Filled(next, "", false, "");
        }

        Filled but(String refusal) {
            return new Filled(next, name, isByKey, refusal);
        }
    }

    private SignInPage() {}

    /** A page with this status, and a text to be signed that nobody was given before. */
    static Reply.Content answer(Request request, int status, Filled filled, String challenge) {
        Frame frame = Frame.of(request, null, "Sign in").withDescription("Sign in to publish and change images.");
        return HtmlReply.of(
                        status,
                        (output, nobody) ->
                                JtesigninGenerated.render(output, nobody, frame, filled, challenge, SignIn.NAMESPACE))
                .with("Cache-Control", "no-store");
    }
}
