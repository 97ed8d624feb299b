package org.imageserver.http.imgapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.imageserver.http.Rate;

/** One import in the background, or one file that is fetched, as clients see it while it runs and after. Thread-safe. */
final class Job {
    /** The states that the peer's workflow service has. */
    enum Execution {
        QUEUED,
        RUNNING,
        SUCCEEDED,
        FAILED;

        String jsonName() {
            return name().toLowerCase(Locale.ROOT);
        }

        boolean isOver() {
            return this == SUCCEEDED || this == FAILED;
        }
    }

    /** What became of one image: an empty error means that it was imported. */
    private record Step(String name, String error, Instant finished) {}

    private final String uuid = UUID.randomUUID().toString();
    private final String name;
    private final String imageUuid;
    private final String source;
    private final Instant created = Instant.now();
    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private final AtomicLong received = new AtomicLong();
    private final Rate rate = new Rate();
    private volatile long total;
    private volatile Execution execution = Execution.QUEUED;

    /** An import from the image server at that URL. */
    static Job ofImport(String imageUuid, String source) {
        return new Job("import-remote-image", imageUuid, source);
    }

    /** The fetching of a file from that host. */
    static Job ofFetch(String imageUuid, String host) {
        return new Job("fetch-image-file", imageUuid, host);
    }

    private Job(String name, String imageUuid, String source) {
        this.name = name;
        this.imageUuid = imageUuid;
        this.source = source;
    }

    String uuid() {
        return uuid;
    }

    String imageUuid() {
        return imageUuid;
    }

    Execution execution() {
        return execution;
    }

    void begin() {
        execution = Execution.RUNNING;
    }

    /** How many bytes the files of all its images have, as their sender says; 0 if it does not. */
    void expect(long bytes) {
        total = bytes;
    }

    /** So many bytes have come; negative at their end. */
    void received(int bytes) {
        received.addAndGet(Math.max(0, bytes));
        rate.add(Math.max(0, bytes));
    }

    void imported(String image) {
        steps.add(new Step("import " + image, "", Instant.now()));
    }

    void succeed() {
        execution = Execution.SUCCEEDED;
    }

    void fail(String what) {
        steps.add(new Step(name.replaceFirst("-.*", ""), what, Instant.now()));
        execution = Execution.FAILED;
    }

    /** As the peer's workflow service shows a job, with the progress added. */
    ObjectNode json() {
        // Looked at first: who sees that it is over must see every step.
        String state = execution.jsonName();
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("uuid", uuid)
                .put("name", name)
                .put("execution", state)
                .put("image_uuid", imageUuid)
                .put("created_at", created.toString());
        json.putObject("params").put("image_uuid", imageUuid).put("source", source);
        json.putObject("progress")
                .put("bytes", received.get())
                .put("total_bytes", total)
                .put("rate", rate.perSecond());
        ArrayNode results = json.putArray("chain_results");
        for (Step step : steps) {
            results.addObject()
                    .put("name", step.name())
                    .put("result", step.error().isEmpty() ? "OK" : "FAILED")
                    .put("error", step.error())
                    .put("finished_at", step.finished().toString());
        }
        return json;
    }
}
