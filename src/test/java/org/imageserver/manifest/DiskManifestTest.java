package org.imageserver.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.imageserver.manifest.Manifests.DEFAULTS;
import static org.imageserver.manifest.Manifests.OWNER;
import static org.imageserver.manifest.Manifests.SHA1;
import static org.imageserver.manifest.Manifests.UUID;
import static org.imageserver.manifest.Manifests.json;
import static org.imageserver.manifest.Manifests.object;
import static org.imageserver.manifest.Manifests.read;
import static org.imageserver.manifest.Manifests.readFromDisk;
import static org.imageserver.manifest.Manifests.resource;
import static org.imageserver.manifest.Manifests.text;
import static org.imageserver.manifest.Manifests.v1;
import static org.imageserver.manifest.Manifests.v2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiskManifestTest {
    @Test
    void readsWhatTheOldImportScriptWrote() {
        DiskManifest image = readFromDisk(resource("/manifests/import-image.json"));

        assertThat(text(image.manifest().toBytes()))
                .isEqualTo(("{'v':2,'uuid':'9f7c2a4e-6f0e-11e3-9a5b-0be7a9c1d5e2',"
                                + "'owner':'00000000-0000-0000-0000-000000000001','name':'web server',"
                                + "'version':'1.2.0','state':'active','disabled':false,'public':true,"
                                + "'published_at':'2014-03-01T12:30:00Z','type':'zone-dataset','os':'smartos',"
                                + "'files':[{'sha1':'" + SHA1 + "','size':52428800,'compression':'gzip'}],"
                                + "'description':'A small web server','urn':'internal:internal:web server:1.2.0'}")
                        .replace('\'', '"'));
        assertThat(image.path()).isEqualTo("web server-1.2.0.zfs.gz");
        assertThat(image.v1()).isEqualTo(object(text(resource("/manifests/import-image.json"))));
    }

    @Test
    void readsAHandWrittenSecondVersion() {
        DiskManifest image = readFromDisk(resource("/manifests/seed-v2.json"));

        assertThat(text(image.manifest().toBytes()))
                .isEqualTo(("{'v':2,'uuid':'01b2c898-945f-11e1-a523-af1afbe22822',"
                                + "'owner':'352971aa-31ba-496c-9ade-a379feaecd52','name':'base64',"
                                + "'version':'13.2.0','state':'active','disabled':false,'public':true,"
                                + "'published_at':'2013-11-05T18:31:12.000Z','type':'zone-dataset','os':'smartos',"
                                + "'files':[{'sha1':'ac67ad4c0a0e9f8d47f08b4ed3b2f1ad4cbf4c4e','size':110742036,"
                                + "'compression':'bzip2','dataset_guid':'13479086206297104093','mirror':'eu'}],"
                                + "'description':'Ein Grundsystem für Zonen – 基本 🙂',"
                                + "'homepage':'https://example.org/base64',"
                                + "'requirements':{'networks':[{'name':'net0','description':'public'}]},"
                                + "'tags':{'role':'base','n':5,'beta':true,'more':{'x':1}},"
                                + "'built_by':{'host':'build-7','load':1.50,'serial':18446744073709551617}}")
                        .replace('\'', '"'));
        assertThat(image.path()).isNull();
        assertThat(image.v1()).isNull();
        assertThat(image.manifest().file())
                .contains(new ImageFile(
                        "ac67ad4c0a0e9f8d47f08b4ed3b2f1ad4cbf4c4e", 110742036L, "bzip2", "13479086206297104093"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`'creator_uuid':''`          | true",
                "`'creator_name':'sdc'`       | true",
                "`'vendor_uuid':'x'`          | true",
                "`'cloud_name':'sdc'`         | true",
                "`'platform_type':'smartos'`  | true",
                "`'created_at':'2012-01-01T00:00Z'` | true",
                "`'files':[{'path':'a.gz'}]`  | true",
                "`'files':[{'url':'-automatic-'}]`  | true",
                "`'v':1`                      | true",
                "`'v':2,'creator_name':'sdc'` | false",
                "`'v':'2'`                    | false",
                "`'files':[{'size':1}]`       | false",
                "`'description':'d'`          | false",
            })
    void tellsTheVersionByTheFields(String fields, boolean isV1) {
        DiskManifest image = readFromDisk(json("{'uuid':'" + UUID + "','name':'a','version':'1'," + fields + "}"));
        assertThat(image.v1() != null).isEqualTo(isV1);
    }

    @Test
    void convertsTheFirstVersion() {
        DiskManifest image = readFromDisk(v1("'creator_name':'sdc','vendor_uuid':'x','cloud_name':'sdc',"
                + "'platform_type':'smartos','updated_at':'u','creator_admin':'c','owner_uuid':'o','_url':'_',"
                + "'created_at':'2012-05-02T15:15:24.000Z','restricted_to_uuid':'" + UUID + "',"
                + "'image_size':'5120','disabled':true,'urn':'sdc:sdc:a:1','other':[1],"
                + "'files':[{'path':'a.zfs.bz2','url':'http://elsewhere/a.zfs.bz2','size':'7'}]"));

        assertThat(text(image.manifest().toBytes()))
                .isEqualTo(("{'v':2,'uuid':'" + UUID + "','owner':'" + OWNER + "','name':'a','version':'1',"
                                + "'state':'disabled','disabled':true,'public':false,"
                                + "'published_at':'2012-05-02T15:15:24.000Z',"
                                + "'files':[{'size':7,'compression':'bzip2'}],'acl':['" + UUID + "'],"
                                + "'urn':'sdc:sdc:a:1','image_size':5120,'other':[1]}")
                        .replace('\'', '"'));
        assertThat(image.path()).isEqualTo("a.zfs.bz2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "'...'", "null", "5"})
    void givesTheDefaultOwnerToAFirstVersionWithoutACreator(String creator) {
        assertThat(read(json("{'uuid':'" + UUID + "','name':'a','version':'1','creator_uuid':" + creator + "}"))
                        .owner())
                .isEqualTo(DEFAULTS.owner());
    }

    @Test
    void doesNotMakeARestrictedImagePublicByMistake() {
        assertThatThrownBy(() -> DiskManifest.read(v1("'restricted_to_uuid':'me'"), DEFAULTS))
                .hasMessageStartingWith("\"restricted_to_uuid\": found the string \"me\", expected a lower-case UUID");
    }

    @ParameterizedTest
    @CsvSource({
        "a.zfs.gz, gzip",
        "a.zfs.bz2, bzip2",
        "a.zfs.xz, xz",
        "a.zfs.zst, zstd",
        "a.zfs, none",
        "agz, none",
    })
    void takesTheCompressionFromTheFileNameWhereItIsNotSaid(String name, String compression) {
        assertThat(read(v1("'files':[{'path':'" + name + "'}]"))
                        .file()
                        .orElseThrow()
                        .compression())
                .isEqualTo(compression);
        assertThat(read(v1("'files':[{'url':'http://host/x/" + name + "?a=b.xz'}]"))
                        .file()
                        .orElseThrow()
                        .compression())
                .isEqualTo(compression);
        assertThat(read(v1("'files':[{'path':'" + name + "','compression':'xz'}]"))
                        .file()
                        .orElseThrow()
                        .compression())
                .isEqualTo("xz");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`'files':[{}]`                                      | active      | false",
                "`'files':[{}],'disabled':true`                      | disabled    | true",
                "`'files':[{}],'state':'disabled'`                   | disabled    | true",
                "`'files':[{}],'state':'active','disabled':true`     | active      | false",
                "`'files':[{}],'state':'unactivated'`                | unactivated | false",
                "`'files':[{}],'state':'unactivated','disabled':true`| unactivated | true",
                "`'files':[]`                                        | unactivated | false",
                "`'files':null`                                      | unactivated | false",
                "`'files':[],'state':'active'`                       | unactivated | false",
                "`'files':[],'state':'disabled'`                     | unactivated | true",
                "`'files':[],'disabled':true`                        | unactivated | true",
                "`'state':'creating'`                                | creating    | false",
                "`'state':'failed'`                                  | failed      | false",
            })
    void worksOutTheState(String fields, String state, boolean isDisabled) {
        Manifest manifest = read(json("{'v':2,'uuid':'" + UUID + "','name':'a','version':'1'," + fields + "}"));
        assertThat(manifest.state().jsonName()).isEqualTo(state);
        assertThat(manifest.isDisabled()).isEqualTo(isDisabled);
        assertThat(manifest.publishedAt()).isEqualTo(manifest.state().isActivated() ? DEFAULTS.publishedAt() : null);
    }

    @Test
    void fillsInDefaultsOnlyWhereNothingIsSaid() throws Exception {
        Defaults privately = new Defaults(DEFAULTS.owner(), false, DEFAULTS.publishedAt());
        Manifest silent = DiskManifest.read(v2(""), privately).manifest();
        Manifest saying = DiskManifest.read(
                        v2("'owner':'" + OWNER + "','public':true,'published_at':'2001-01-01T00:00:00Z'"), privately)
                .manifest();

        assertThat(silent.owner()).isEqualTo(DEFAULTS.owner());
        assertThat(silent.isPublic()).isFalse();
        assertThat(silent.publishedAt()).isEqualTo(DEFAULTS.publishedAt());
        assertThat(saying.owner()).isEqualTo(OWNER);
        assertThat(saying.isPublic()).isTrue();
        assertThat(saying.publishedAt()).isEqualTo("2001-01-01T00:00:00Z");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "`'uuid':'01B2C898-945F-11E1-A523-AF1AFBE22822'` | uuid | found the string \"01B2C898-945F-11E1-A523-AF1AFBE22822\", expected a lower-case UUID",
                "`'uuid':5`                | uuid                  | found the number 5",
                "`'uuid':null`             | uuid                  | missing or empty",
                "`'owner':'bob'`           | owner                 | found the string \"bob\", expected a lower-case UUID",
                "`'name':7`                | name                  | found the number 7, expected a string: write it in quotes, \"7\"",
                "`'name':''`               | name                  | missing or empty, expected a string",
                "`'version':1.50`          | version               | found the number 1.50, expected a string: write it in quotes, \"1.50\"",
                "`'version':['1']`         | version               | found an array of 1, expected a string",
                "`'v':3`                   | v                     | found the number 3, expected 1 or 2",
                "`'v':'two'`               | v                     | found the string \"two\", expected 1 or 2",
                "`'state':'ready'`         | state                 | found the string \"ready\", expected one of active, unactivated, disabled, creating, failed",
                "`'disabled':'no'`         | disabled              | found the string \"no\", expected true or false, without quotes",
                "`'public':'true'`         | public                | found the string \"true\", expected true or false",
                "`'published_at':1383676272` | published_at        | found the number 1383676272, expected a string",
                "`'type':{}`               | type                  | found an object, expected a string",
                "`'os':true`               | os                    | found true, expected a string: write it in quotes, \"true\"",
                "`'origin':'base64'`       | origin                | expected a lower-case UUID",
                "`'tags':['a']`            | tags                  | found an array of 1, expected an object",
                "`'acl':{}`                | acl                   | found an object, expected an array",
                "`'acl':['x']`             | acl[0]                | expected a lower-case UUID",
                "`'billing_tags':'a'`      | billing_tags          | expected an array",
                "`'channels':[1]`          | channels[0]           | found the number 1, expected a string",
                "`'icon':1`                | icon                  | expected true or false",
                "`'files':{}`              | files                 | found an object, expected an array",
                "`'files':'a.zfs'`         | files                 | found the string \"a.zfs\", expected an array",
                "`'files':[{},{}]`         | files                 | found an array of 2, expected an array of at most one file",
                "`'files':['a.zfs']`       | files[0]              | found the string \"a.zfs\", expected an object",
                "`'files':[{'size':-1}]`   | files[0].size         | found the number -1, expected the number of bytes",
                "`'files':[{'size':1.5}]`  | files[0].size         | found the number 1.5",
                "`'files':[{'size':'1k'}]` | files[0].size         | found the string \"1k\"",
                "`'files':[{'size':99999999999999999999}]` | files[0].size | found the number 99999999999999999999",
                "`'files':[{'sha1':'abc'}]` | files[0].sha1        | found the string \"abc\", expected 40 hex digits",
                "`'files':[{'compression':'zip'}]` | files[0].compression | found the string \"zip\", expected one of none, gzip, bzip2, xz, zstd",
                "`'files':[{'dataset_guid':1.5}]` | files[0].dataset_guid | found the number 1.5",
                "`'files':[{'dataset_guid':{}}]` | files[0].dataset_guid | found an object",
                "`'files':[{'path':'/etc/passwd'}]`  | files[0].path | found the string \"/etc/passwd\", expected the name of a file beside the manifest",
                "`'files':[{'path':'../a'}]`  | files[0].path      | expected the name of a file",
                "`'files':[{'path':'a/b'}]`   | files[0].path      | expected the name of a file",
                "`'files':[{'path':'a\\\\b'}]` | files[0].path     | expected the name of a file",
                "`'files':[{'path':'..'}]`    | files[0].path      | expected the name of a file",
                "`'files':[{'path':'.'}]`     | files[0].path      | expected the name of a file",
                "`'files':[{'path':'.ssh'}]`  | files[0].path      | expected the name of a file",
                "`'files':[{'path':'a\\u0000b'}]` | files[0].path  | expected the name of a file",
                "`'files':[{'path':7}]`       | files[0].path      | found the number 7",
            })
    void refusesWhatItCannotInterpret(String wrong, String field, String message) {
        ObjectNode manifest = object(text(v2(""))).setAll(object("{" + wrong + "}"));
        byte[] bytes = ManifestJson.toBytes(manifest);

        assertThatThrownBy(() -> DiskManifest.read(bytes, DEFAULTS))
                .isInstanceOfSatisfying(
                        InvalidManifestException.class,
                        e -> assertThat(e.field()).contains(field))
                .hasMessageStartingWith("\"" + field + "\": ")
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "9223372036854775807, 9223372036854775807",
        "18446744073709551615, 18446744073709551615",
        "'\"42\"', 42",
    })
    void servesTheGuidAsAString(String json, String guid) {
        assertThat(read(v1("'files':[{'dataset_guid':" + json + "}]"))
                        .file()
                        .orElseThrow()
                        .datasetGuid())
                .isEqualTo(guid);
    }

    @Test
    void takesASizeInQuotesAndAShaInCapitals() {
        assertThat(text(read(v1("'files':[{'size':'21474836480','sha1':'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709'}]"))
                        .toBytes()))
                .contains("\"files\":[{\"sha1\":\"" + SHA1 + "\",\"size\":21474836480,");
    }

    @Test
    void writesThePathBackForTheNextReading() throws Exception {
        DiskManifest image = readFromDisk(v1("'files':[{'path':'a b.zfs.gz','size':1}]"));
        Manifest changed = image.manifest().with("description", TextNode.valueOf("changed"));
        DiskManifest again = readFromDisk(new DiskManifest(changed, null, image.path()).toBytes());

        assertThat(again).isEqualTo(new DiskManifest(changed, null, "a b.zfs.gz"));
    }

    @Test
    void keepsItsOriginalToItself() {
        DiskManifest image = readFromDisk(v1(""));
        Objects.requireNonNull(image.v1()).put("name", "changed");
        assertThat(image.v1()).isEqualTo(object(text(v1(""))));
    }
}
