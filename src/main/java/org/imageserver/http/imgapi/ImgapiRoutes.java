package org.imageserver.http.imgapi;

import static org.imageserver.http.ErrorCode.InvalidParameter;
import static org.imageserver.http.ErrorCode.InvalidVersion;
import static org.imageserver.http.ErrorCode.PreconditionFailed;
import static org.imageserver.http.ErrorCode.RequestedRangeNotSatisfiable;
import static org.imageserver.http.ErrorCode.ResourceNotFound;
import static org.imageserver.http.ErrorCode.StorageIsDown;
import static org.imageserver.http.ErrorCode.UnauthorizedError;
import static org.imageserver.http.ErrorCode.ValidationFailed;

import java.util.List;
import java.util.Map;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.ChannelScope;
import org.imageserver.catalogue.ConfiguredChannels;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageList;
import org.imageserver.catalogue.ImageQuery;
import org.imageserver.catalogue.JoinedImages;
import org.imageserver.catalogue.Rendered;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.Endpoint;
import org.imageserver.http.ErrorCode;
import org.imageserver.http.PackedList;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Route.Parameter;
import org.imageserver.http.Staleness;
import org.imageserver.manifest.Uuid;

/** IMGAPI's reading endpoints on a catalogue. */
public final class ImgapiRoutes {
    /** A filtered list above this many bytes is streamed, or compressed on the pool. */
    private static final int SMALL_LIST = 64 * 1024;

    private static final String FACE = "IMGAPI";
    private static final String BYTES = "application/octet-stream";

    private static final Parameter ACCOUNT =
            new Parameter("account", "Only what this account may see (the uuid of an account).");
    /** Of endpoints that read. */
    static final Parameter CHANNEL = new Parameter(
            "channel",
            "Where channels are configured: the one to look in, or * for all of them; absent: the default channel.");

    private static final Parameter ADMIN = new Parameter(
            "inclAdminFields",
            "true also shows files[].stor, files[].sha256 once it is computed, and in provenance from where the image was"
                    + " brought; needs a credential.");

    private static final List<Parameter> LIST_PARAMETERS = List.of(
            new Parameter("name", "The whole name, or after ~ a part of it."),
            new Parameter("version", "The whole version, or after ~ a part of it."),
            new Parameter("os", "The operating system, or after ! any other."),
            new Parameter("type", "The type, or after ! any other."),
            new Parameter("owner", "The uuid of the owner."),
            new Parameter("public", "true or false."),
            new Parameter("state", "active (default), all, disabled, unactivated, creating or failed."),
            new Parameter("tag.KEY", "The value of a tag; several must all match."),
            new Parameter("billing_tag", "A billing tag; several must all be there."),
            ACCOUNT,
            CHANNEL,
            new Parameter("limit", "At most this many, up to 1000; absent or 0: all."),
            new Parameter("marker", "Begin with this image (uuid) or date, the marker included."),
            new Parameter("sort", "published_at or published_at.asc (default), published_at.desc."),
            ADMIN);

    private final Catalogue catalogue;
    private final PingRoute ping;
    private final RecentLists recent = new RecentLists();

    /** Makes the face of a catalogue; the version is the server's, shown by ping. */
    public ImgapiRoutes(Catalogue catalogue, String version) {
        this.catalogue = catalogue;
        this.ping = new PingRoute(version);
    }

    /** The routes, in the order of the documentation. */
    public List<Route> routes() {
        return List.of(
                get("/ping", "Ping", "Says that the server lives.", pingParameters(), Reply.JSON, ping::answer),
                get("/images", "ListImages", "Lists images.", LIST_PARAMETERS, Reply.JSON, this::markedList),
                get(
                        "/images/:uuid",
                        "GetImage",
                        "Shows the manifest of an image.",
                        List.of(ACCOUNT, CHANNEL, ADMIN),
                        Reply.JSON,
                        this::getImage),
                get(
                        "/images/:uuid/file",
                        "GetImageFile",
                        "Sends the file of an image; whole or a range.",
                        List.of(new Parameter("index", "Which file; only 0 exists."), ACCOUNT, CHANNEL),
                        BYTES,
                        this::getImageFile),
                get(
                        "/images/:uuid/icon",
                        "GetImageIcon",
                        "Sends the icon of an image.",
                        List.of(ACCOUNT, CHANNEL),
                        "image/*",
                        this::getImageIcon));
    }

    private static List<Parameter> pingParameters() {
        return List.of(new Parameter("error", "Show a sample of this error."));
    }

    private static Route get(
            String path, String name, String summary, List<Parameter> parameters, String type, Endpoint endpoint) {
        List<ErrorCode> errors = path.contains(":uuid")
                ? List.of(
                        InvalidParameter,
                        ValidationFailed,
                        ResourceNotFound,
                        InvalidVersion,
                        PreconditionFailed,
                        RequestedRangeNotSatisfiable,
                        StorageIsDown,
                        UnauthorizedError)
                : List.of(InvalidParameter, ValidationFailed, ResourceNotFound, InvalidVersion, UnauthorizedError);
        return Route.get(path, name, new Doc(FACE, summary, parameters, type, errors), request -> {
            ApiVersion.check(request);
            return endpoint.answer(request);
        });
    }

    private Reply markedList(Request request) {
        Reply list = ShownImage.varied(listImages(request), catalogue.channels());
        return Staleness.mark(list, catalogue.staleSince());
    }

    private Reply listImages(Request request) {
        boolean hasAdminFields = hasAdminFields(request);
        Snapshot snapshot = catalogue.snapshot();
        ConfiguredChannels channels = catalogue.channels();
        ChannelScope scope = scope(request);
        ImageQuery query = ImageQuery.of(request.query().asMap());
        boolean hasChannels = ApiVersion.isTwo(request) || !channels.areUsed();
        if (hasAdminFields) {
            return new Reply.Later(() -> PackedList.of(
                    query.run(snapshot, request.principal(), scope),
                    image -> catalogue
                            .adminFields()
                            .shown(snapshot, image, hasChannels)
                            .bytes()));
        }
        if (!hasChannels) {
            return filtered(request, new JoinedImages(query.run(snapshot, request.principal(), scope), false));
        }
        if (query.isEverything()
                && request.principal() instanceof Principal.Anonymous
                && scope.equals(channels.defaultScope())) {
            ImageList list = snapshot.list();
            if (!request.acceptsGzip()) {
                return Reply.json(Body.ofParts(list.length(), list.json()::parts, null), list.etag());
            }
            return list.isGzipped() ? gzipped(list) : new Reply.Later(() -> gzipped(list));
        }
        return switch (request.principal()) {
            case Principal.Anonymous anonymous -> {
                Map<String, String> parameters = request.query().asMap();
                yield recent.find(snapshot, parameters)
                        .orElseGet(() -> recent.keep(snapshot, parameters, found(request, snapshot, query, scope)));
            }
            case Principal.Account account -> found(request, snapshot, query, scope);
        };
    }

    private static Reply found(Request request, Snapshot snapshot, ImageQuery query, ChannelScope scope) {
        return filtered(request, new JoinedImages(query.run(snapshot, request.principal(), scope)));
    }

    private static Reply filtered(Request request, JoinedImages images) {
        if (images.length() <= SMALL_LIST) {
            return Reply.json(Body.of(images.bytes()), images.etag());
        }
        Reply.Content large = Reply.json(Body.ofParts(images.length(), images::parts, null), images.etag());
        return request.acceptsGzip()
                ? new Reply.Later(() -> Reply.json(large.body().compressed(), large.etag()))
                : large;
    }

    private static Reply gzipped(ImageList list) {
        return Reply.json(Body.ofParts(list.length(), list.json()::parts, list.gzip()), list.etag());
    }

    private Reply getImage(Request request) {
        boolean hasAdminFields = hasAdminFields(request);
        Snapshot snapshot = catalogue.snapshot();
        Image image = visible(snapshot, request);
        return hasAdminFields
                ? new Reply.Later(() -> json(catalogue.adminFields().shown(snapshot, image, ApiVersion.isTwo(request))))
                : ShownImage.of(request, image);
    }

    private static Reply json(Rendered shown) {
        return Reply.json(Body.of(shown.bytes()), shown.etag());
    }

    private Reply getImageFile(Request request) {
        Snapshot snapshot = catalogue.snapshot();
        String uuid = visible(snapshot, request).uuid();
        int index = index(request);
        return new Reply.Later(
                () -> new Reply.FileContent(catalogue.files().open(snapshot, request.principal(), uuid, index)));
    }

    private Reply getImageIcon(Request request) {
        Snapshot snapshot = catalogue.snapshot();
        String uuid = visible(snapshot, request).uuid();
        return new Reply.Later(
                () -> new Reply.FileContent(catalogue.files().openIcon(snapshot, request.principal(), uuid)));
    }

    private ChannelScope scope(Request request) {
        return catalogue.channels().toRead(request.query().get("channel"));
    }

    private Image visible(Snapshot snapshot, Request request) {
        request.query().get("account").ifPresent(account -> {
            if (!Uuid.isUuid(account)) {
                throw ApiException.invalidParameter("account", "invalid \"account\": not a UUID: \"" + account + "\"");
            }
        });
        return snapshot.image(request.parameter("uuid"), request.principal(), scope(request));
    }

    private static int index(Request request) {
        String index = request.query().nonEmpty("index").orElse("0");
        if (!index.matches("-?[0-9]{1,6}")) {
            throw ApiException.invalidParameter("index", "invalid index: \"" + index + "\"");
        }
        return Integer.parseInt(index);
    }

    /** Whoever has a credential may have them of what he sees, as in the peer. */
    private static boolean hasAdminFields(Request request) {
        boolean isAsked = request.query().flag("inclAdminFields").orElse(false);
        if (isAsked && request.principal() instanceof Principal.Anonymous) {
            throw new ApiException(
                    UnauthorizedError, "Unauthorized (auth required to use \"inclAdminFields\" parameter)");
        }
        return isAsked;
    }
}
