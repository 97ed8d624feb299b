package org.imageserver.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.imageserver.files.PrivateFiles;

/**
 * A certificate that nobody has signed but its own key: enough to encrypt, and to be recognized by its fingerprint.
 */
public final class SelfSigned {
    private static final int VALID_DAYS = 3650;

    private SelfSigned() {}

    /**
     * Makes both files, if they are missing; the key can be read by its owner alone. They may be one and the same file.
     *
     * @param names host names and addresses that clients use
     * @throws IOException when they cannot be made
     */
    public static void makeIfMissing(CertificateFiles files, List<String> names) throws IOException {
        if (Files.exists(files.certificate()) && Files.exists(files.key())) {
            return;
        }
        Path directory = Files.createDirectories(files.key().toAbsolutePath().getParent());
        Keytool.Pair made = Keytool.selfSigned(
                directory, new Keytool.Wish("CN=" + names.getFirst(), names, VALID_DAYS, List.of("EKU=serverAuth")));
        if (files.isOne()) {
            files.replace(made.key(), List.of(made.certificate()));
            return;
        }
        PrivateFiles.replace(files.key(), Pem.of(made.key()));
        Files.writeString(files.certificate(), Pem.of(List.of(made.certificate())), StandardCharsets.US_ASCII);
    }
}
