package org.imageserver.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whose the files are that this process makes. */
public final class Ownership {
    private static final Logger LOG = LoggerFactory.getLogger(Ownership.class);

    private Ownership() {}

    /**
     * Gives what was made to the owner of its directory: what root makes by a command, a server that runs as somebody else
     * must be able to read, change and remove. Others than root cannot do it, and where several users share a directory its
     * permissions decide.
     *
     * @return whether it is his
     * @throws IOException when owners cannot be found out
     */
    public static boolean inherit(Path made) throws IOException {
        Path directory = Objects.requireNonNull(made.toAbsolutePath().getParent());
        UserPrincipal owner = Files.getOwner(directory);
        if (owner.equals(Files.getOwner(made))) {
            return true;
        }
        try {
            Files.setOwner(made, owner);
            return true;
        } catch (FileSystemException e) {
            LOG.debug("{} cannot be given to {}", made, owner, e);
            return false;
        }
    }
}
