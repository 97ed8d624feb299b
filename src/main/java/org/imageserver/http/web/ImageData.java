package org.imageserver.http.web;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the page of an image shows.
 *
 * @param row what every line about an image says
 * @param origin of this server, for commands
 * @param channel in which imgadm must look for it; empty where it finds it without
 * @param json the API's request for its manifest
 * @param edit where the visitor may change it; empty when he may not
 * @param description all of it
 * @param homepage where to read more; empty unless it is http or https
 * @param age "3 days ago"; empty when it never was published
 * @param kind what it is, in words
 * @param needs what it requires, a sentence; may be empty
 * @param facts about the file and its stream
 * @param check whether the file is what it should be; null when there is none
 * @param download how to get the file without imgadm; null when there is none
 * @param lineage what it is built on and what is built on it
 * @param versions of the same name, the newest first, without this one
 * @param moreVersions how many more there are
 * @param chart of its downloads
 * @param vm the form that makes a machine; null when the image makes none
 * @param manifest as JSON for people
 */
record ImageData(
        Row row,
        String origin,
        String channel,
        String json,
        String edit,
        String description,
        String homepage,
        String age,
        String kind,
        String needs,
        List<Fact> facts,
        @Nullable Check check,
        @Nullable Download download,
        Lineage.Node lineage,
        List<Row> versions,
        String moreVersions,
        BarChart chart,
        @Nullable VmForm vm,
        String manifest) {

    /**
     * One line of what is known.
     *
     * @param isExact whether people copy it: a checksum, an identifier
     */
    record Fact(String label, String value, boolean isExact) {}

    /**
     * What the verification has found.
     *
     * @param mark good, warn or bad, or empty
     * @param word for it
     * @param sentence what that means
     * @param problems in sentences
     */
    record Check(String mark, String word, String sentence, List<String> problems) {}

    /**
     * How to get the file with curl.
     *
     * @param target of the file
     * @param command that fetches it and compares its checksum
     * @param size in words
     */
    record Download(String target, String command, String size) {}

    /** Its command for imgadm. */
    String importCommand() {
        return "imgadm import " + (channel.isEmpty() ? "" : "-C " + channel + " ") + "-S " + origin + " " + row.uuid();
    }
}
