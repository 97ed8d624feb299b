package org.imageserver;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the packages, as ARCHITECTURE.md draws them. */
@AnalyzeClasses(packages = "org.imageserver", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule ARROWS_GO_ONE_WAY = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy("org.imageserver.cli..")
            .layer("wiring")
            .definedBy("org.imageserver")
            .layer("faces")
            .definedBy("org.imageserver.http.*..")
            .layer("http")
            .definedBy("org.imageserver.http")
            .layer("catalogue")
            .definedBy("org.imageserver.catalogue..")
            .layer("storage")
            .definedBy("org.imageserver.storage..")
            .layer("auth")
            .definedBy("org.imageserver.auth..")
            .layer("manifest")
            .definedBy("org.imageserver.manifest..")
            .layer("zfs")
            .definedBy("org.imageserver.zfs..")
            .layer("remote")
            .definedBy("org.imageserver.remote..")
            .layer("mirror")
            .definedBy("org.imageserver.mirror..")
            .layer("bundle")
            .definedBy("org.imageserver.bundle..")
            .layer("retention")
            .definedBy("org.imageserver.retention..")
            .layer("webhooks")
            .definedBy("org.imageserver.webhooks..")
            .layer("signing")
            .definedBy("org.imageserver.signing..")
            .layer("statistics")
            .definedBy("org.imageserver.statistics..")
            .layer("tracing")
            .definedBy("org.imageserver.tracing..")
            .layer("acme")
            .definedBy("org.imageserver.acme..")
            .layer("tls")
            .definedBy("org.imageserver.tls..")
            .layer("files")
            .definedBy("org.imageserver.files..")
            .layer("config")
            .definedBy("org.imageserver.config..")
            .layer("logging")
            .definedBy("org.imageserver.logging..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("wiring")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("faces")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("faces", "wiring")
            .whereLayer("mirror")
            .mayOnlyBeAccessedByLayers("faces", "wiring", "cli")
            .whereLayer("bundle")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("retention")
            .mayOnlyBeAccessedByLayers("wiring", "cli")
            .whereLayer("webhooks")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("signing")
            .mayOnlyBeAccessedByLayers("bundle", "mirror", "faces", "wiring", "cli")
            .whereLayer("catalogue")
            .mayOnlyBeAccessedByLayers("http", "faces", "mirror", "bundle", "retention", "webhooks", "wiring", "cli")
            .whereLayer("storage")
            .mayOnlyBeAccessedByLayers("catalogue", "mirror", "statistics", "wiring", "cli")
            .whereLayer("auth")
            .mayOnlyBeAccessedByLayers("catalogue", "mirror", "bundle", "retention", "http", "faces", "wiring", "cli")
            .whereLayer("manifest")
            .mayOnlyBeAccessedByLayers(
                    "catalogue", "mirror", "bundle", "retention", "webhooks", "http", "faces", "wiring", "cli")
            .whereLayer("zfs")
            .mayOnlyBeAccessedByLayers("catalogue", "cli")
            .whereLayer("remote")
            .mayOnlyBeAccessedByLayers("http", "faces", "mirror", "wiring", "cli")
            .whereLayer("statistics")
            .mayOnlyBeAccessedByLayers("http", "faces", "wiring", "cli")
            .whereLayer("tls")
            .mayOnlyBeAccessedByLayers("acme", "mirror", "http", "faces", "wiring", "cli")
            .whereLayer("files")
            .mayOnlyBeAccessedByLayers("auth", "tls", "acme", "mirror", "webhooks", "storage", "logging")
            .whereLayer("tracing")
            .mayOnlyBeAccessedByLayers("http", "wiring")
            .whereLayer("acme")
            .mayOnlyBeAccessedByLayers("wiring")
            .whereLayer("logging")
            .mayOnlyBeAccessedByLayers("cli");

    @ArchTest
    static final ArchRule LEAVES_KNOW_NOTHING_OF_OURS = noClasses()
            .that()
            .resideInAnyPackage(
                    "..manifest..",
                    "..storage..",
                    "..auth..",
                    "..config..",
                    "..zfs..",
                    "..tls..",
                    "..signing..",
                    "..tracing..",
                    "..files..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.imageserver",
                    "org.imageserver.http..",
                    "..catalogue..",
                    "..cli..",
                    "org.imageserver.logging..",
                    "..mirror..");

    @ArchTest
    static final ArchRule WHO_ASKS_IS_KNOWN_WITHOUT_THE_REST = noClasses()
            .that()
            .resideInAPackage("..auth..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..config..", "..manifest..", "..storage..");

    @ArchTest
    static final ArchRule STREAMS_ARE_JUDGED_WITHOUT_THE_REST = noClasses()
            .that()
            .resideInAPackage("..zfs..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("..auth..", "..config..", "..manifest..", "..storage..");

    @ArchTest
    static final ArchRule FETCHING_KNOWS_NOTHING_OF_IMAGES = noClasses()
            .that()
            .resideInAPackage("..remote..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.imageserver",
                    "org.imageserver.http..",
                    "..catalogue..",
                    "..cli..",
                    "..logging..",
                    "..config..",
                    "..manifest..",
                    "..storage..",
                    "..auth..",
                    "..zfs..");

    @ArchTest
    static final ArchRule COUNTING_KNOWS_NOTHING_OF_IMAGES = noClasses()
            .that()
            .resideInAPackage("..statistics..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.imageserver",
                    "org.imageserver.http..",
                    "..catalogue..",
                    "..cli..",
                    "..logging..",
                    "..config..",
                    "..manifest..",
                    "..remote..",
                    "..auth..",
                    "..zfs..");

    @ArchTest
    static final ArchRule ONLY_HTTP_SPEAKS_HTTP = noClasses()
            .that()
            .resideOutsideOfPackages("..http..", "..config..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("org.imageserver.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_STORAGE_TOUCHES_THE_DISK = noClasses()
            .that()
            .resideInAnyPackage(
                    "..catalogue..",
                    "..manifest..",
                    "..statistics..",
                    "..http.imgapi..",
                    "..http.dsapi..",
                    "..http.web..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.file.Files");

    @ArchTest
    static final ArchRule EXCEPTIONS_SAY_SO = classes()
            .that()
            .areAssignableTo(Exception.class)
            .should()
            .haveSimpleNameEndingWith("Exception")
            .orShould()
            .haveSimpleNameEndingWith("Failure")
            .orShould()
            .beMemberClasses();
}
