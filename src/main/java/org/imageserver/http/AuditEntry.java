package org.imageserver.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.imageserver.auth.Principal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line of the audit log in the making: who wanted to change what, from where, and what came of it. Every request that
 * may change something has one, signing in included, and every one whose credential was refused; secrets have no place
 * in it. Filled in by whoever learns something; thread-safe.
 */
public final class AuditEntry {
    private static final Logger LOG = LoggerFactory.getLogger("org.imageserver.audit");

    private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

    /** What of a query says what is done. */
    private static final List<String> SAID = List.of("action", "channel", "force_all_channels");

    /** More than any account has; a line is no place for what somebody wants to fill the disk with. */
    private static final int MOST_OF_A_NAME = 100;

    private volatile String account = "";
    private volatile String image = "";
    private volatile String source = "";
    private volatile String newChannel = "";

    /** Who it is, as far as it was proved. */
    void by(Principal principal) {
        if (principal instanceof Principal.Account known) {
            account = known.name();
        }
    }

    /** Who somebody says he is; the result tells whether it is true. */
    public void by(String name) {
        account = name.substring(0, Math.min(name.length(), MOST_OF_A_NAME));
    }

    /** The image that it is about. */
    public void on(String uuid) {
        image = uuid;
    }

    /** The other server that it is about, without what may be secret in its address. */
    public void onSource(String host) {
        source = host;
    }

    /** The channel that the image comes into, beside the one that the query names. */
    public void into(String channel) {
        newChannel = WORD.matcher(channel).matches() ? channel : "";
    }

    void on(Map<String, String> parameters) {
        image = parameters.getOrDefault("uuid", "");
    }

    void write(HttpServerRequest raw, Client client, String id, String endpoint, long millis) {
        int status = raw.response().getStatusCode();
        LoggingEventBuilder line = LOG.atInfo()
                .addKeyValue("req_id", id)
                .addKeyValue("account", account.isEmpty() ? "anonymous" : account)
                .addKeyValue("remote", client.address())
                .addKeyValue("endpoint", endpoint)
                .addKeyValue("method", raw.method().name())
                .addKeyValue("path", Gate.withoutToken(Request.path(raw.uri())));
        Query query = query(raw);
        for (String key : SAID) {
            Optional<String> value = query.get(key).filter(WORD.asMatchPredicate());
            if (value.isPresent()) {
                line = line.addKeyValue(key, value.get());
            }
        }
        if (!newChannel.isEmpty()) {
            line = line.addKeyValue("new_channel", newChannel);
        }
        if (!image.isEmpty()) {
            line = line.addKeyValue("image", image);
        }
        if (!source.isEmpty()) {
            line = line.addKeyValue("source", source);
        }
        line.addKeyValue("status", status)
                .addKeyValue("latency", millis)
                .log(status < 400 ? "done" : status < 500 ? "refused" : "failed");
    }

    /** Not by Vert.x, which throws when a client sends a broken percent escape: such a request has its line, too. */
    private static Query query(HttpServerRequest raw) {
        try {
            return Query.parse(Objects.requireNonNullElse(raw.query(), ""));
        } catch (ApiException broken) {
            return Query.parse("");
        }
    }
}
