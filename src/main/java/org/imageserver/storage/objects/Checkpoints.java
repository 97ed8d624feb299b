package org.imageserver.storage.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.imageserver.storage.BlobInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All names after a change, gzipped, one JSON object a line: so that a start need not read the log from its beginning.
 * Any server may write one; the log stays the truth. Used by one thread at a time.
 */
final class Checkpoints {
    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final String PREFIX = "checkpoint/";

    /** Older ones than these are removed; a server that is just starting may still be reading the one before the last. */
    private static final int KEPT = 3;

    private final ObjectStore store;

    Checkpoints(ObjectStore store) {
        this.store = store;
    }

    private static String name(long number) {
        return String.format(Locale.ROOT, PREFIX + "%020d", number);
    }

    /**
     * Everything after a change; what happens later does not touch it.
     *
     * @param number of the change
     * @param names sorted
     * @param collected objects that may not be named any more, and since when
     */
    record State(long number, List<Named> names, Map<String, Instant> collected) {
        static State of(long number, Namespace namespace) {
            return new State(number, List.copyOf(namespace.all()), Map.copyOf(namespace.collected()));
        }
    }

    /**
     * Reads the newest one that can be read.
     *
     * @return the number of the last change that is in it; 0 when there is none
     * @throws NewerFormatException when a later version of this program wrote it
     * @throws StoreDownException when it cannot be read now
     */
    long load(Namespace into) throws IOException {
        for (ObjectStore.Listed listed : store.list(PREFIX).reversed()) {
            if (load(listed, into)) {
                return Long.parseLong(listed.name().substring(PREFIX.length()));
            }
        }
        return 0;
    }

    /** A damaged one is as good as none: the one before, and the log after it, say the same. */
    private boolean load(ObjectStore.Listed listed, Namespace into) throws IOException {
        Namespace read = new Namespace();
        try (InputStream bytes = new ObjectStream(store, listed.name(), 0, listed.size());
                BufferedReader lines =
                        new BufferedReader(new InputStreamReader(new GZIPInputStream(bytes), StandardCharsets.UTF_8))) {
            read(listed.name(), lines, read);
        } catch (NewerFormatException | StoreDownException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} in the object store is damaged; an older one is read", listed.name(), e);
            return false;
        }
        into.become(read);
        return true;
    }

    private static void read(String name, BufferedReader lines, Namespace into) throws IOException {
        JsonNode head = ChangeJson.JSON.readTree(lines.readLine());
        ChangeJson.checkVersion(name, head.required("v").intValue());
        for (Map.Entry<String, JsonNode> collected : head.required("collected").properties()) {
            into.collected()
                    .put(collected.getKey(), Instant.parse(collected.getValue().textValue()));
        }
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonNode json = ChangeJson.JSON.readTree(line);
            Change.Put put = ChangeJson.put(json);
            into.put(
                    new BlobInfo(
                            put.key(),
                            put.size(),
                            Instant.parse(json.required("modified").textValue()),
                            json.required("version").textValue()),
                    put.content());
        }
        long count = head.required("names").longValue();
        if (into.all().size() != count) {
            throw new IOException("it has " + into.all().size() + " names of " + count);
        }
    }

    /** Writes one, unless another server has, and removes old ones. */
    void write(State state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(bytes)) {
            ObjectNode head = JsonNodeFactory.instance.objectNode();
            head.put("v", ChangeJson.VERSION).put("names", state.names().size());
            ObjectNode collected = head.putObject("collected");
            state.collected().forEach((object, time) -> collected.put(object, time.toString()));
            writeLine(gzip, head);
            for (Named named : state.names()) {
                ObjectNode line = ChangeJson.put(
                        new Change.Put(named.info().key(), named.info().size(), named.content()));
                line.put("modified", named.info().modified().toString())
                        .put("version", named.info().version());
                writeLine(gzip, line);
            }
        }
        if (store.create(name(state.number()), bytes.toByteArray())) {
            List<String> all =
                    store.list(PREFIX).stream().map(ObjectStore.Listed::name).toList();
            store.delete(all.subList(0, Math.max(0, all.size() - KEPT)));
        }
    }

    private static void writeLine(OutputStream to, ObjectNode json) throws IOException {
        to.write(json.toString().getBytes(StandardCharsets.UTF_8));
        to.write('\n');
    }
}
