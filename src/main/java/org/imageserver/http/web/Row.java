package org.imageserver.http.web;

import java.util.function.ToLongFunction;
import org.imageserver.catalogue.Image;
import org.imageserver.manifest.State;

/**
 * A line about an image, as text.
 *
 * @param name of the image
 * @param nameTarget the page of its name
 * @param target the page of the image
 * @param version of the image
 * @param others "12 versions" of the same name, among those that the list is about; empty for one
 * @param uuid of the image
 * @param description the first line of it
 * @param os as the manifest says it
 * @param type as the manifest says it
 * @param day of publishing, in UTC
 * @param published the same to the second
 * @param size of its file
 * @param downloads so far
 * @param state when it is not active, else empty
 * @param isPrivate whether not everyone may see it
 * @param icon the address of its icon, or empty
 */
record Row(
        String name,
        String nameTarget,
        String target,
        String version,
        String others,
        String uuid,
        String description,
        String os,
        String type,
        String day,
        String published,
        String size,
        String downloads,
        String state,
        boolean isPrivate,
        String icon) {
    private static final int LONGEST_DESCRIPTION = 200;

    /** The line of an image that stands for itself, or for several versions. */
    static Row of(Selection.Entry entry, ToLongFunction<String> counted) {
        Image image = entry.newest();
        int versions = entry.images().size();
        return new Row(
                image.name(),
                Address.ofName(image.name()),
                Address.ofImage(image.uuid()),
                image.version(),
                versions > 1 ? Wording.plural(versions, "version") : "",
                image.uuid(),
                shortened(image.description()),
                image.os(),
                image.type(),
                Wording.day(image.published()),
                image.published().toString(),
                image.file().map(file -> Wording.size(file.size())).orElse(""),
                Wording.count(entry.downloads(counted)),
                image.state() == State.ACTIVE ? "" : image.state().jsonName(),
                !image.isPublic(),
                image.icon().isPresent() ? Address.ofApi(image, "/icon") : "");
    }

    /** What stands for it where it has no icon. */
    String initial() {
        return name.isEmpty() ? "" : name.substring(0, name.offsetByCodePoints(0, 1));
    }

    private static String shortened(String description) {
        String line = description.strip().lines().findFirst().orElse("");
        if (line.length() <= LONGEST_DESCRIPTION) {
            return line;
        }
        // Not between the halves of a character.
        return line.substring(0, line.offsetByCodePoints(0, line.codePointCount(0, LONGEST_DESCRIPTION))) + "…";
    }
}
