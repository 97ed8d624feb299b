package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.http.ApiException;
import org.imageserver.http.Request;
import org.imageserver.manifest.Uuid;

/** What requests that bring bytes or lists say in their queries and bodies. */
final class Uploads {
    private Uploads() {}

    /** The file that a request brings. */
    static FileUpload file(Request request) {
        return new FileUpload(
                request.body(),
                request.bodyLength(),
                request.query().get("compression"),
                request.query().get("sha1"),
                request.query().nonEmpty("dataset_guid"));
    }

    /** There is one storage here, but the peer's clients may name theirs. */
    static void checkStorage(Request request) {
        String storage = request.query().nonEmpty("storage").orElse("local");
        if (!storage.equals("local") && !storage.equals("manta")) {
            throw ApiException.invalidParameter(
                    "storage", "invalid storage \"" + storage + "\" (must be one of local, manta)");
        }
    }

    /** A list of accounts. */
    static List<String> acl(Optional<JsonNode> body) {
        if (body.filter(JsonNode::isArray).isEmpty()) {
            throw ApiException.invalidParameter("acl", "invalid image \"acl\" (not an array)");
        }
        List<String> accounts = new ArrayList<>();
        for (JsonNode account : body.get()) {
            if (!account.isTextual() || !Uuid.isUuid(account.textValue())) {
                throw ApiException.invalidParameter(
                        "acl",
                        "invalid image \"acl\" (item " + accounts.size() + " is not a UUID): " + account.asText());
            }
            accounts.add(account.textValue());
        }
        return accounts;
    }
}
