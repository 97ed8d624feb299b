package org.imageserver.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.LocalStorage;
import org.imageserver.storage.PendingBlob;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A small real ZFS stream with its manifest, for a newcomer's empty directory. */
final class SampleImage {
    private static final Logger LOG = LoggerFactory.getLogger(SampleImage.class);
    private static final String UUID = "0a6c2a7e-5a4d-4e1b-9c57-3b6f2d1c8e90";

    private SampleImage() {}

    /** Puts the sample there, unless the directory has anything in it already. */
    static void install(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (LocalStorage storage = new LocalStorage(directory)) {
            if (!storage.list("").isEmpty()) {
                LOG.info("{} is not empty: it gets no sample", directory);
                return;
            }
            // The manifest is what makes an image visible, so it comes last.
            put(storage, "sample-1.0.0.zfs.gz", stream());
            put(storage, "manifest.json", resource("sample.json"));
        }
    }

    /** The image's file: a gzipped stream. */
    static byte[] stream() throws IOException {
        return resource("sample.zfs.gz");
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream bytes = Objects.requireNonNull(SampleImage.class.getResourceAsStream(name))) {
            return bytes.readAllBytes();
        }
    }

    private static void put(LocalStorage storage, String name, byte[] bytes) throws IOException {
        try (PendingBlob pending = storage.begin(BlobKey.parse(UUID + "/" + name))) {
            pending.write(ByteBuffer.wrap(bytes));
            pending.commit();
        }
    }
}
