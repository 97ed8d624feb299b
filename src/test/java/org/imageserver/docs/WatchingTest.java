package org.imageserver.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.imageserver.TestServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dashboard and the alerts in {@code dist} ask for nothing that the server does not tell. */
class WatchingTest {
    private static final Pattern METRIC = Pattern.compile("\\b(?:imageserver|jvm|process)_[a-z_]+");
    private static final Pattern LABEL = Pattern.compile("(imageserver_[a-z_]+)\\{([^}]*)}");
    private static final Pattern LABEL_NAME = Pattern.compile("([a-z]+)(?:=~?|!=)\"([^\"]*)\"");

    /** Prometheus itself adds them. */
    private static final List<String> OF_PROMETHEUS = List.of("instance", "job");

    @TempDir
    private Path directory;

    private String numbers() {
        try (TestServer server = TestServer.start(directory, """
                        "metrics_listen": ["127.0.0.1:0", "tls:127.0.0.1:0"],
                        "sources": [{"url": "http://127.0.0.1:9/"}], "allow_private_urls": true,
                        "webhooks": [{"url": "http://127.0.0.1:9/", "secret": "0123456789abcdef"}]
                        """)) {
            String uuid = server.images().add(1, manifest -> manifest.put("type", "other"));
            server.rescan();
            server.get("/ping");
            server.get("/images");
            server.get("/images/" + uuid);
            server.get("/images/" + uuid + "/file");
            List<String> told = new ArrayList<>();
            await().untilAsserted(() -> {
                told.add(server.get(server.watched("/metrics")).body());
                assertThat(told.getLast()).contains("imageserver_image_downloads_total{");
            });
            return told.getLast();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dist/prometheus-rules.yml", "dist/grafana-dashboard.json"})
    void askOnlyForNumbersThatThereAre(String file) {
        String asked = Documents.read(file).replace("\\\"", "\"");
        String told = numbers();
        List<String> names = METRIC.matcher(asked)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        assertThat(names).hasSizeGreaterThan(5);
        for (String name : names) {
            assertThat(told).as("%s, of which %s tells", name, file).containsPattern("(?m)^" + name + "[{ ]");
        }
        for (MatchResult use : LABEL.matcher(asked).results().toList()) {
            for (MatchResult label : LABEL_NAME.matcher(use.group(2)).results().toList()) {
                if (!OF_PROMETHEUS.contains(label.group(1))) {
                    assertThat(told)
                            .as(use.group())
                            .containsPattern("(?m)^" + use.group(1) + "\\{.*\\b" + label.group(1) + "=\"");
                }
            }
        }
    }

    @Test
    void theAlertsNameEndpointsThatThereAre() {
        String told = numbers();
        MatchResult endpoints = Pattern.compile("endpoint=~\"([^\"]+)\"")
                .matcher(Documents.read("dist/prometheus-rules.yml"))
                .results()
                .findFirst()
                .orElseThrow();
        for (String endpoint : Pattern.compile("\\|").split(endpoints.group(1), -1)) {
            assertThat(told).contains("endpoint=\"" + endpoint + "\"");
        }
    }

    @Test
    void theDashboardIsWhatGrafanaReads() throws IOException {
        JsonNode dashboard = new JsonMapper().readTree(Documents.read("dist/grafana-dashboard.json"));
        assertThat(dashboard.path("panels").size()).isGreaterThan(10);
        for (JsonNode panel : dashboard.path("panels")) {
            assertThat(panel.path("title").asText()).isNotBlank();
            assertThat(panel.at("/targets/0/expr").asText()).isNotBlank();
        }
    }
}
