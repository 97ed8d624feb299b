package org.imageserver.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The files at the root of the project that are for people. Tests run there. */
final class Documents {
    static final Path ROOT = Path.of("").toAbsolutePath();

    private Documents() {}

    static String read(String name) {
        try {
            return Files.readString(ROOT.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every page, relative to the root. */
    static List<String> pages() {
        return Stream.of(".", "docs", "dist").flatMap(Documents::pagesIn).toList();
    }

    private static Stream<String> pagesIn(String directory) {
        try (Stream<Path> files = Files.list(ROOT.resolve(directory))) {
            return files
                    .map(file -> ROOT.relativize(file.normalize()).toString())
                    .filter(name -> name.endsWith(".md"))
                    .sorted()
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
