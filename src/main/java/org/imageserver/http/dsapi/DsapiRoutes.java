package org.imageserver.http.dsapi;

import static org.imageserver.http.ErrorCode.RequestedRangeNotSatisfiable;
import static org.imageserver.http.ErrorCode.ResourceNotFound;
import static org.imageserver.http.ErrorCode.StorageIsDown;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.Sha1;
import org.imageserver.catalogue.Snapshot;
import org.imageserver.config.Settings;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.http.Staleness;
import org.imageserver.manifest.DsapiSettings;

/** DSAPI's endpoints on a catalogue. */
public final class DsapiRoutes {
    private static final String FACE = "DSAPI";

    private final Catalogue catalogue;
    private final Settings settings;
    private final DatasetList datasets;

    /** Makes the face of a catalogue; the settings give creator names and the urls' prefix and suffix. */
    public DsapiRoutes(Catalogue catalogue, Settings settings) {
        this.catalogue = catalogue;
        this.settings = settings;
        Settings.Creator creator = settings.creator();
        this.datasets = new DatasetList(new DsapiSettings(creator.name(), creator.vendorUuid(), creator.name()));
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/datasets",
                        "ListDatasets",
                        new Doc(
                                FACE,
                                "Lists images as datasets (manifest version 1).",
                                List.of(),
                                Reply.JSON,
                                List.of()),
                        this::listDatasets),
                Route.get(
                        "/datasets/:uuid",
                        "GetDataset",
                        new Doc(FACE, "Shows one dataset.", List.of(), Reply.JSON, List.of(ResourceNotFound)),
                        this::getDataset),
                Route.get(
                        "/datasets/:uuid/:path",
                        "GetDatasetFile",
                        new Doc(
                                FACE,
                                "Sends the file that the dataset names.",
                                List.of(),
                                "application/octet-stream",
                                List.of(ResourceNotFound, RequestedRangeNotSatisfiable, StorageIsDown)),
                        this::getFile));
    }

    private Reply listDatasets(Request request) {
        Snapshot snapshot = catalogue.snapshot();
        String baseUrl = baseUrl(request);
        Reply list =
                new Reply.Later(() -> datasets.list(snapshot, request.principal(), baseUrl, request.acceptsGzip()));
        return Staleness.mark(list, catalogue.staleSince());
    }

    private Reply getDataset(Request request) {
        Image image = image(catalogue.snapshot(), request);
        byte[] json = datasets.dataset(image, baseUrl(request)).toString().getBytes(StandardCharsets.UTF_8);
        return Reply.json(Body.of(json), Sha1.hex(json));
    }

    /** DSAPI knows no channels: it shows the default one. */
    private Image image(Snapshot snapshot, Request request) {
        return snapshot.image(
                request.parameter("uuid"),
                request.principal(),
                catalogue.channels().defaultScope());
    }

    /** Only the name that the dataset shows, or showed, leads to a file; it is compared, never used as a path. */
    private Reply getFile(Request request) {
        Snapshot snapshot = catalogue.snapshot();
        Image image = image(snapshot, request);
        String path = request.parameter("path");
        if (!DatasetList.isFileName(image, path)) {
            throw new ApiException(ResourceNotFound, request.target() + " does not exist");
        }
        return new Reply.Later(
                () -> new Reply.FileContent(catalogue.files().open(snapshot, request.principal(), image.uuid(), 0)));
    }

    private String baseUrl(Request request) {
        String prefix = settings.prefix().orElseGet(() -> request.client().scheme() + "://");
        return prefix + request.host() + settings.suffix();
    }
}
