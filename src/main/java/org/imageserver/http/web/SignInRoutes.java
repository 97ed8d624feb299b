package org.imageserver.http.web;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.imageserver.auth.Outcome;
import org.imageserver.auth.SignIn;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Form;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;

/** Signing in with a browser, and out again; works without a script. */
public final class SignInRoutes {
    private static final String FACE = "Pages";

    /** A path of ours: what a browser takes for another host ({@code //host}, {@code /\host}) is none. */
    private static final Pattern OWN_PATH = Pattern.compile("/(?![/\\\\])[!-~&&[^\\\\]]*");

    private static final Parameter NEXT = new Parameter("next", "The path of ours to go to afterwards.");

    private final SignIn signIn;

    /** Makes the pages of a way in. */
    public SignInRoutes(SignIn signIn) {
        this.signIn = signIn;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/sign-in",
                        "SignInPage",
                        new Doc(FACE, "The form for signing in.", List.of(NEXT), "text/html", List.of()),
                        request -> page(
                                request,
                                200,
                                SignInPage.Filled.with(next(request.query().get("next"))))),
                Route.form(
                        "/sign-in",
                        "SignIn",
                        new Doc(
                                FACE,
                                "Begins a session: answers 303 with a cookie. Fields of the form: name, and token;"
                                        + " or challenge and its signature by ssh-keygen.",
                                List.of(),
                                "text/html",
                                List.of(ErrorCode.InvalidCsrfToken, ErrorCode.TooManyRequests)),
                        request -> new Reply.Later(() -> signIn(request))),
                Route.form(
                        "/sign-out",
                        "SignOut",
                        new Doc(
                                FACE,
                                "Ends the session, wherever its cookie is. Field of the form: csrf.",
                                List.of(),
                                "text/html",
                                List.of(ErrorCode.InvalidCsrfToken)),
                        request -> new Reply.Later(() -> signOut(request))));
    }

    private Reply signIn(Request request) throws IOException {
        Form form = Form.read(request);
        SignInPage.Filled filled = new SignInPage.Filled(
                next(form.nonEmpty("next")),
                form.text("name").strip(),
                form.nonEmpty("signature").isPresent(),
                "");
        request.audit().by(filled.name());
        return switch (result(form, filled.name(), request.client().address())) {
            case SignIn.Result.Begun begun -> seeOther(filled.next(), SessionCookie.set(request, begun.cookie()));
            case SignIn.Result.Failed failed ->
                switch (failed.because()) {
                    case Outcome.Later later -> {
                        long seconds = Math.max(1, later.retryAfter().toSeconds());
                        yield page(
                                        request,
                                        ErrorCode.TooManyRequests.status(),
                                        filled.but("Too many attempts failed. Try again in " + seconds + " s."))
                                .with("Retry-After", Long.toString(seconds));
                    }
                    case Outcome.Refused refused -> page(request, 403, filled.but(refusal(filled)));
                    case Outcome.Known nobody -> page(request, 403, filled.but(refusal(filled)));
                };
        };
    }

    private SignIn.Result result(Form form, String name, String address) {
        Optional<String> signature = form.nonEmpty("signature");
        return signature.isPresent()
                ? signIn.byKey(name, form.text("challenge"), signature.get(), address)
                : signIn.byToken(name, form.text("token").strip(), address);
    }

    /** The same whatever was wrong: who guesses learns nothing. */
    private static String refusal(SignInPage.Filled filled) {
        return filled.isByKey()
                ? "No key of such an account signed the text below, or the text was too old. Sign the one that is there"
                        + " now, and paste all of what ssh-keygen prints."
                : "There is no such account with this token.";
    }

    private Reply signOut(Request request) throws IOException {
        Form form = Form.read(request);
        form.checkProof(request);
        request.session().ifPresent(signIn::end);
        return seeOther("/", SessionCookie.remove(request));
    }

    private static Reply.Empty seeOther(String path, String cookie) {
        return new Reply.Empty(303, Map.of("Location", path, "Set-Cookie", cookie, "Cache-Control", "no-store"));
    }

    /** Where to go afterwards, if it is here; else the front page: a link must not lead through us to another site. */
    private static String next(Optional<String> given) {
        return given.filter(path -> OWN_PATH.matcher(path).matches()).orElse("/");
    }

    private Reply.Content page(Request request, int status, SignInPage.Filled filled) {
        return SignInPage.answer(request, status, filled, signIn.challenge());
    }
}
