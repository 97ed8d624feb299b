package org.imageserver.remote;

/** Another server is not asked, since whoever asks was closed: to try again is of no use. */
public final class StoppedException extends RemoteException {
    /** Says of whom it is. */
    public StoppedException(String host) {
        super(host + " is not asked any more");
    }
}
