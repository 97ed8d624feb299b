package org.imageserver.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.imageserver.config.Settings.Channel;

/** Reads the key {@code channels}, as sdc-imgapi's configuration has it. */
final class ChannelsReader {
    private static final List<String> KEYS = List.of("name", "description", "default", "publishers");
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

    private final ConfigFile file;

    ChannelsReader(ConfigFile file) {
        this.file = file;
    }

    List<Channel> read() throws ConfigException {
        Optional<JsonNode> value = file.value(SettingsKey.CHANNELS);
        if (value.isPresent() && !value.get().isArray()) {
            throw file.wrong(SettingsKey.CHANNELS);
        }
        List<Channel> channels = new ArrayList<>();
        for (JsonNode channel : value.isPresent() ? value.get() : List.<JsonNode>of()) {
            channels.add(channel(channel));
        }
        long names = channels.stream().map(Channel::name).distinct().count();
        if (names < channels.size()) {
            throw wrong("two channels have the same name");
        }
        long defaults = channels.stream().filter(Channel::isDefault).count();
        if (!channels.isEmpty() && defaults != 1) {
            throw wrong("exactly one channel must have \"default\": true, but " + defaults + " have");
        }
        return List.copyOf(channels);
    }

    private Channel channel(JsonNode channel) throws ConfigException {
        if (!channel.isObject()) {
            throw file.wrong(SettingsKey.CHANNELS);
        }
        for (String key : (Iterable<String>) channel::fieldNames) {
            if (!KEYS.contains(key)) {
                throw wrong("unknown key \"" + key + "\"; known are " + String.join(", ", KEYS));
            }
        }
        String name = channel.path("name").asText();
        if (!channel.path("name").isTextual() || !NAME.matcher(name).matches()) {
            throw wrong("\"name\" must be a lower-case letter, then up to 63 letters, digits, _ or -");
        }
        if (!channel.path("description").isTextual()) {
            throw wrong("channel \"" + name + "\" has no \"description\"");
        }
        if (channel.has("default") && !channel.path("default").isBoolean()) {
            throw wrong("\"default\" of channel \"" + name + "\" must be true or false");
        }
        return new Channel(
                name,
                channel.path("description").textValue(),
                channel.path("default").booleanValue(),
                publishers(name, channel.path("publishers")));
    }

    private Set<String> publishers(String channel, JsonNode publishers) throws ConfigException {
        Set<String> names = new LinkedHashSet<>();
        for (JsonNode name : publishers) {
            names.add(name.asText());
        }
        boolean isRight = publishers.isMissingNode()
                || (publishers.isArray()
                        && !publishers.isEmpty()
                        && publishers.valueStream().allMatch(JsonNode::isTextual));
        if (!isRight) {
            throw wrong("\"publishers\" of channel \"" + channel + "\" must be a list of at least one account's name");
        }
        return Set.copyOf(names);
    }

    private ConfigException wrong(String expected) {
        return file.wrong(SettingsKey.CHANNELS, expected);
    }
}
