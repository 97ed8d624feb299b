package org.imageserver.mirror;

/** Passes on what several threads have to say, one after the other. */
final class OneAtATime implements Mirror.Watcher {
    private final Mirror.Watcher watcher;

    OneAtATime(Mirror.Watcher watcher) {
        this.watcher = watcher;
    }

    @Override
    public void begins(Listed image) {
        synchronized (watcher) {
            watcher.begins(image);
        }
    }

    @Override
    public void ended(Listed image, boolean isHere) {
        synchronized (watcher) {
            watcher.ended(image, isHere);
        }
    }

    @Override
    public void received(long bytes) {
        synchronized (watcher) {
            watcher.received(bytes);
        }
    }

    @Override
    public void done(String what) {
        synchronized (watcher) {
            watcher.done(what);
        }
    }

    @Override
    public void failed(String what) {
        synchronized (watcher) {
            watcher.failed(what);
        }
    }
}
