package org.imageserver.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/** Where a bundle goes: a file that has its name when it is whole, or the standard output. */
final class BundleOutput implements AutoCloseable {
    private static final int BUFFER = 256 * 1024;

    private final FileOutputStream file;
    private final OutputStream stream;
    private final @Nullable Path aside;
    private final Path target;

    private BundleOutput(FileOutputStream file, @Nullable Path aside, Path target) {
        this.file = file;
        this.stream = new BufferedOutputStream(file, BUFFER);
        this.aside = aside;
        this.target = target;
    }

    /** Begins; the size is in bytes. */
    static BundleOutput open(Path target, long size) throws IOException {
        if (target.toString().equals("-")) {
            return new BundleOutput(new FileOutputStream(FileDescriptor.out), null, target);
        }
        Path aside = target.resolveSibling("." + target.getFileName() + ".part");
        long usable = Files.getFileStore(aside.toAbsolutePath().getParent()).getUsableSpace();
        if (size > usable) {
            throw new IOException(
                    "it would have " + size + " bytes, but there is room for " + usable + " where " + target + " goes");
        }
        return new BundleOutput(new FileOutputStream(aside.toFile()), aside, target);
    }

    OutputStream stream() {
        return stream;
    }

    /** All of it was written. */
    void commit() throws IOException {
        stream.flush();
        if (aside != null) {
            file.getFD().sync();
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    /** Takes away what is not whole. */
    @Override
    public void close() throws IOException {
        if (aside != null) {
            file.close();
            Files.deleteIfExists(aside);
        }
    }
}
