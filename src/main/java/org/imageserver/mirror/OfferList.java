package org.imageserver.mirror;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.imageserver.catalogue.Sha1;
import org.imageserver.config.Settings.Source;
import org.imageserver.storage.BlobKey;
import org.imageserver.storage.NoSuchBlobException;
import org.imageserver.storage.PendingBlob;
import org.imageserver.storage.Storage;
import org.imageserver.storage.StoredBlob;

/**
 * A source's whole list on the disk, a manifest a line and its tag at the end: so it outlives a restart while the source
 * is down, and what is chosen of it can be read in a second pass without all of it ever being in memory. Used by one
 * thread at a time.
 */
final class OfferList {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int BUFFER = 64 * 1024;
    private static final int MAX_TIME = 64;

    private final Storage storage;
    private final BlobKey list;
    private final BlobKey asked;

    /** Names a list, which need not be there. */
    OfferList(Storage storage, Source source) {
        this.storage = storage;
        // What was taken without a signature is not what is wanted once one must be there.
        String known = String.join(
                " ", source.url(), source.channel().orElse(""), source.trust().orElse(""));
        String name = ".image-server/offers-"
                + Sha1.hex(known.getBytes(StandardCharsets.UTF_8)).substring(0, 12);
        this.list = BlobKey.parse(name + ".json");
        this.asked = BlobKey.parse(name + ".asked");
    }

    /**
     * What is on the disk.
     *
     * @param etag by which the list can be asked for again
     * @param asked when the source said last that this is its list
     */
    record Known(List<Listed> images, Optional<String> etag, Instant asked) {}

    /**
     * Reads what is there.
     *
     * @throws IOException when it is damaged or cannot be read
     */
    Optional<Known> read() throws IOException {
        List<Listed> images = new ArrayList<>();
        List<Optional<String>> etags = new ArrayList<>();
        Instant written;
        try (StoredBlob blob = storage.open(list)) {
            written = blob.info().modified();
        } catch (NoSuchBlobException e) {
            return Optional.empty();
        }
        forEach(line -> {
            Listed.of(line).ifPresent(images::add);
            if (line.has("end")) {
                etags.add(Optional.ofNullable(line.path("etag").textValue()));
            }
        });
        if (etags.size() != 1) {
            throw new IOException(list + " has no end");
        }
        return Optional.of(new Known(images, etags.getFirst(), asked().orElse(written)));
    }

    private Optional<Instant> asked() throws IOException {
        try (StoredBlob blob = storage.open(asked);
                InputStream text = blob.stream(0, MAX_TIME)) {
            return Optional.of(Instant.parse(new String(text.readAllBytes(), StandardCharsets.UTF_8)));
        } catch (NoSuchBlobException | DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Reads every manifest, and the line at the end, which has no uuid. */
    void forEach(Consumer<ObjectNode> reader) throws IOException {
        try (StoredBlob blob = storage.open(list);
                InputStream stream = blob.stream(0, Long.MAX_VALUE);
                MappingIterator<JsonNode> lines = JSON.readerFor(JsonNode.class).readValues(stream)) {
            while (lines.hasNextValue()) {
                if (lines.nextValue() instanceof ObjectNode line) {
                    reader.accept(line);
                }
            }
        }
    }

    /**
     * Asks the source for its list and keeps it; what was there stays if that fails.
     *
     * @param known the tag of the list that is there
     * @return empty when that is the list still
     */
    Optional<Upstream.Catalogue> update(Upstream upstream, Optional<String> known) throws IOException {
        try (Writer writer = new Writer()) {
            Optional<Upstream.Catalogue> there = upstream.list(known, writer);
            if (there.isPresent()) {
                writer.finish(there.get().etag());
            }
            return there;
        }
    }

    /** Remembers that the source was asked. */
    void confirmed(Instant time) throws IOException {
        try (PendingBlob pending = storage.begin(asked)) {
            pending.write(ByteBuffer.wrap(time.toString().getBytes(StandardCharsets.UTF_8)));
            pending.commit();
        }
    }

    /** Begins when a list comes: most answers have none, since nothing is new. */
    private final class Writer implements Upstream.Sink, AutoCloseable {
        private Optional<PendingBlob> pending = Optional.empty();
        private OutputStream out = OutputStream.nullOutputStream();

        @Override
        public void begin() throws IOException {
            close();
            PendingBlob begun = storage.begin(list);
            pending = Optional.of(begun);
            out = new BufferedOutputStream(Channels.newOutputStream(begun), BUFFER);
        }

        @Override
        public void take(JsonNode manifest) throws IOException {
            out.write(JSON.writeValueAsBytes(manifest));
            out.write('\n');
        }

        void finish(Optional<String> etag) throws IOException {
            ObjectNode end = JsonNodeFactory.instance.objectNode().put("end", true);
            etag.ifPresent(tag -> end.put("etag", tag));
            out.write(JSON.writeValueAsBytes(end));
            out.flush();
            pending.orElseThrow().commit();
        }

        @Override
        public void close() throws IOException {
            if (pending.isPresent()) {
                pending.get().close();
            }
        }
    }
}
