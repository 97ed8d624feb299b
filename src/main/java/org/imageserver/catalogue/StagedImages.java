package org.imageserver.catalogue;

import static org.imageserver.catalogue.Lifecycle.accepted;
import static org.imageserver.catalogue.Lifecycle.disabled;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SequencedMap;
import org.imageserver.auth.Principal.Account;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.zfs.StreamPolicy;
import org.jspecify.annotations.Nullable;

/**
 * Images that were made elsewhere and are to appear together. Each is received, verified and made durable aside; nothing
 * is to be seen before {@link #publish}, and closing without it leaves nothing. Used by one thread.
 */
public final class StagedImages implements AutoCloseable {
    /** Of all icons together; they are kept in memory. */
    private static final int MAX_ICON_BYTES = 8 * 1024 * 1024;

    private final Account account;
    private final Publisher publisher;
    private final Editor editor;
    private final ManifestRules rules;
    private final FileReceiver files;
    private final Admission admission;
    private final ChannelMoves moves;
    private final SequencedMap<String, Staged> images = new LinkedHashMap<>();
    private int iconBytes;

    private record Staged(
            Manifest manifest, ReceivedFile file, @Nullable IconUpload icon) {}

    StagedImages(
            Account account,
            Publisher publisher,
            Editor editor,
            ManifestRules rules,
            FileReceiver files,
            Admission admission,
            ChannelMoves moves) {
        this.account = account;
        this.publisher = publisher;
        this.editor = editor;
        this.rules = rules;
        this.files = files;
        this.admission = admission;
        this.moves = moves;
    }

    /**
     * Receives an image; one that it builds on is there, or was received before. It keeps its uuid, its date and whether
     * it is disabled.
     *
     * @throws ImageException for what is refused
     * @throws IOException when the sender breaks off or the storage fails
     */
    public void receive(String uuid, ObjectNode body, FileUpload upload) throws IOException {
        files.checkAnnounced(upload);
        Manifest manifest = moves.placed(accepted(rules.forImport(body, uuid, account.uuid())), Author.of(account));
        if (body.path("disabled").asBoolean()) {
            manifest = disabled(manifest, true);
        }
        ReceivedFile received =
                files.receive(uuid, Optional.ofNullable(manifest.type()), upload, origin(manifest.origin()));
        images.put(uuid, new Staged(manifest, received, null));
    }

    private StreamPolicy.Origin origin(@Nullable String uuid) throws IOException {
        Staged staged = uuid == null ? null : images.get(uuid);
        return staged == null
                ? admission.origin(uuid, account)
                : Admission.asOrigin(staged.file().named(staged.manifest()).manifest());
    }

    /** Adds the icon of the image that was received last. */
    public void addIcon(byte[] bytes, String contentType) {
        iconBytes += bytes.length;
        if (iconBytes > MAX_ICON_BYTES) {
            throw new Refused(Reason.BAD_UPLOAD, "the icons of all images together exceed 8 MiB");
        }
        images.computeIfPresent(
                images.lastEntry().getKey(),
                (uuid, last) -> new Staged(last.manifest(), last.file(), icon(bytes, contentType)));
    }

    /**
     * Makes the images appear, one after the other in the order in which they came.
     *
     * @return the uuids of those that appeared; the others were published by somebody else meanwhile
     * @throws IOException when the storage fails; those before are there, and whole
     */
    public List<String> publish() throws IOException {
        for (Staged image : images.values()) {
            image.file().checkIsThere();
        }
        List<String> published = new ArrayList<>();
        for (Staged image : images.values()) {
            try {
                publisher.addActive(account, image.manifest(), image.file());
            } catch (Refused e) {
                if (e.reason() == Reason.UUID_EXISTS) {
                    continue;
                }
                throw e;
            }
            IconUpload icon = image.icon();
            if (icon != null) {
                editor.addIcon(Target.of(account, image.manifest().uuid()), icon);
            }
            published.add(image.manifest().uuid());
        }
        return published;
    }

    private static IconUpload icon(byte[] bytes, String contentType) {
        return new IconUpload(
                Channels.newChannel(new ByteArrayInputStream(bytes)),
                OptionalLong.of(bytes.length),
                Optional.of(contentType),
                Optional.empty());
    }

    @Override
    public void close() {
        images.values().forEach(image -> image.file().close());
    }
}
