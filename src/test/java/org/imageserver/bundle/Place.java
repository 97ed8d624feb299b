package org.imageserver.bundle;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.imageserver.Policies;
import org.imageserver.TestImages;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.Image;
import org.imageserver.config.ConfigException;
import org.imageserver.config.Settings;
import org.imageserver.signing.SigningKey;
import org.imageserver.storage.LocalStorage;

/** A directory of images that bundles are made of or imported into, as the commands do it. */
final class Place implements AutoCloseable {
    private final Path directory;
    private final LocalStorage storage;
    private final Catalogue catalogue;
    private final Principal.Account operator =
            new Principal.Account("operator", "00000000-0000-0000-0000-000000000000", Role.ADMIN);

    Place(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.storage = new LocalStorage(directory);
        try {
            this.catalogue = new Catalogue(storage, Policies.ofImages(Settings.read(null, Settings.Overrides.NONE)));
        } catch (ConfigException e) {
            throw new IllegalStateException(e);
        }
        catalogue.rescan();
    }

    TestImages images() {
        return new TestImages(directory);
    }

    Catalogue catalogue() {
        return catalogue;
    }

    /** A bundle of these images, in this order. */
    byte[] bundle(Optional<SigningKey> key, String... uuids) throws IOException {
        catalogue.rescan();
        BundleExport export = new BundleExport(catalogue, operator);
        List<Image> images = Arrays.stream(uuids)
                .map(uuid -> catalogue.snapshot().find(uuid).orElseThrow())
                .toList();
        BundleWriter writer = new BundleWriter(export.contents(images, Set.of(), bytes -> {}), key);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        writer.write(bytes, export::open, count -> {});
        if (bytes.size() != writer.size()) {
            throw new IOException(bytes.size() + " bytes were written of " + writer.size());
        }
        return bytes.toByteArray();
    }

    BundleImport.Result importing(byte[] bundle, Trust trust) throws IOException {
        return importing(Channels.newChannel(new ByteArrayInputStream(bundle)), trust);
    }

    BundleImport.Result importing(ReadableByteChannel bundle, Trust trust) throws IOException {
        return BundleImport.run(catalogue, operator, BundleReader.open(bundle, trust));
    }

    /** Everything that lies here, hidden or not, with the time and size of each. */
    Map<String, String> files() {
        try (Stream<Path> all = Files.walk(directory)) {
            Map<String, String> files = new TreeMap<>();
            for (Path path : all.filter(Files::isRegularFile).toList()) {
                files.put(
                        directory.relativize(path).toString(),
                        Files.size(path) + " " + Files.getLastModifiedTime(path));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        catalogue.close();
        storage.close();
    }
}
