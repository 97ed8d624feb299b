package org.imageserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.imageserver.manifest.Manifests.OWNER;
import static org.imageserver.manifest.Manifests.SHA1;
import static org.imageserver.manifest.Manifests.UUID;
import static org.imageserver.manifest.Manifests.json;
import static org.imageserver.manifest.Manifests.object;
import static org.imageserver.manifest.Manifests.read;
import static org.imageserver.manifest.Manifests.text;
import static org.imageserver.manifest.Manifests.v2;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
    @Test
    void emitsFieldsInThePeersOrderAndUnknownOnesAfterThem() {
        Manifest manifest = read(v2("'zzz': 1, 'channels': ['dev'], 'traits': {'t': true}, 'billing_tags': ['b'], "
                + "'tags': {'k': 'v'}, 'image_size': 10, 'cpu_type': 'host', 'disk_driver': 'virtio', "
                + "'nic_driver': 'virtio', 'origin': '" + UUID + "', 'inherited_directories': ['/opt'], "
                + "'generate_passwords': false, 'users': [], 'requirements': {}, 'urn': 'a:b:c:d', 'icon': true, "
                + "'eula': 'http://e/', 'homepage': 'http://h/', 'description': 'd', 'acl': ['" + OWNER + "'], "
                + "'os': 'linux', 'type': 'zvol', 'published_at': '2020-01-01T00:00:00Z', 'public': false, "
                + "'disabled': true, 'owner': '" + OWNER + "', 'aaa': {'b': [], 'a': ''}, 'mmm': null, "
                + "'error': {'message': 'only shown when failed'}"));

        assertThat(manifest.toJson().fieldNames())
                .toIterable()
                .containsExactly(
                        "v uuid owner name version state disabled public published_at type os files acl description"
                                .concat(" homepage eula icon urn requirements users generate_passwords")
                                .concat(" inherited_directories origin nic_driver disk_driver cpu_type image_size")
                                .concat(" tags billing_tags traits channels zzz aaa mmm")
                                .split(" "));
        assertThat(text(manifest.toBytes())).endsWith("\"zzz\":1,\"aaa\":{\"b\":[],\"a\":\"\"},\"mmm\":null}");
    }

    @Test
    void ordersTheFieldsOfAFileAndDropsWhereItLies() {
        Manifest manifest = read(json("{'v':2,'uuid':'" + UUID + "','name':'a','version':'1','files':[{'url':'x',"
                + "'stor':'l','digest':'d','dataset_guid':'7','compression':'xz','path':'p','size':3,'sha1':'" + SHA1
                + "'}]}"));

        assertThat(text(manifest.toBytes()))
                .contains(
                        "\"files\":[{\"sha1\":\"" + SHA1
                                + "\",\"size\":3,\"compression\":\"xz\",\"dataset_guid\":\"7\",\"stor\":\"l\",\"digest\":\"d\"}]");
    }

    @Test
    void leavesOutWhatIsEmptyButNeverFiles() {
        Manifest manifest = read(json("{'v':2,'uuid':'" + UUID + "','name':'a','version':'1',"
                + "'description':'','acl':[],'homepage':null,'tags':{}}"));

        assertThat(text(manifest.toBytes()))
                .isEqualTo("{\"v\":2,\"uuid\":\"" + UUID + "\",\"owner\":\"00000000-0000-0000-0000-000000000001\","
                        + "\"name\":\"a\",\"version\":\"1\",\"state\":\"unactivated\",\"disabled\":false,"
                        + "\"public\":true,\"files\":[],\"tags\":{}}");
    }

    @Test
    void showsAnErrorOnlyWhenFailed() {
        assertThat(read(v2("'state':'failed','error':{'code':'X'}")).toJson().has("error"))
                .isTrue();
        assertThat(read(v2("'state':'creating','error':{'code':'X'}")).toJson().has("error"))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "'text', text",
                "'', ``",
                "true, true",
                "5, 5",
                "-5, -5",
                "1.50, 1.5",
                "0.10, 0.1",
                "1e2, 100",
                "-0.0, 0",
                "1e21, 1e+21",
                "-1.25e30, -1.25e+30",
                "123456789012345680000, 123456789012345680000",
                "18446744073709551617, 18446744073709552000",
                "0.000001, 0.000001",
                "0.0000001, 1e-7",
                "1.5e-9, 1.5e-9",
                "1e400, Infinity",
                "null, null",
                "{}, ``",
                "['a'], ``"
            })
    void showsTagsAsJavaScriptDoes(String json, String text) {
        assertThat(read(v2("'tags': {'k': " + json + "}")).tags()).containsExactly(Map.entry("k", text));
    }

    @ParameterizedTest
    @CsvSource({
        "2013-11-05T18:31:12Z, 2013-11-05T18:31:12Z",
        "2013-11-05T18:31:12.5Z, 2013-11-05T18:31:12.500Z",
        "2013-11-05T18:31Z, 2013-11-05T18:31:00Z",
        "2013-11-05T18:31:12+02:00, 2013-11-05T16:31:12Z",
        "yesterday, 1970-01-01T00:00:00Z",
    })
    void keepsTheTimeOfPublishingAsItIsAndSortsByItsInstant(String publishedAt, Instant instant) {
        Manifest manifest = read(v2("'published_at': '" + publishedAt + "'"));
        assertThat(manifest.publishedAt()).isEqualTo(publishedAt);
        assertThat(manifest.publishedInstant()).isEqualTo(instant);
    }

    @Test
    void sortsAnUnpublishedImageByTheEpoch() {
        Manifest manifest = read(v2("'state':'unactivated'"));
        assertThat(manifest.publishedAt()).isNull();
        assertThat(manifest.publishedInstant()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void changesOneFieldInACopy() {
        Manifest before = read(v2("'description':'old'"));
        Manifest after = before.with("description", TextNode.valueOf("new"))
                .with("icon", object("{'i':true}").get("i"));

        assertThat(after.description()).isEqualTo("new");
        assertThat(after.hasIcon()).isTrue();
        assertThat(before.description()).isEqualTo("old");
        assertThat(after.without("description").without("icon").with("description", TextNode.valueOf("old")))
                .isEqualTo(before);
    }

    @Test
    void refusesAChangeThatMakesItNoManifest() {
        Manifest manifest = read(v2(""));
        assertThatThrownBy(() -> manifest.with("name", IntNode.valueOf(5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"name\": found the number 5");
        assertThatThrownBy(() -> manifest.without("uuid"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"uuid\": missing");
    }

    @Test
    void cannotBeChangedFromOutside() throws Exception {
        ObjectNode source = read(v2("'tags':{'a':'b'}")).toJson();
        ObjectNode tags = object("{'a':'c'}");
        Manifest manifest = Manifest.of(source).with("tags", tags);

        source.put("name", "changed");
        tags.put("a", "changed");
        ((ObjectNode) manifest.toJson().get("tags")).put("a", "changed");

        assertThat(manifest.name()).isEqualTo("a");
        assertThat(manifest.tags()).containsEntry("a", "c");
    }

    @Test
    void demandsACompleteManifest() {
        assertThatThrownBy(() -> Manifest.of(object("{'uuid':'" + UUID + "'}")))
                .isInstanceOfSatisfying(
                        InvalidManifestException.class,
                        e -> assertThat(e.field()).contains("owner"))
                .hasMessageContaining("\"owner\": missing or empty, expected a lower-case UUID");
    }
}
