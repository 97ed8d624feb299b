package org.imageserver.http.web;

/**
 * A field of the form that makes a machine.
 *
 * @param name in the query
 * @param label for people
 * @param value as it was typed, or what it usually is
 * @param hint what belongs there
 * @param error what is wrong with the value; empty when nothing is
 * @param isNumber whether a keyboard for numbers helps
 */
record VmField(String name, String label, String value, String hint, String error, boolean isNumber) {
    /** What is shown of an error stands in an element of its own, which changes while one types. */
    String errorId() {
        return "vm-error-" + name;
    }
}
