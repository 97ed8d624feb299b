package org.imageserver.catalogue;

/**
 * Why something in the directory is not served.
 *
 * @param path relative to the directory
 * @param reason a sentence for the operator: what is wrong and what to do
 */
public record Problem(String path, String reason) implements Comparable<Problem> {
    @Override
    public int compareTo(Problem other) {
        int byPath = path.compareTo(other.path);
        return byPath != 0 ? byPath : reason.compareTo(other.reason);
    }

    @Override
    public String toString() {
        return path + ": " + reason;
    }
}
