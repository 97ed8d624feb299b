package org.imageserver.http.imgapi;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Imports in the background, one at a time: two images on the same origin must not fetch it twice; and files that are
 * fetched while their clients wait, so that these can see how far it is. Kept in memory, the
 * newest {@value #KEPT} of them; a restart forgets them. Thread-safe.
 */
final class Jobs implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final int KEPT = 1000;
    private static final int WAITING = 100;

    private final ThreadPoolExecutor worker = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            Thread.ofPlatform().daemon().name("import-jobs").factory());
    private final Map<String, Job> jobs = new LinkedHashMap<>();

    /**
     * Puts a job at the end of the queue.
     *
     * @param work is given the job when its turn comes
     * @throws ApiException when the image is being imported already, or too many jobs wait
     */
    synchronized void submit(Job job, Consumer<Job> work) {
        for (Job other : jobs.values()) {
            if (other.imageUuid().equals(job.imageUuid()) && !other.execution().isOver()) {
                throw new ApiException(
                        ErrorCode.ImageUuidAlreadyExists,
                        "image " + job.imageUuid() + " is being imported already, by job " + other.uuid());
            }
        }
        try {
            worker.execute(() -> work.accept(job));
        } catch (RejectedExecutionException e) {
            LOG.debug("the queue of jobs is full", e);
            throw new ApiException(
                    ErrorCode.ServiceUnavailableError, WAITING + " imports are waiting already; try again later");
        }
        add(job);
    }

    /** Shows a job that somebody else does. */
    synchronized void add(Job job) {
        jobs.put(job.uuid(), job);
        forgetOldest();
    }

    private void forgetOldest() {
        Iterator<Job> oldest = jobs.values().iterator();
        while (jobs.size() > KEPT && oldest.hasNext()) {
            if (oldest.next().execution().isOver()) {
                oldest.remove();
            }
        }
    }

    synchronized Optional<Job> find(String uuid) {
        return Optional.ofNullable(jobs.get(uuid));
    }

    /** All jobs that are remembered, newest first. */
    synchronized List<Job> all() {
        return new ArrayList<>(jobs.values()).reversed();
    }

    /** The jobs of an image, newest first. */
    synchronized List<Job> ofImage(String imageUuid) {
        List<Job> found = new ArrayList<>(jobs.values());
        found.removeIf(job -> !job.imageUuid().equals(imageUuid));
        return found.reversed();
    }

    /**
     * Waits for the end of what runs, whose transfer is broken off by whoever closes the fetcher; what waits is never
     * begun. An interrupt would also keep it from removing the bytes that came so far.
     */
    @Override
    public void close() {
        worker.getQueue().clear();
        worker.shutdown();
        try {
            if (!worker.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn("an import does not end; a storage that hangs?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
