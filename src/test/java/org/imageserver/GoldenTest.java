package org.imageserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoldenTest {
    private static Golden.Step step(String transcript, String id) {
        return Golden.steps(transcript).stream()
                .filter(step -> step.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void yieldsEveryStepOfATranscript() {
        assertThat(Golden.steps("create")).hasSize(179);
        assertThat(Golden.steps("flow")).hasSize(229);
    }

    @Test
    void yieldsRequestAndAnswer() {
        Golden.Step step = step("create", "create-003");
        Golden.Answer answer = step.answer().orElseThrow();

        assertThat(step.title()).isEqualTo("public omitted (defaults false -> invalid in public mode)");
        assertThat(step.method()).isEqualTo("POST");
        assertThat(step.target()).isEqualTo("/images");
        assertThat(step.headers()).containsExactly(Map.entry("Content-Type", "application/json"));
        assertThat(step.body())
                .isEqualTo(new Golden.Body.Text("{\"v\": 2, \"owner\": \"639e90cd-71ec-c449-bc7a-2446651cce7c\","
                        + " \"name\": \"test-img\", \"version\": \"1.0.0\", \"os\": \"smartos\","
                        + " \"type\": \"zone-dataset\"}"));
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.headers()).containsEntry("content-length", "229").containsEntry("server", "imgapi/4.13.1");
        assertThat(answer.body())
                .startsWith("{")
                .contains("\"code\": \"ValidationFailed\"")
                .endsWith("}");
    }

    @Test
    void knowsTheBodiesThatCurlWasGiven() {
        assertThat(step("create", "create-009").body())
                .isEqualTo(new Golden.Body.Form(List.of("name=x", "owner=639e90cd-71ec-c449-bc7a-2446651cce7c")));
        assertThat(step("create", "create-011").body()).isEqualTo(new Golden.Body.Text(""));
        assertThat(step("create", "create-012").body()).isEqualTo(new Golden.Body.None());
        assertThat(step("create", "create-018").body()).isEqualTo(new Golden.Body.Fixture("small.gz"));
        assertThat(step("flow", "flow-028").body()).isEqualTo(new Golden.Body.Fixture("small.gz"));
    }

    @Test
    void knowsTheHeadersThatCurlMakes() {
        assertThat(step("create", "create-004").headers())
                .containsExactly(Map.entry("Content-Type", "application/x-www-form-urlencoded"));
        assertThat(step("create", "create-008").headers()).isEmpty();
    }

    @Test
    void hasNoAnswerWhereThePeerDied() {
        assertThat(step("create", "create-004").answer()).isEmpty();
    }

    @Test
    void yieldsAnswersWithoutABodyAndBinaryOnes() {
        assertThat(step("flow", "flow-218").answer().orElseThrow().body()).isEmpty();
        assertThat(step("flow", "flow-218").answer().orElseThrow().status()).isEqualTo(204);
        assertThat(step("flow", "flow-106").answer().orElseThrow().body())
                .isEqualTo("<67 binary bytes, sha1 524ad6f77329e4661701b602aa412fee18fdd764>");
        assertThat(step("create", "create-179").method()).isEqualTo("HEAD");
    }

    @Test
    void saysWhenABodyIsNotComplete() {
        assertThat(step("create", "create-064").answer().orElseThrow().isCut()).isTrue();
        assertThat(step("create", "create-065").answer().orElseThrow().isCut()).isFalse();
    }

    @Test
    void keepsTheQuery() {
        assertThat(step("flow", "flow-004").target()).isEqualTo("/images?name=flow&state=all");
    }
}
