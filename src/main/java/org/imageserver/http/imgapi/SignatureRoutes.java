package org.imageserver.http.imgapi;

import static org.imageserver.http.ErrorCode.InvalidParameter;
import static org.imageserver.http.ErrorCode.ResourceNotFound;
import static org.imageserver.http.ErrorCode.UnauthorizedError;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.ChannelScope;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageQuery;
import org.imageserver.catalogue.JoinedImages;
import org.imageserver.http.ApiException;
import org.imageserver.http.Body;
import org.imageserver.http.Reply;
import org.imageserver.http.Request;
import org.imageserver.http.Route;
import org.imageserver.http.Route.Doc;
import org.imageserver.signing.SignatureLine;
import org.imageserver.signing.SigningKey;
import org.imageserver.signing.Statement;

/**
 * Detached signatures of what ImgapiRoutes answers, for mirrors that demand them: each is of the bytes that the address
 * without {@code /signature} has at that moment. Signing costs a tenth of a millisecond, and for a list what it takes to
 * hash it; so nothing is kept.
 */
public final class SignatureRoutes {
    private static final String FACE = "IMGAPI";
    private static final String TEXT = "text/plain";

    private final Catalogue catalogue;
    private final Optional<SigningKey> key;

    /**
     * Makes the routes.
     *
     * @param key to sign with; empty: there are no signatures
     */
    public SignatureRoutes(Catalogue catalogue, Optional<SigningKey> key) {
        this.catalogue = catalogue;
        this.key = key;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/images/signature",
                        "ListImagesSignature",
                        new Doc(
                                FACE,
                                "The signature of what ListImages answers to the same query: one line, key and signature.",
                                List.of(),
                                TEXT,
                                List.of(InvalidParameter, ResourceNotFound, UnauthorizedError)),
                        request -> new Reply.Later(() -> ofList(request))),
                Route.get(
                        "/images/:uuid/signature",
                        "GetImageSignature",
                        new Doc(
                                FACE,
                                "The signature of the manifest, as GetImage answers it: one line, key and signature.",
                                List.of(),
                                TEXT,
                                List.of(ResourceNotFound, UnauthorizedError)),
                        request -> new Reply.Later(() -> ofImage(request))));
    }

    private SigningKey key() {
        return key.orElseThrow(() -> new ApiException(
                ResourceNotFound, "this server signs nothing: its configuration has no \"signing_key\""));
    }

    private Reply ofImage(Request request) {
        SigningKey signing = key();
        String uuid = request.parameter("uuid");
        Image image = catalogue
                .snapshot()
                .image(
                        uuid,
                        request.principal(),
                        catalogue.channels().toRead(request.query().get("channel")));
        byte[] manifest = ShownImage.json(request, image).bytes();
        return line(SignatureLine.of(Statement.ofManifest(uuid, manifest), signing));
    }

    private Reply ofList(Request request) {
        SigningKey signing = key();
        if (request.query().get("inclAdminFields").isPresent()) {
            throw ApiException.invalidParameter(
                    "inclAdminFields", "lists with \"inclAdminFields\" are not signed: they are about this server");
        }
        ImageQuery query = ImageQuery.of(request.query().asMap());
        MessageDigest digest = Statement.newSha256();
        ChannelScope scope = catalogue.channels().toRead(request.query().get("channel"));
        List<Image> images = query.run(catalogue.snapshot(), request.principal(), scope);
        Iterator<ByteBuffer> parts = new JoinedImages(images, ApiVersion.isTwo(request)).parts();
        while (parts.hasNext()) {
            digest.update(parts.next().duplicate());
        }
        int begin = request.target().indexOf('?');
        String asked = begin < 0 ? "" : request.target().substring(begin + 1);
        return line(SignatureLine.of(Statement.ofList(asked, digest), signing));
    }

    private static Reply line(SignatureLine signature) {
        return new Reply.Content(200, TEXT, Body.of(signature.toString()), null, Map.of("Cache-Control", "no-store"));
    }
}
