package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.imageserver.auth.AuthorizedKeys;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.http.Route;
import org.imageserver.remote.Fetcher;

/** Everything by which IMGAPI changes images, put together; closing it ends what runs in the background. */
public final class ImgapiPublishing implements AutoCloseable {
    private final Fetcher fetcher;
    private final Jobs jobs = new Jobs();
    private final List<Route> routes;

    /**
     * Makes the face of a catalogue.
     *
     * @param keys are read again when an admin asks for it
     * @param fetcher asks other servers; closed with this object
     */
    public ImgapiPublishing(Catalogue catalogue, AuthorizedKeys keys, Fetcher fetcher) {
        this.fetcher = fetcher;
        Remotes remotes = new Remotes(catalogue.publisher(), catalogue.editor(), fetcher);
        RemoteRoutes remote = new RemoteRoutes(catalogue.publisher(), remotes, jobs);
        JobRoutes imports = new JobRoutes(catalogue, remotes, jobs);
        ExportRoutes exports = new ExportRoutes(catalogue);
        ChannelRoutes channels = new ChannelRoutes(catalogue);
        PeerOnly peerOnly = new PeerOnly(catalogue);
        ImgapiWrites writes = new ImgapiWrites(catalogue, remote, imports, exports, peerOnly, channels);
        List<Route> all = new ArrayList<>(writes.routes());
        all.addAll(remote.routes());
        all.addAll(imports.routes());
        all.addAll(exports.routes());
        all.addAll(peerOnly.routes());
        all.addAll(channels.routes());
        all.add(new AuthKeysRoute(catalogue.publisher(), keys).route());
        this.routes = List.copyOf(all);
    }

    /** The routes, in the order of the documentation. */
    public List<Route> routes() {
        return routes;
    }

    /** What is imported in the background, or was, as the API shows it; newest first. */
    public List<ObjectNode> jobs() {
        return jobs.all().stream().map(Job::json).toList();
    }

    /** Breaks off what is being fetched. Idempotent. */
    @Override
    public void close() {
        fetcher.close();
        jobs.close();
    }
}
