package org.imageserver.http.imgapi;

import java.util.ArrayList;
import java.util.List;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.http.Route;
import org.imageserver.remote.Fetcher;

/** Everything by which IMGAPI changes images, put together; closing it ends what runs in the background. */
public final class ImgapiPublishing implements AutoCloseable {
    private final Fetcher fetcher;
    private final List<Route> routes;

    /**
     * Makes the face of a catalogue.
     *
     * @param fetcher asks other servers; closed with this object
     */
    public ImgapiPublishing(Catalogue catalogue, Fetcher fetcher) {
        this.fetcher = fetcher;
        Remotes remotes = new Remotes(catalogue.publisher(), fetcher);
        RemoteRoutes remote = new RemoteRoutes(catalogue.publisher(), remotes);
        List<Route> all = new ArrayList<>(new ImgapiWrites(catalogue.publisher(), remote).routes());
        all.addAll(remote.routes());
        this.routes = List.copyOf(all);
    }

    /** The routes, in the order of the documentation. */
    public List<Route> routes() {
        return routes;
    }

    /** Breaks off what is being fetched. Idempotent. */
    @Override
    public void close() {
        fetcher.close();
    }
}
