package org.imageserver.cli.doctor;

/**
 * What was looked at, and what came of it.
 *
 * @param what in one line
 * @param fix what to do; empty when there is nothing to do
 */
public record Finding(Grade grade, String what, String fix) {
    /** How bad it is. */
    public enum Grade {
        FINE("ok"),
        WARNING("warn"),
        BROKEN("FAIL");

        private final String word;

        Grade(String word) {
            this.word = word;
        }

        /** As it is printed, in four columns. */
        public String word() {
            return word;
        }
    }

    /** Nothing to do. */
    static Finding fine(String what) {
        return new Finding(Grade.FINE, what, "");
    }

    /** It works, but not for ever or not for everyone. */
    static Finding warning(String what, String fix) {
        return new Finding(Grade.WARNING, what, fix);
    }

    /** It does not work. */
    static Finding broken(String what, String fix) {
        return new Finding(Grade.BROKEN, what, fix);
    }
}
