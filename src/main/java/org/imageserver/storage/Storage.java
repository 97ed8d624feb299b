package org.imageserver.storage;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Blobs (whole byte sequences) by name. This text is the contract and {@code StorageContract} is its
 * proof: every implementation extends that suite. Please keep the contract small; what can be built
 * on these operations belongs to their user.
 *
 * <p>Acknowledged means durable: when {@link PendingBlob#commit}, {@link #createIfAbsent} or
 * {@link #delete} has returned, its effect survives a crash of the machine. A blob is visible whole
 * or not at all, and a reader keeps the bytes that it opened.
 *
 * <p>What is <em>not</em> promised:
 * <ul>
 *   <li>Two blobs never change together. Write what is referred to first, and the blob that refers
 *       to it last.
 *   <li>{@link #list} is no snapshot: blobs that come or go during the call may or may not be in it.
 *       A blob that was there all the time is.
 *   <li>Of two commits under one key the later one stays; there is no compare-and-swap, because
 *       stores that claim one get it wrong. Only {@link #createIfAbsent} decides a race.
 *   <li>After an exception from a writing operation its effect is unknown: all of it or nothing.
 *   <li>{@code a} and {@code a/b} may exclude each other, as a file and a directory do.
 * </ul>
 *
 * <p>Implementations are safe for use by many threads, and by many processes on the same bytes.
 * Every operation may block on a disk or a network. An {@link IOException} names the key or the path
 * that it is about.
 */
public interface Storage extends AutoCloseable {

    /**
     * Opens a blob for reading; the caller closes it.
     *
     * @throws NoSuchBlobException when there is none under that key
     */
    StoredBlob open(BlobKey key) throws IOException;

    /** The same, but where it is kept, past all copies that are made to be read faster. */
    default StoredBlob openOriginal(BlobKey key) throws IOException {
        return open(key);
    }

    /** Describes a blob without opening it; empty when there is none. */
    Optional<BlobInfo> stat(BlobKey key) throws IOException;

    /**
     * Describes all blobs whose key begins with the prefix, sorted by key. The prefix is compared
     * as text and need not be a whole key: {@code ""} is everything, {@code "a/"} leaves out
     * {@code "ab/c"}. A hidden segment (one that begins with a dot) is left out unless the prefix
     * reaches into it: {@code ".state/"} lists what is in there. An implementation may leave out
     * keys of more than two segments and then says so.
     */
    List<BlobInfo> list(String prefix) throws IOException;

    /** Begins to follow what {@link #list} shows. */
    default Watch watch() {
        return new ListingWatch(this);
    }

    /** Removes a blob; returns false when there was none. Readers that have it open are not disturbed. */
    boolean delete(BlobKey key) throws IOException;

    /** Begins to write a blob, which appears when {@link PendingBlob#commit} is called; the caller closes it. */
    PendingBlob begin(BlobKey key) throws IOException;

    /**
     * Makes a small blob under a name that is free. Of any number of concurrent callers exactly one
     * gets true.
     *
     * @return false when there is a blob under that key already, which then is left as it is
     */
    boolean createIfAbsent(BlobKey key, byte[] bytes) throws IOException;

    /**
     * Does work whose first change depends on what it reads. Where other servers change the storage too, and one of them
     * is first, that change fails with an {@link OvertakenException}, the work must let it pass, and is begun again; what
     * it changes after its first change is not guarded. Work within work is part of it. A storage of one server does the
     * work, and leaves it to its user to do one thing at a time.
     */
    default <T> T decide(Decision<T> work) throws IOException {
        return work.run();
    }

    /** Work of {@link #decide}. */
    @FunctionalInterface
    interface Decision<T> {
        /** Reads, and then changes. May be called several times. */
        T run() throws IOException;
    }

    /**
     * Whether other servers change it too, in the usual course of things. Then a look at what is new is cheap, and whoever
     * decides or misses something looks first.
     */
    default boolean isShared() {
        return false;
    }

    /** What the bytes of a blob hash to, where the storage itself knows that. */
    default Optional<Checksums> checksums(BlobInfo blob) {
        return Optional.empty();
    }

    /** Where bytes wait that take longer to come than a process may live; empty where that is not possible. */
    default Optional<Partials> partials() {
        return Optional.empty();
    }

    /**
     * The bytes that may still be written, as far as can be told beforehand: others write too, and quotas are not
     * always seen. {@link Long#MAX_VALUE} where nothing is known.
     */
    long usableBytes() throws IOException;

    /** Releases what this object holds. Open and pending blobs are closed by whoever opened them. */
    @Override
    void close();
}
