package org.imageserver.zfs;

/** What kind of dataset a stream makes (dmu.h, {@code dmu_objset_type_t}). */
public enum ObjectSetType {
    /** The header of a package belongs to no dataset. */
    NONE,
    META,
    FILESYSTEM,
    VOLUME,
    /** Any number that is none of the others. */
    OTHER;

    private static final ObjectSetType[] ALL = values();

    static ObjectSetType of(long number) {
        return number < ALL.length ? ALL[(int) number] : OTHER;
    }
}
