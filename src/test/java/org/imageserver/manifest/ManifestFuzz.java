package org.imageserver.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** Any bytes in place of a manifest: refused with a sentence, or taken, and then the same when read again. */
public final class ManifestFuzz {
    private static final Defaults DEFAULTS =
            new Defaults("00000000-0000-0000-0000-000000000000", true, "2020-01-01T00:00:00.000Z");
    private static final String UUID = "00000001-0000-4000-8000-000000000000";
    private static final ManifestRules RULES = new ManifestRules(ManifestRules.Mode.MIXED, Set.of("dev"));

    private ManifestFuzz() {}

    /** The input is what lies on disk, and what a client sends. */
    public static void fuzzerTestOneInput(byte[] input) {
        fromDisk(input);
        fromClient(input);
    }

    private static void fromDisk(byte[] input) {
        DiskManifest read;
        try {
            read = DiskManifest.read(input, DEFAULTS);
        } catch (InvalidManifestException e) {
            expectSentence(e);
            return;
        }
        expectSame(read.manifest(), read.toBytes());
        DsapiManifest.toJson(read, new DsapiSettings("maker", "", "cloud"), "http://host/");
        DsapiManifest.fileName(read);
        read.manifest().tags();
        read.manifest().publishedInstant();
    }

    private static void fromClient(byte[] input) {
        ObjectNode body;
        try {
            body = ManifestJson.parse(input);
        } catch (InvalidManifestException e) {
            expectSentence(e);
            return;
        }
        expectOutcome(RULES.forCreate(body.deepCopy(), UUID, DEFAULTS.owner()));
        expectOutcome(RULES.forUpdate(Manifests.read(Manifests.v2("'state':'unactivated'")), body.deepCopy(), false));
        expectOutcome(RULES.forImport(body, UUID, DEFAULTS.owner()));
    }

    private static void expectOutcome(Outcome outcome) {
        if (outcome instanceof Outcome.Accepted accepted) {
            expectSame(accepted.manifest(), accepted.manifest().toBytes());
        }
    }

    private static void expectSame(Manifest manifest, byte[] written) {
        try {
            Manifest again = DiskManifest.read(written, DEFAULTS).manifest();
            if (!again.equals(manifest)) {
                throw new AssertionError(manifest.toJson() + " became " + again.toJson());
            }
        } catch (InvalidManifestException e) {
            throw new AssertionError("what was taken is refused when it is read again", e);
        }
    }

    private static void expectSentence(InvalidManifestException refused) {
        String message = refused.getMessage();
        if (message == null || message.isBlank()) {
            throw new AssertionError("refused without a reason", refused);
        }
    }
}
