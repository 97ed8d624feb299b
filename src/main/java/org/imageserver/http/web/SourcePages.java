package org.imageserver.http.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.config.WrongSourceException;
import org.imageserver.http.Accept;
import org.imageserver.http.Acting;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.Endpoint;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.Form;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;
import org.imageserver.mirror.NoSuchSourceException;
import org.imageserver.mirror.Sources;
import org.imageserver.remote.RemoteException;

/** The servers whose images come here, for administrators: their list, and the forms that change it without a script. */
public final class SourcePages {
    private static final String FACE = "Sources";

    /** What was done before the page was loaded again; by the word in its address. */
    private static final Map<String, String> DONE = Map.of(
            "added", "The source is there, and is being asked.",
            "saved", "The source is changed, and is being asked.",
            "removed", "The source is gone. What came from it stays.");

    private final Sources sources;

    /** Makes the pages. */
    public SourcePages(Sources sources) {
        this.sources = sources;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/sources",
                        "ListSources",
                        new Doc(
                                FACE,
                                "Lists the servers whose images are brought here, for a program, or as a page: what is wanted"
                                        + " of each, and whether the configuration says so; the last look, the last error, what"
                                        + " was brought and what is under way since the start; of those that are asked on"
                                        + " demand also how many images they offer, of which time that list is, and whether"
                                        + " they are down. For admins.",
                                List.of(new Parameter("done", "What was done a moment ago, to be said on the page.")),
                                List.of(Reply.JSON, "text/html"),
                                List.of(ErrorCode.UnauthorizedError, ErrorCode.OperatorOnly)),
                        ErrorPage.around(this::list)),
                Route.get(
                        "/sources/new",
                        "NewSourcePage",
                        doc("A form that adds a source, or tries it."),
                        page(request -> form(request, SourceData.empty()))),
                Route.form(
                        "/sources/new",
                        "NewSource",
                        doc("Takes that form; field do: add, or try."),
                        page(this::takeNew)),
                Route.get(
                        "/sources/:id/edit",
                        "SourcePage",
                        doc(
                                "A source: a form that changes, tries or removes it; one of the configuration can be tried."),
                        page(request -> form(request, known(request)))),
                Route.form(
                        "/sources/:id/edit",
                        "EditSource",
                        doc("Takes that form; field do: save, try, or remove."),
                        page(this::takeKnown)));
    }

    private static Doc doc(String summary) {
        return new Doc(
                FACE,
                summary,
                List.of(),
                List.of("text/html"),
                List.of(
                        ErrorCode.UnauthorizedError,
                        ErrorCode.OperatorOnly,
                        ErrorCode.ResourceNotFound,
                        ErrorCode.InvalidCsrfToken));
    }

    private interface Page {
        Reply answer(Request request) throws IOException, NoSuchSourceException;
    }

    private static Endpoint page(Page page) {
        return ErrorPage.around(request -> {
            Acting.requireAdmin(request, "the sources");
            return new Reply.Later(() -> {
                try {
                    return page.answer(request);
                } catch (NoSuchSourceException e) {
                    throw new ApiException(
                            e.isConfigured() ? ErrorCode.ValidationFailed : ErrorCode.ResourceNotFound, e.getMessage());
                }
            });
        });
    }

    private Reply list(Request request) {
        Acting.requireAdmin(request, "the sources");
        List<ObjectNode> all = sources.list();
        if (!Accept.allows(request.header("Accept").orElse(""), "text/html")) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            all.forEach(list::add);
            return Reply.json(Body.of(list.toString()), null).with("Vary", "Accept, Accept-Encoding");
        }
        String done = DONE.getOrDefault(request.query().get("done").orElse(""), "");
        List<SourceData.Line> lines = all.stream().map(SourceData.Line::of).toList();
        Frame frame = Frame.of(request, Section.STATUS, "Sources").withJson("/sources");
        return HtmlReply.of((output, nobody) -> JtesourcesGenerated.render(output, nobody, frame, lines, done))
                .with("Vary", "Accept, Accept-Encoding");
    }

    private static Reply.Content form(Request request, SourceData data) {
        Frame frame = Frame.of(request, Section.STATUS, data.isNew() ? "Add a source" : "Source " + data.title());
        return HtmlReply.of(data.status(), (output, nobody) -> JtesourceGenerated.render(output, nobody, frame, data));
    }

    private SourceData known(Request request) throws NoSuchSourceException {
        String id = request.parameter("id");
        return sources.list().stream()
                .filter(source -> source.path("id").asText().equals(id))
                .findFirst()
                .map(SourceData::of)
                .orElseThrow(() -> NoSuchSourceException.unknown(id));
    }

    private static Form checked(Request request) throws IOException {
        Form form = Form.read(request);
        form.checkProof(request);
        return form;
    }

    private Reply takeNew(Request request) throws IOException, NoSuchSourceException {
        Form form = checked(request);
        ObjectNode wish = SourceForm.read(form);
        SourceData filled = SourceData.empty().filled(wish);
        return answered(request, filled, () -> {
            if (form.text("do").equals("try")) {
                return form(request, filled.with(sources.rehearse(Optional.empty(), wish)));
            }
            audit(request, sources.add(wish));
            return done("added");
        });
    }

    private Reply takeKnown(Request request) throws IOException, NoSuchSourceException {
        Form form = checked(request);
        SourceData known = known(request);
        String id = request.parameter("id");
        ObjectNode wish = SourceForm.read(form);
        SourceData filled = known.isConfigured() ? known : known.filled(wish);
        return answered(request, filled, () -> switch (form.text("do")) {
            case "try" ->
                form(
                        request,
                        filled.with(
                                known.isConfigured() ? sources.rehearse(id) : sources.rehearse(Optional.of(id), wish)));
            case "remove" -> {
                sources.remove(id);
                yield done("removed");
            }
            default -> {
                audit(request, sources.change(id, wish));
                yield done("saved");
            }
        });
    }

    private interface Work {
        Reply run() throws IOException, WrongSourceException, NoSuchSourceException;
    }

    /** What is wrong is said on the form, as it was filled in. */
    private static Reply answered(Request request, SourceData filled, Work work)
            throws IOException, NoSuchSourceException {
        try {
            return work.run();
        } catch (WrongSourceException e) {
            return form(request, filled.wrong(e.faults()));
        } catch (RemoteException e) {
            return form(request, filled.failed(e.getMessage()));
        }
    }

    private static void audit(Request request, ObjectNode source) {
        request.audit().onSource(source.path("url").asText());
    }

    private static Reply done(String word) {
        return new Reply.Empty(303, Map.of("Location", "/sources?done=" + word, "Cache-Control", "no-store"));
    }
}
