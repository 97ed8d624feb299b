package org.imageserver.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.imageserver.storage.Watch.Extent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root with more directories than one look in passing takes in. */
class LocalWatchTest {
    private static final int DIRECTORIES = 2 * LocalWatch.TURN + 10;

    @TempDir
    private Path directory;

    private Path root;
    private Watch watch;

    @BeforeEach
    void fill() throws IOException {
        root = Files.createDirectory(directory.resolve("root"));
        for (int number = 0; number < DIRECTORIES; number++) {
            write(name(number), "x");
        }
        watch = new LocalStorage(root).watch();
        assertThat(watch.look(Extent.EVERYTHING)).hasSize(DIRECTORIES);
    }

    private static String name(int number) {
        return "%05d".formatted(number);
    }

    private void write(String name, String content) throws IOException {
        Files.createDirectories(root.resolve(name));
        Files.write(root.resolve(name).resolve("file"), content.getBytes(UTF_8));
    }

    private Set<String> inPassing() throws IOException {
        return watch.look(Extent.IN_TURN).keySet();
    }

    @Test
    void seesWhatIsNewOrGoneAtOnce() throws IOException {
        write("new", "x");
        Files.delete(root.resolve(name(DIRECTORIES - 1)).resolve("file"));
        Files.delete(root.resolve(name(DIRECTORIES - 1)));
        var news = watch.look(Extent.IN_TURN);
        assertThat(news).containsOnlyKeys("new", name(DIRECTORIES - 1));
        assertThat(news.get("new")).hasSize(1);
        assertThat(news.get(name(DIRECTORIES - 1))).isEmpty();
        assertThat(inPassing()).isEmpty();
    }

    @Test
    void seesEveryEditWithinOneRoundAndTheNextInTheSamePlaceAtOnce() throws IOException {
        Set<String> edited = Set.of(name(0), name(LocalWatch.TURN), name(DIRECTORIES - 1));
        for (String name : edited) {
            write(name, "longer");
        }
        Set<String> seen = new HashSet<>();
        for (int look = 0; look < 3; look++) {
            seen.addAll(inPassing());
        }
        assertThat(seen).isEqualTo(edited);
        for (String name : edited) {
            write(name, "longer still");
        }
        assertThat(inPassing()).isEqualTo(edited);
        assertThat(inPassing()).isEmpty();
    }

    @Test
    void seesEverythingWhenAsked() throws IOException {
        write(name(1), "longer");
        write(name(DIRECTORIES - 1), "longer");
        assertThat(watch.look(Extent.EVERYTHING)).containsOnlyKeys(name(1), name(DIRECTORIES - 1));
    }

    @Test
    void aRootThatIsGoneIsNoDirectoriesThatAreGone() throws IOException {
        Path away = directory.resolve("away");
        Files.move(root, away);
        for (Extent extent : List.of(Extent.IN_TURN, Extent.EVERYTHING)) {
            assertThatThrownBy(() -> watch.look(extent)).isInstanceOf(NoSuchFileException.class);
        }
        Files.move(away, root);
        assertThat(watch.look(Extent.EVERYTHING)).isEmpty();
    }
}
