package org.imageserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.imageserver.manifest.Manifests.OWNER;
import static org.imageserver.manifest.Manifests.UUID;
import static org.imageserver.manifest.Manifests.object;
import static org.imageserver.manifest.Manifests.read;
import static org.imageserver.manifest.Manifests.text;
import static org.imageserver.manifest.Manifests.v2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Set;
import org.imageserver.manifest.ManifestRules.Mode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestRulesTest {
    private static final ManifestRules MIXED = new ManifestRules(Mode.MIXED, Set.of());
    private static final ManifestRules WITH_CHANNELS = new ManifestRules(Mode.PUBLIC, Set.of("dev", "release"));
    private static final String OTHER = "11111111-2222-3333-4444-555555555555";

    /** A request with all that must be in it, and these fields more. */
    private static ObjectNode request(String fields) {
        return object("{'name':'a','version':'1','type':'zone-dataset','os':'smartos'}")
                .setAll(object("{" + fields + "}"));
    }

    private static Outcome create(String fields) {
        return MIXED.forCreate(request(fields), UUID, OWNER);
    }

    private static Manifest accepted(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Accepted.class);
        return ((Outcome.Accepted) outcome).manifest();
    }

    private static Outcome.Refused refused(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Refused.class);
        return (Outcome.Refused) outcome;
    }

    private static List<Violation> violations(Outcome outcome) {
        return refused(outcome).violations();
    }

    @Test
    void makesAnUnactivatedImageOfWhatImgadmCreateSends() {
        // No owner, public, disabled, state or published_at; a file that is yet to come.
        ObjectNode manifest = request("'v':2,'uuid':'" + UUID + "','requirements':{'min_platform':"
                + "{'7.0':'20190101T000000Z'}},'files':[{'size':5,'compression':'gzip','sha1':'x'}]");

        assertThat(text(accepted(new ManifestRules(Mode.PUBLIC, Set.of()).forImport(manifest, UUID, OWNER))
                        .toBytes()))
                .isEqualTo(("{'v':2,'uuid':'" + UUID + "','owner':'" + OWNER + "','name':'a','version':'1',"
                                + "'state':'unactivated','disabled':false,'public':true,'type':'zone-dataset',"
                                + "'os':'smartos','files':[],"
                                + "'requirements':{'min_platform':{'7.0':'20190101T000000Z'}}}")
                        .replace('\'', '"'));
    }

    @Test
    void importsWhatAnotherServerShows() {
        ObjectNode shown = request("'v':2,'uuid':'" + UUID + "','owner':'" + OTHER + "','state':'active',"
                + "'disabled':false,'public':true,'published_at':'2020-01-01T00:00:00.123Z','urn':'a:b:c:d',"
                + "'icon':true,'channels':['dev'],'files':[{'sha1':'x'}],'billing_tags':['b'],'traits':{'t':['x']}");
        Manifest manifest = accepted(MIXED.forImport(shown, UUID, OWNER));

        assertThat(manifest.publishedAt()).isEqualTo("2020-01-01T00:00:00.123Z");
        assertThat(manifest.toJson().get("urn").textValue()).isEqualTo("a:b:c:d");
        assertThat(manifest.owner()).isEqualTo(OTHER);
        assertThat(manifest.state()).isEqualTo(State.UNACTIVATED);
        assertThat(manifest.files()).isEmpty();
        assertThat(manifest.hasIcon()).isFalse();
        assertThat(manifest.channels()).isEmpty();
        assertThat(manifest.billingTags()).containsExactly("b");
    }

    @Test
    void importsOnlyUnderItsOwnUuid() {
        Outcome.Refused refused = refused(MIXED.forImport(request("'uuid':'" + OTHER + "'"), UUID, OWNER));

        assertThat(refused.fault()).isEqualTo(Outcome.Fault.INVALID_PARAMETER);
        assertThat(refused.message()).contains(OTHER).contains(UUID);
        assertThat(refused.violations()).containsExactly(Violation.invalid("uuid", null));
        assertThat(violations(MIXED.forImport(request(""), UUID, OWNER))).containsExactly(Violation.missing("uuid"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"2020-01-01", "2020-01-01T00:00Z", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00.1Z"})
    void importsNoTimeThatIsNone(String publishedAt) {
        assertThat(violations(MIXED.forImport(
                        request("'uuid':'" + UUID + "','published_at':'" + publishedAt + "'"), UUID, OWNER)))
                .containsExactly(Violation.invalid(
                        "published_at", "published_at date not in \"YYYY-MM-DDTHH:MM:SS(.SSS)Z\" format"));
    }

    @ParameterizedTest
    @CsvSource({
        "PUBLIC,  false, private images are not allowed on a public Images API",
        "PRIVATE, true,  public images are not allowed on a private Images API",
    })
    void holdsOnlyTheImagesOfItsMode(Mode mode, boolean isPublic, String message) {
        ManifestRules rules = new ManifestRules(mode, Set.of());
        Violation violation = Violation.invalid("public", message);

        assertThat(violations(rules.forCreate(request("'public':" + isPublic), UUID, OWNER)))
                .containsExactly(violation);
        assertThat(violations(rules.forUpdate(read(v2("")), object("{'public':" + isPublic + "}"), true)))
                .containsExactly(violation);
    }

    @ParameterizedTest
    @EnumSource
    void makesAnImageThatDoesNotSayPrivateUnlessAllArePublic(Mode mode) {
        assertThat(accepted(new ManifestRules(mode, Set.of()).forCreate(request(""), UUID, OWNER))
                        .isPublic())
                .isEqualTo(mode == Mode.PUBLIC);
    }

    @Test
    void acceptsADescriptionOfTheGreatestLength() {
        assertThat(accepted(create("'description':'" + "d".repeat(10240) + "'")).description())
                .hasSize(10240);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http:", "https://", "javascript://x", "http:/x"})
    void refusesAddressesThatAreNone(String url) {
        assertThat(violations(create("'homepage':'" + url + "'")))
                .containsExactly(Violation.invalid("homepage", "invalid image homepage URL protocol"));
    }

    @Test
    void refusesAnImageThatIsItsOwnOrigin() {
        assertThat(violations(create("'origin':'" + UUID + "'")))
                .containsExactly(Violation.invalid("origin", "an image cannot be its own origin"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`'users':[{'name':5}]`                    | users",
                "`'traits':[]`                             | traits",
                "`'traits':{'a':[1]}`                      | traits",
                "`'acl':['" + OTHER + "',5]`               | acl",
                "`'requirements':{'networks':[{'name':'a','description':5}]}` | requirements.networks",
                "`'requirements':{'min_platform':{'7.0':'20190230T000000Z'}}` | requirements.min_platform",
                "`'requirements':{'max_platform':['20190201T000000Z']}`       | requirements.max_platform",
                "`'requirements':{'bootrom':5,'brand':'bhyve'}`               | requirements.bootrom",
            })
    void refusesWhatThePeerWouldNotCheck(String fields, String field) {
        assertThat(violations(create(fields)))
                .singleElement()
                .satisfies(violation -> assertThat(violation.field()).isEqualTo(field))
                .satisfies(violation -> assertThat(violation.code()).isEqualTo(Violation.INVALID));
    }

    @Test
    void takesTheSpellingsThatThePeerTakes() {
        Manifest manifest = accepted(MIXED.forCreate(
                object("{'v':'2','name':'a','version':'1','type':'zvol','os':'linux','nic_driver':'virtio',"
                        + "'disk_driver':'virtio','cpu_type':'host','image_size':'10240','public':'false',"
                        + "'disabled':'true','acl':'" + OTHER + "','billing_tags':'b','description':'','eula':null}"),
                UUID,
                OWNER));

        assertThat(text(manifest.toBytes()))
                .isEqualTo(("{'v':2,'uuid':'" + UUID + "','owner':'" + OWNER + "','name':'a','version':'1',"
                                + "'state':'unactivated','disabled':true,'public':false,'type':'zvol','os':'linux',"
                                + "'files':[],'acl':['" + OTHER + "'],'nic_driver':'virtio','disk_driver':'virtio',"
                                + "'cpu_type':'host','image_size':10240,'billing_tags':['b']}")
                        .replace('\'', '"'));
    }

    @Test
    void doesNotChangeTheRequest() {
        ObjectNode request = request("'state':'active','public':'true','files':[]");
        ObjectNode before = request.deepCopy();
        MIXED.forImport(request, UUID, OWNER);
        MIXED.forCreate(request, UUID, OWNER);
        MIXED.forUpdate(read(v2("")), request, true);
        assertThat(request).isEqualTo(before);
    }

    @Test
    void updatesTheOriginUntilActivation() {
        ObjectNode change = object("{'origin':'" + OTHER + "'}");

        assertThat(accepted(MIXED.forUpdate(read(v2("'state':'unactivated'")), change, true))
                        .origin())
                .isEqualTo(OTHER);
        assertThat(violations(MIXED.forUpdate(read(v2("")), change, true)))
                .containsExactly(Violation.notAllowed("origin", "Can only be updated on unactivated images"));
        assertThat(violations(
                        MIXED.forUpdate(read(v2("'state':'unactivated'")), object("{'origin':'" + UUID + "'}"), true)))
                .containsExactly(Violation.invalid("origin", "an image cannot be its own origin"));
    }

    @Test
    void judgesOnlyWhatTheUpdateNames() {
        Manifest handWritten =
                read(v2("'homepage':'ftp://x','unknown':{'a':1}")).with("name", TextNode.valueOf("größer & schöner"));
        Manifest updated = accepted(MIXED.forUpdate(handWritten, object("{'description':'d','homepage':null}"), true));

        assertThat(updated.toJson())
                .isEqualTo(handWritten.without("homepage").toJson().put("description", "d"));
    }

    @Test
    void keepsTheFieldsThatAVirtualDiskMustHave() {
        Manifest zvol = read(v2("'type':'zvol','nic_driver':'virtio','disk_driver':'virtio','cpu_type':'host',"
                + "'image_size':10240"));

        assertThat(violations(MIXED.forUpdate(zvol, object("{'nic_driver':null,'image_size':''}"), true)))
                .containsExactly(Violation.missing("nic_driver"), Violation.missing("image_size"));
        assertThat(accepted(MIXED.forUpdate(zvol, object("{'image_size':'20480'}"), true))
                        .toJson()
                        .get("image_size")
                        .intValue())
                .isEqualTo(20480);
    }

    @Test
    void namesWhatIsForOperatorsLast() {
        assertThat(violations(MIXED.forUpdate(
                        read(v2("")), object("{'traits':{},'billing_tags':[],'foo':1,'name':'b'}"), false)))
                .containsExactly(
                        Violation.notAllowed("foo", "Parameter cannot be updated"),
                        Violation.notAllowed("billing_tags", "Can only be updated by operators"),
                        Violation.notAllowed("traits", "Can only be updated by operators"));
    }

    @Test
    void putsImagesIntoConfiguredChannelsOnly() {
        Manifest image = read(v2(""));

        assertThat(accepted(WITH_CHANNELS.forUpdate(image, object("{'channels':['release','dev']}"), true))
                        .channels())
                .containsExactly("release", "dev");
        assertThat(violations(WITH_CHANNELS.forUpdate(image, object("{'channels':['dev','prod']}"), true)))
                .containsExactly(Violation.invalid("channels", "unknown channel: prod"));
        assertThat(violations(WITH_CHANNELS.forUpdate(image, object("{'channels':[]}"), true)))
                .containsExactly(
                        Violation.invalid("channels", "invalid image \"channels\" (not an array of at least one): []"));
        assertThat(violations(WITH_CHANNELS.forUpdate(image, object("{'channels':null}"), true)))
                .containsExactly(Violation.missing("channels"));
    }
}
