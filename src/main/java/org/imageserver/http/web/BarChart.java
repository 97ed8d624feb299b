package org.imageserver.http.web;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/**
 * A row of bars for a template to draw. The tallest has the whole height.
 *
 * @param title what it shows, for people who do not see it too
 * @param bars from left to right
 * @param most the tallest bar's amount in words
 * @param first the label of the left end
 * @param last the label of the right end
 * @param total all amounts together in words
 */
record BarChart(String title, List<Bar> bars, String most, String first, String last, String total) {
    /** Of the drawing, in its own units. */
    static final int WIDTH = 720;

    static final int HEIGHT = 120;

    /** One bar: where it stands, and what it says when one points at it. */
    record Bar(double x, double y, double width, double height, String text) {}

    /** An amount and what it is the amount of. */
    record Amount(String label, long value) {}

    /** Draws amounts, of which there is at least one. */
    static BarChart of(String title, List<Amount> amounts, LongFunction<String> inWords) {
        long most = amounts.stream().mapToLong(Amount::value).max().orElse(0);
        double step = (double) WIDTH / amounts.size();
        List<Bar> bars = new ArrayList<>();
        for (int index = 0; index < amounts.size(); index++) {
            Amount amount = amounts.get(index);
            double height = most == 0 ? 0 : (double) amount.value() * HEIGHT / most;
            bars.add(new Bar(
                    rounded(index * step + step * 0.1),
                    rounded(HEIGHT - height),
                    rounded(step * 0.8),
                    rounded(height),
                    amount.label() + ": " + inWords.apply(amount.value())));
        }
        return new BarChart(
                title,
                bars,
                inWords.apply(most),
                amounts.getFirst().label(),
                amounts.getLast().label(),
                inWords.apply(amounts.stream().mapToLong(Amount::value).sum()));
    }

    /** So that nobody sends sixteen digits for a pixel. */
    private static double rounded(double value) {
        return Math.round(value * 10) / 10.0;
    }

    boolean isEmpty() {
        return bars.stream().allMatch(bar -> bar.height() == 0);
    }
}
