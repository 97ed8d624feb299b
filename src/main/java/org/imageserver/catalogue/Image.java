package org.imageserver.catalogue;

import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.imageserver.auth.Principal;
import org.imageserver.manifest.State;
import org.imageserver.storage.BlobInfo;
import org.imageserver.zfs.Guid;
import org.jspecify.annotations.Nullable;

/**
 * One image of a snapshot: the facts that queries ask for, and its manifest rendered once. The manifest's JSON tree is
 * not kept: at 10,000 images it would be most of the memory. Immutable.
 *
 * @param uuid of the image
 * @param owner its owner's uuid
 * @param name such as base-64-lts
 * @param version such as 24.4.1
 * @param state of its life
 * @param isPublic whether everyone may see it
 * @param acl the accounts that see it although it is private
 * @param published when it was activated; the epoch when never
 * @param type zone-dataset, zvol ...
 * @param os smartos, linux ...
 * @param brand of the zones that it is for, such as lx or bhyve; empty when it says none
 * @param origin the image that it is an increment of
 * @param tags as text, for the {@code tag.KEY} filters
 * @param billingTags for the {@code billing_tag} filter
 * @param channels that it is in
 * @param json the manifest as IMGAPI serves it
 * @param descriptionIndex where in it the text of the description begins; 0 if there is none
 * @param v1 the manifest as it stands on disk when it is of version 1, for DSAPI
 * @param file its file, if it has one
 * @param icon its icon, if it has one
 * @param offer how its file is had that is not here; null for an image of this server's own
 */
public record Image(
        String uuid,
        String owner,
        String name,
        String version,
        State state,
        boolean isPublic,
        Set<String> acl,
        Instant published,
        String type,
        String os,
        String brand,
        Optional<String> origin,
        Map<String, String> tags,
        Set<String> billingTags,
        ChannelSet channels,
        Rendered json,
        int descriptionIndex,
        Optional<Rendered> v1,
        Optional<File> file,
        Optional<BlobInfo> icon,
        @Nullable Offer offer) {

    /** The order of ListImages: by date, images of the same date by uuid. */
    public static final Comparator<Image> OLDEST_FIRST =
            Comparator.comparing(Image::published).thenComparing(Image::uuid);

    /** The other order of ListImages; images of the same date stand by uuid here too. */
    public static final Comparator<Image> NEWEST_FIRST =
            Comparator.comparing(Image::published).reversed().thenComparing(Image::uuid);

    /** By name whatever the case, and of one name the newest first. */
    static final Comparator<Image> BY_NAME = Comparator.comparing(Image::name, String.CASE_INSENSITIVE_ORDER)
            .thenComparing(Image::name)
            .thenComparing(NEWEST_FIRST);

    /**
     * The file of an image.
     *
     * @param blob where its bytes are, and which version of them
     * @param sha1 in hex; absent until somebody said or computed it
     * @param path its name on disk as the manifest says it; null when the manifest names none
     * @param statedGuid of the snapshot in it, as the manifest says it; null when it does not
     */
    public record File(
            BlobInfo blob,
            Optional<String> sha1,
            @Nullable String path,
            @Nullable Guid statedGuid) {
        /** The guid of its snapshot as the manifest says it. */
        Optional<Guid> guid() {
            return Optional.ofNullable(statedGuid);
        }

        /** Bytes. */
        public long size() {
            return blob.size();
        }

        /** Which bytes on the disk these are: the same for images that share them. */
        public String version() {
            return blob.version();
        }
    }

    /**
     * Whether one may ask for it by uuid. To everyone, disabled images are visible too: an active image may be built on
     * one, and imgadm must be able to fetch its origins. An image that is not activated is its owner's business.
     */
    public boolean isVisibleTo(Principal principal) {
        boolean isOpen = isPublic && state.isActivated();
        return switch (principal) {
            case Principal.Anonymous anonymous -> isOpen;
            case Principal.Account account ->
                isOpen
                        || account.isAdmin()
                        || owner.equals(account.uuid())
                        || (state.isActivated() && acl.contains(account.uuid()));
        };
    }

    /** Whether another server has it and this one has not: it can be read, and its file is fetched when somebody wants it. */
    public boolean isOffered() {
        return offer != null;
    }

    /** The manifest as clients are shown it that know nothing of channels. */
    public Rendered jsonWithoutChannels() {
        return channels.names().isEmpty() ? json : new Rendered(channels.takenFrom(json.bytes()));
    }

    /** What it says of itself in words; looked up in its JSON, because it is rarely asked for. */
    public String description() {
        return new Description().of(this).text();
    }

    /** Its file and its icon, as far as they are here. */
    Stream<BlobInfo> blobs() {
        return isOffered() ? Stream.empty() : Stream.concat(file.map(File::blob).stream(), icon.stream());
    }

    /** Whether its file should be a ZFS send stream, going by its type; without a type it should. */
    public boolean isStream() {
        return type.isEmpty() || FileReceiver.STREAMS.contains(type);
    }

    /** Whether this account may change it. */
    public boolean isOwnedBy(Principal.Account account) {
        return !isOffered() && (account.isAdmin() || owner.equals(account.uuid()));
    }

    /** Whether lists show it to everyone. */
    public boolean isListed() {
        return isPublic && state == State.ACTIVE;
    }
}
