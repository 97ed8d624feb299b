package org.imageserver.http.web;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What an image needs of a host and of a machine, in words. What a manifest says in no form that is known is left out:
 * it is served all the same, and says nothing that one could rely on.
 */
final class Requirements {
    private static final long MEBIBYTE = 1024 * 1024;

    /** A platform's build stamp begins with the day, and that is what people compare. */
    private static final String STAMP = "[0-9]{8}T[0-9]{6}Z";

    private Requirements() {}

    /**
     * Such as {@code Needs platform 20180830 or newer, 1 NIC, at least 1 GiB RAM.}
     *
     * @param requirements of a manifest; a missing node when there are none
     * @return a sentence; empty when nothing is needed
     */
    static String inWords(JsonNode requirements) {
        List<String> needs = new ArrayList<>();
        addPlatforms(requirements.path("min_platform"), "newer", needs);
        addPlatforms(requirements.path("max_platform"), "older", needs);
        addNetworks(requirements.path("networks"), needs);
        addMemory(requirements.path("min_ram"), "at least ", needs);
        addMemory(requirements.path("max_ram"), "at most ", needs);
        addText(requirements.path("brand"), "brand ", needs);
        addText(requirements.path("bootrom"), "boot ROM ", needs);
        if (requirements.path("ssh_key").asBoolean(false)) {
            needs.add("an ssh key");
        }
        return needs.isEmpty() ? "" : "Needs " + String.join(", ", needs) + ".";
    }

    /** Each key is a release of SmartDataCenter, of which a platform belongs to one; today all are of 7.0. */
    private static void addPlatforms(JsonNode platforms, String direction, List<String> needs) {
        boolean isOne = platforms.size() == 1;
        platforms.properties().forEach(platform -> {
            String stamp = platform.getValue().asText();
            if (stamp.matches(STAMP)) {
                String release = isOne ? "" : " (of " + platform.getKey() + ")";
                needs.add("platform " + stamp.substring(0, 8) + " or " + direction + release);
            }
        });
    }

    private static void addNetworks(JsonNode networks, List<String> needs) {
        if (!networks.isArray() || networks.isEmpty()) {
            return;
        }
        String names = StreamSupport.stream(networks.spliterator(), false)
                .map(network -> network.path("description").asText())
                .filter(description -> !description.isEmpty())
                .collect(Collectors.joining(", "));
        needs.add(Wording.plural(networks.size(), "NIC") + (names.isEmpty() ? "" : " (" + names + ")"));
    }

    private static void addMemory(JsonNode megabytes, String bound, List<String> needs) {
        long count = megabytes.isIntegralNumber() ? megabytes.asLong() : 0;
        if (count > 0 && count < Long.MAX_VALUE / MEBIBYTE) {
            needs.add(bound + Wording.memory(count) + " RAM");
        }
    }

    private static void addText(JsonNode value, String label, List<String> needs) {
        if (value.isTextual() && !value.asText().isBlank()) {
            needs.add(label + value.asText());
        }
    }
}
