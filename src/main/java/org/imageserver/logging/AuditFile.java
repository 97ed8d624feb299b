package org.imageserver.logging;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.encoder.Encoder;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.imageserver.files.Ownership;
import org.slf4j.LoggerFactory;

/**
 * The file of the audit log: whole lines, and none that is lost without a word. What cannot be written, on a full disk for
 * one, goes to the rest of the log. Each line opens the file, so that one that was moved away is made anew. Only its owner
 * may read it and what is put aside of it. Thread-safe.
 */
final class AuditFile extends AppenderBase<ILoggingEvent> {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(AuditFile.class);
    private static final long MOST_BYTES = 10L << 20;
    private static final int MOST_FILES = 20;
    private static final Set<StandardOpenOption> APPENDING =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    private static final FileAttribute<?> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;
    private final Encoder<ILoggingEvent> encoder;
    private final Logger rest;
    private boolean isFailing;
    private CompletableFuture<Void> packing = CompletableFuture.completedFuture(null);

    /**
     * Names the file.
     *
     * @param rest where lines go that cannot be written
     */
    AuditFile(Path file, Encoder<ILoggingEvent> encoder, Logger rest) {
        this.file = file.toAbsolutePath();
        this.encoder = encoder;
        this.rest = rest;
    }

    /**
     * Makes the file and its directory.
     *
     * @throws IOException when it cannot be written
     */
    void prepare() throws IOException {
        isFailing = true;
        Files.createDirectories(file.getParent());
        open().close();
        isFailing = false;
    }

    @Override
    protected void append(ILoggingEvent event) {
        try {
            write(encoder.encode(event));
            isFailing = false;
        } catch (IOException e) {
            rest.callAppenders(event);
            if (!isFailing) {
                isFailing = true;
                LOG.warn("the audit log cannot be written to {}; it goes to this log instead: {}", file, e.toString());
            }
        }
    }

    private void write(byte[] line) throws IOException {
        if (Files.exists(file) && Files.size(file) + line.length > MOST_BYTES) {
            putAside();
        }
        try (FileChannel channel = open()) {
            long end = channel.size();
            try {
                ByteBuffer bytes = ByteBuffer.wrap(line);
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                withdraw(channel, end, e);
                throw e;
            }
        }
    }

    private FileChannel open() throws IOException {
        boolean isNew = Files.notExists(file);
        FileChannel channel = FileChannel.open(file, APPENDING, OWNER_ONLY);
        if (isNew && !Ownership.inherit(file)) {
            LOG.warn("{} is not its directory's owner's: can the server write to it?", file);
        }
        return channel;
    }

    /** Half a line would spoil the next one. */
    private static void withdraw(FileChannel channel, long end, IOException failure) {
        try {
            channel.truncate(end);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /** It is the first of the older ones then, packed beside whoever waits for his line. */
    private void putAside() throws IOException {
        packing.join();
        for (int number = MOST_FILES - 1; number > 0; number--) {
            move(older(number, ""), older(number + 1, ""));
            move(older(number, ".gz"), older(number + 1, ".gz"));
        }
        Path first = older(1, "");
        move(file, first);
        packing = CompletableFuture.runAsync(() -> pack(first));
    }

    private Path older(int number, String suffix) {
        return file.resolveSibling(file.getFileName() + "." + number + suffix);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (NoSuchFileException e) {
            LOG.trace("there is no {}", from, e);
        }
    }

    /** One that cannot be packed stays as it is, and is told by the same name. */
    private static void pack(Path plain) {
        Path packed = plain.resolveSibling(plain.getFileName() + ".gz");
        Path aside = plain.resolveSibling("." + packed.getFileName());
        try {
            Files.deleteIfExists(aside);
            Files.createFile(aside, OWNER_ONLY);
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(aside))) {
                Files.copy(plain, out);
            }
            Files.move(aside, packed, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(plain);
        } catch (IOException e) {
            LOG.warn("{} stays as it is, and is not packed: {}", plain, e.toString());
        }
    }
}
