package org.imageserver.storage.objects;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.imageserver.storage.BlobInfo;
import org.imageserver.storage.Storage;
import org.imageserver.storage.Watch;

/** Follows the log: a look is one small request, however many images there are. */
final class LogWatch implements Watch {
    private final ChangeLog log;
    private final Storage storage;
    private final News.Reader news;

    LogWatch(ChangeLog log, Storage storage) {
        this.log = log;
        this.storage = storage;
        this.news = log.news().newReader();
        log.namespace()
                .all()
                .forEach(named -> News.directory(named.info().key()).ifPresent(news::add));
    }

    @Override
    public synchronized Map<String, List<BlobInfo>> look(Extent extent) throws IOException {
        log.catchUp();
        Set<String> changed = news.take();
        Map<String, List<BlobInfo>> told = new HashMap<>();
        for (String directory : changed) {
            told.put(directory, storage.list(directory + "/"));
        }
        return told;
    }
}
