package org.imageserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.imageserver.manifest.Manifests.readFromDisk;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class ManifestPropertiesTest {
    @Property(tries = 300)
    void readingWhatWasWrittenChangesNothing(@ForAll("manifests") ObjectNode v2) throws Exception {
        Manifest manifest = Manifest.of(v2);
        Manifest again = readFromDisk(manifest.toBytes()).manifest();

        assertThat(again.toBytes()).isEqualTo(manifest.toBytes());
        assertThat(again).isEqualTo(manifest);
    }

    @Property(tries = 300)
    void theFirstVersionKeepsWhatItCanExpress(@ForAll("manifests") ObjectNode v2) throws Exception {
        v2.remove(Set.of("channels", "error"));
        v2.put("state", v2.get("disabled").booleanValue() ? "disabled" : "active");
        if (v2.get("public").booleanValue()) {
            v2.remove("acl");
        }
        Manifest manifest = Manifest.of(v2);

        ObjectNode v1 = DsapiManifest.toJson(
                new DiskManifest(manifest, null, null), new DsapiSettings("maker", "", "cloud"), "http://host/");
        Manifest again = readFromDisk(ManifestJson.toBytes(v1)).manifest();

        assertThat(again.without("urn")).isEqualTo(manifest.without("urn"));
    }

    @Property(tries = 1000)
    void everyRequestGetsAnOutcome(@ForAll("requests") ObjectNode request) {
        ManifestRules rules = new ManifestRules(ManifestRules.Mode.MIXED, Set.of("dev"));
        Manifest current = Manifests.read(Manifests.v2("'state':'unactivated'"));

        List<Outcome> outcomes = List.of(
                rules.forCreate(request, Manifests.UUID, Manifests.OWNER),
                rules.forImport(request, Manifests.UUID, Manifests.OWNER),
                rules.forUpdate(current, request, false));
        for (Outcome outcome : outcomes) {
            if (outcome instanceof Outcome.Accepted accepted) {
                Manifest manifest = accepted.manifest();
                assertThat(readFromDisk(manifest.toBytes()).manifest()).isEqualTo(manifest);
            }
        }
    }

    /** What is needed to create an image, and two fields more of any kind. */
    @Provide
    Arbitrary<ObjectNode> requests() {
        Arbitrary<String> fields = Arbitraries.of(
                "v uuid owner name version description homepage eula disabled published_at public type os origin error"
                        .concat(" icon acl requirements users billing_tags traits tags generate_passwords state files")
                        .concat(" inherited_directories nic_driver image_size channels urn foo")
                        .split(" "));
        Arbitrary<String> values = Arbitraries.of(
                "null",
                "true",
                "0",
                "-1",
                "1.5",
                "1e400",
                "123456789012345678901234567890",
                "''",
                "'dev'",
                "'2'",
                "'http://x'",
                "'zvol'",
                "'2020-01-01T00:00:00Z'",
                "'" + Manifests.UUID + "'",
                "[]",
                "{}",
                "[null]",
                "['dev']",
                "['" + Manifests.OWNER + "']",
                "[[[]]]",
                "[{'name':'a'}]",
                "{'a':null}",
                "{'a':['b']}",
                "{'bootrom':[],'brand':{}}",
                "{'min_ram':1e400,'max_ram':null}",
                "{'min_platform':{'':null}}");
        return Combinators.combine(fields, values, fields, values).as((one, first, other, second) -> {
            ObjectNode request = Manifests.object("{'name':'a','version':'1','type':'other','os':'other'}");
            request.setAll(Manifests.object("{'" + one + "':" + first + "}"));
            request.setAll(Manifests.object("{'" + other + "':" + second + "}"));
            return request;
        });
    }

    @Provide
    Arbitrary<ObjectNode> manifests() {
        return Combinators.combine(complete(), optional()).as((manifest, more) -> manifest.setAll(more));
    }

    /** Without state and acl this is what both versions must carry. */
    private static Arbitrary<ObjectNode> complete() {
        Arbitrary<Boolean> flags = Arbitraries.of(true, false);
        return Combinators.combine(uuids(), uuids(), texts(), texts(), flags, flags, file())
                .as((uuid, owner, name, version, isDisabled, isPublic, file) -> {
                    ObjectNode manifest = ManifestJson.object()
                            .put("v", 2)
                            .put("uuid", uuid)
                            .put("owner", owner)
                            .put("name", name)
                            .put("version", version)
                            .put("disabled", isDisabled)
                            .put("public", isPublic)
                            .put("state", isDisabled ? "disabled" : "active")
                            .put("published_at", "2020-01-01T00:00:00Z");
                    manifest.putArray("files").add(file);
                    manifest.putArray("acl").add(owner);
                    return manifest;
                });
    }

    private static Arbitrary<ObjectNode> file() {
        Arbitrary<Long> sizes = Arbitraries.longs().greaterOrEqual(0);
        Arbitrary<String> compressions = Arbitraries.of("none", "gzip", "bzip2", "xz", "zstd");
        return Combinators.combine(sizes, compressions, Arbitraries.of(true, false))
                .as((size, compression, hasGuid) -> {
                    ObjectNode file = ManifestJson.object().put("size", size).put("compression", compression);
                    return hasGuid ? file.put("dataset_guid", size.toString()) : file;
                });
    }

    private static Arbitrary<ObjectNode> optional() {
        Arbitrary<String> unknownNames =
                Arbitraries.strings().alpha().ofMinLength(1).ofMaxLength(4).map(name -> "x_" + name);
        return Combinators.combine(
                        texts(), Arbitraries.integers(), texts().list().ofMaxSize(3), unknownNames)
                .as((text, number, texts, unknown) -> {
                    ObjectNode more = ManifestJson.object().put(unknown, text).put("description", text);
                    more.putObject("tags").put(text, number).put("flag", true);
                    more.set("billing_tags", array(texts));
                    more.set("channels", array(texts));
                    more.putObject(unknown + "2")
                            .put("z", number)
                            .put("a", text)
                            .putNull("n");
                    return more;
                });
    }

    private static ArrayNode array(List<String> texts) {
        ArrayNode array = ManifestJson.object().arrayNode();
        texts.forEach(array::add);
        return array;
    }

    private static Arbitrary<String> uuids() {
        return Combinators.combine(Arbitraries.longs(), Arbitraries.longs())
                .as((high, low) -> new UUID(high, low).toString());
    }

    /** Of whole characters of all planes. */
    private static Arbitrary<String> texts() {
        return Arbitraries.integers()
                .between(1, Character.MAX_CODE_POINT)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .list()
                .ofMinSize(1)
                .ofMaxSize(8)
                .map(points -> points.stream().map(Character::toString).reduce("", String::concat));
    }
}
