package org.imageserver.catalogue;

import static org.imageserver.catalogue.Lifecycle.accepted;
import static org.imageserver.catalogue.Lifecycle.disabled;
import static org.imageserver.catalogue.Lifecycle.with;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.ImageException.Reason;
import org.imageserver.catalogue.ImageException.Refused;
import org.imageserver.manifest.Manifest;
import org.imageserver.manifest.ManifestRules;

/**
 * Changes what is said of images that are there, and what never touches their files. Fails as {@link Publisher} does, and
 * returns the image as it is afterwards. Thread-safe.
 */
public final class Editor {
    private final Catalogue catalogue;
    private final ManifestRules rules;
    private final Admission admission;
    private final ChannelMoves moves;
    private final Changes changes;
    private final Icons icons;

    Editor(
            Catalogue catalogue,
            ManifestRules rules,
            Admission admission,
            ChannelMoves moves,
            Changes changes,
            Icons icons) {
        this.catalogue = catalogue;
        this.rules = rules;
        this.admission = admission;
        this.moves = moves;
        this.changes = changes;
        this.icons = icons;
    }

    /** Refuses whoever may not change this image, before anything is read from them. */
    public void checkMayChange(Target target) throws IOException {
        admission.own(target);
    }

    /** DisableImage and EnableImage: whether new machines may be made of it. Setting it again changes nothing. */
    public Image setDisabled(Target target, boolean isDisabled) throws IOException {
        return changes.change(target, current -> with(current, disabled(current.manifest(), isDisabled)));
    }

    /** UpdateImage: changes the fields that are named, and takes away those that are null. */
    public Image update(Target target, ObjectNode change) throws IOException {
        Principal principal = target.principal();
        return changes.change(target, current -> {
            Manifest changed = accepted(rules.forUpdate(current.manifest(), change, principal.isAdmin()));
            admission.checkOrigin(changed, principal);
            moves.check(current.manifest(), changed, principal);
            if (!principal.isAdmin()
                    && !changed.owner().equals(current.manifest().owner())) {
                throw new Refused(Reason.OPERATOR_ONLY, "only an admin may give an image to another owner");
            }
            return with(current, changed);
        });
    }

    /** ChannelAddImage: it is in this channel, too. */
    public Image addChannel(Target target, String channel) throws IOException {
        return changes.change(target, current -> {
            Manifest added = moves.added(current.manifest(), channel);
            moves.check(current.manifest(), added, target.principal());
            return with(current, added);
        });
    }

    /** AddImageAcl: more accounts may see the private image. */
    public Image addAcl(Target target, List<String> accounts) throws IOException {
        return changeAcl(target, acl -> acl.addAll(accounts));
    }

    /** RemoveImageAcl. */
    public Image removeAcl(Target target, List<String> accounts) throws IOException {
        return changeAcl(target, acl -> acl.removeAll(accounts));
    }

    private Image changeAcl(Target target, Function<Collection<String>, Boolean> edit) throws IOException {
        return changes.change(target, current -> {
            Set<String> acl = new LinkedHashSet<>(current.manifest().acl());
            if (!edit.apply(acl)) {
                return current;
            }
            ArrayNode json = JsonNodeFactory.instance.arrayNode();
            acl.forEach(json::add);
            return with(current, current.manifest().with("acl", json));
        });
    }

    /** AddImageIcon: also on an active image, since an icon is no part of what is installed. */
    public Image addIcon(Target target, IconUpload upload) throws IOException {
        admission.own(target);
        Icons.Received icon = icons.receive(upload);
        return changes.underLock(() -> {
            admission.own(target);
            icons.put(target.uuid(), icon);
            Image image = catalogue.refresh(target.uuid());
            catalogue.quarantine().release(target.uuid(), Part.ICON);
            return image;
        });
    }

    /** DeleteImageIcon. */
    public Image deleteIcon(Target target) throws IOException {
        return changes.underLock(() -> {
            admission.own(target);
            icons.delete(target.uuid());
            Image image = catalogue.refresh(target.uuid());
            catalogue.quarantine().release(target.uuid(), Part.ICON);
            return image;
        });
    }
}
