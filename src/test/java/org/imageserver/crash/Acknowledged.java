package org.imageserver.crash;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a child has said: what must be there now, and what may be, because it died while it was about it. */
record Acknowledged(Map<String, Known> images, Map<String, Known> withTheLastTry, int operations) {

    /** What is known of one image, by its name. An empty text stands for nothing. */
    record Known(String sha1, boolean isActive, String description, boolean hasIcon) {
        private static final Known CREATED = new Known("", false, "", false);
    }

    /** Understands the lines; the last one may be cut off. */
    static Acknowledged read(List<String> lines) {
        Map<String, Known> images = new TreeMap<>();
        Optional<String[]> tried = Optional.empty();
        int operations = 0;
        for (String line : lines) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "try" -> tried = Optional.of(words);
                case "done" -> {
                    apply(images, tried.orElseThrow());
                    tried = Optional.empty();
                    operations++;
                }
                default -> throw new IllegalStateException("the child says:\n" + String.join("\n", lines));
            }
        }
        Map<String, Known> attempted = new TreeMap<>(images);
        tried.ifPresent(words -> apply(attempted, words));
        return new Acknowledged(images, attempted, operations);
    }

    private static void apply(Map<String, Known> images, String[] words) {
        images.compute(words[1], (name, known) -> after(known, words));
    }

    private static @Nullable Known after(@Nullable Known before, String[] words) {
        Known known = before == null ? Known.CREATED : before;
        return switch (words[2]) {
            case "created" -> Known.CREATED;
            case "published" -> new Known(words[3], true, "", false);
            case "file" -> new Known(words[3], known.isActive(), known.description(), known.hasIcon());
            case "icon" -> new Known(known.sha1(), known.isActive(), known.description(), true);
            case "activated" -> new Known(known.sha1(), true, known.description(), known.hasIcon());
            case "described" -> new Known(known.sha1(), known.isActive(), words[3], known.hasIcon());
            case "deleted" -> null;
            default -> throw new IllegalStateException(String.join(" ", words));
        };
    }
}
