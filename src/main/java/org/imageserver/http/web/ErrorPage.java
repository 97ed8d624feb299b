package org.imageserver.http.web;

import org.imageserver.catalogue.ImageException;
import org.imageserver.http.Accept;
import org.imageserver.http.ApiException;
import org.imageserver.http.Endpoint;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;

/** What a person sees of an error that a page runs into; programs get JSON as everywhere. */
final class ErrorPage {
    private ErrorPage() {}

    /** The same page, whose errors are pages too where a browser asks. */
    static Endpoint around(Endpoint page) {
        return request -> {
            if (!Accept.allows(request.header("Accept").orElse(""), "text/html")) {
                return page.answer(request);
            }
            try {
                Reply reply = page.answer(request);
                return reply instanceof Reply.Later later ? later(request, later) : reply;
            } catch (ApiException | ImageException refused) {
                return of(request, refused);
            }
        };
    }

    private static Reply later(Request request, Reply.Later later) {
        return new Reply.Later(
                () -> {
                    try {
                        return later.work().call();
                    } catch (ApiException | ImageException refused) {
                        return of(request, refused);
                    }
                },
                later.movesFile());
    }

    private static Reply of(Request request, RuntimeException refused) {
        if (refused instanceof ApiException error && error.headers().isEmpty()) {
            return page(request, error.code(), String.valueOf(error.getMessage()));
        }
        // Another server may have it: the page is asked for once more when that is known.
        if (refused instanceof ImageException.NotFound missing && !request.isFirstTry()) {
            return page(request, ErrorCode.ResourceNotFound, missing.getMessage());
        }
        // What asks for a credential or forbids a method says so in headers, as programs have it.
        throw refused;
    }

    private static Reply page(Request request, ErrorCode code, String message) {
        boolean isMissing = code == ErrorCode.ResourceNotFound;
        Frame frame = Frame.of(request, Section.IMAGES, isMissing ? "Not found" : "That did not work");
        return HtmlReply.of(
                code.status(),
                (output, nobody) -> JteerrorGenerated.render(output, nobody, frame, message, code.name(), isMissing));
    }
}
