package org.imageserver.http.publishing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Objects;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.StateJson;

/**
 * What is written down of an upload, for the server that starts after this one.
 *
 * @param account the name of whoever began it
 * @param accountUuid of the same
 * @param size in bytes
 * @param createdAt when it was begun (ISO 8601)
 * @param intent what it is to become
 */
record Kept(String account, String accountUuid, long size, String createdAt, Intent intent) {
    /** A newer server may have written more. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    Kept {
        Objects.requireNonNull(account, "account");
        Objects.requireNonNull(accountUuid, "accountUuid");
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(intent, "intent");
        if (size < 1) {
            throw new IllegalArgumentException("size is " + size);
        }
    }

    /** Whether this is whoever began it: role and credential may be others by now. */
    boolean isOf(Principal principal) {
        return principal instanceof Principal.Account its
                && its.name().equals(account)
                && its.uuid().equals(accountUuid);
    }

    byte[] bytes() throws JsonProcessingException {
        return JSON.writeValueAsBytes(this);
    }

    /**
     * Reads what was written down.
     *
     * @throws IOException when it is damaged
     */
    static Kept of(byte[] bytes) throws IOException {
        return StateJson.read(JSON, new ByteArrayInputStream(bytes), Kept.class);
    }
}
