package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.imageserver.config.Settings.Webhook;

/** Reads who is told what becomes of images. */
final class WebhooksReader {
    private static final List<String> KEYS = List.of("url", "secret", "events", "attempts");
    private static final List<String> EVENTS =
            List.of("published", "updated", "enabled", "disabled", "deleted", "damaged");
    private static final int SHORTEST_SECRET = 16;

    /** With the pauses between them, some four hours. */
    private static final int ATTEMPTS = 16;

    private static final int MOST_ATTEMPTS = 1000;

    private final ConfigFile file;

    WebhooksReader(ConfigFile file) {
        this.file = file;
    }

    List<Webhook> read() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.WEBHOOKS);
        if (value.isEmpty()) {
            return List.of();
        }
        if (!value.get().isArray()) {
            throw file.wrong(SettingsKey.WEBHOOKS);
        }
        List<Webhook> hooks = new ArrayList<>();
        Set<URI> urls = new LinkedHashSet<>();
        for (JsonNode hook : value.get()) {
            Webhook read = hook(hook);
            if (!urls.add(read.url())) {
                throw wrong("url", "another one for each: " + read.url().getAuthority() + " stands there twice");
            }
            hooks.add(read);
        }
        return List.copyOf(hooks);
    }

    private Webhook hook(JsonNode hook) throws ConfigException {
        if (!hook.isObject()) {
            throw file.wrong(SettingsKey.WEBHOOKS);
        }
        for (String key : (Iterable<String>) hook::fieldNames) {
            if (!KEYS.contains(key)) {
                throw file.wrong(
                        SettingsKey.WEBHOOKS, "unknown key \"" + key + "\"; known are " + String.join(", ", KEYS));
            }
        }
        String secret = hook.path("secret").asText();
        if (!hook.path("secret").isTextual() || secret.length() < SHORTEST_SECRET) {
            throw wrong(
                    "secret",
                    "a text of " + SHORTEST_SECRET + " characters or more, such as openssl rand -hex 32 prints");
        }
        return new Webhook(url(hook.path("url")), secret, events(hook.path("events")), attempts(hook.path("attempts")));
    }

    private URI url(JsonNode text) throws ConfigException {
        String expected = "an address such as \"https://builds.example.com/images\"";
        try {
            URI url = new URI(text.asText());
            boolean isUsable = ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
                    && url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getFragment() == null;
            if (!isUsable) {
                throw wrong("url", expected);
            }
            return url;
        } catch (URISyntaxException e) {
            throw wrong("url", expected);
        }
    }

    private Set<String> events(JsonNode events) throws ConfigException {
        if (events.isMissingNode()) {
            return Set.copyOf(EVENTS);
        }
        Set<String> read = new LinkedHashSet<>();
        events.forEach(event -> read.add(event.asText()));
        if (!events.isArray() || read.isEmpty() || !EVENTS.containsAll(read)) {
            throw wrong("events", "a list of words among " + String.join(", ", EVENTS));
        }
        return Set.copyOf(read);
    }

    private int attempts(JsonNode attempts) throws ConfigException {
        if (attempts.isMissingNode()) {
            return ATTEMPTS;
        }
        if (!attempts.isInt() || attempts.intValue() < 1 || attempts.intValue() > MOST_ATTEMPTS) {
            throw wrong("attempts", "a whole number from 1 to " + MOST_ATTEMPTS);
        }
        return attempts.intValue();
    }

    /** Without what was found there, which is secret. */
    private ConfigException wrong(String key, String expected) {
        return file.wrongSecret(SettingsKey.WEBHOOKS, "\"" + key + "\" must be " + expected);
    }
}
