package org.imageserver.catalogue;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one look at the directory brought, for the log: each problem by itself; of a crowd of images only how many. */
final class ScanNews {
    private static final Logger LOG = LoggerFactory.getLogger(DirectoryScan.class);

    private static final int MOST_NEWS = 20;

    private final List<String> cameAndWent = new ArrayList<>();

    void served(Image image) {
        cameAndWent.add("now served: " + described(image));
    }

    void gone(Image image) {
        cameAndWent.add("no longer served: " + described(image));
    }

    /** A problem that was not there before; a temporary one may go by itself. */
    void problem(Problem problem, boolean isTemporary) {
        String verb = isTemporary ? "not served yet" : "not served";
        LOG.atWarn().addKeyValue("path", problem.path()).log("{}: {}", verb, problem);
    }

    void log() {
        if (cameAndWent.size() > MOST_NEWS) {
            LOG.info("{} images came or went", cameAndWent.size());
        } else {
            cameAndWent.forEach(LOG::info);
        }
    }

    private static String described(Image image) {
        return image.uuid() + " (" + image.name() + " " + image.version() + ")";
    }
}
