package org.imageserver.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.stream.Collectors;

/** Values as JavaScript's {@code String(v)} shows them: the peer compares tags by that text and puts it in messages. */
final class JavaScriptText {
    private JavaScriptText() {}

    static String of(JsonNode value) {
        return switch (value.getNodeType()) {
            case NUMBER -> ofNumber(value.doubleValue());
            case ARRAY -> value.valueStream().map(JavaScriptText::ofElement).collect(Collectors.joining(","));
            case OBJECT, POJO -> "[object Object]";
            case STRING, BOOLEAN, NULL, MISSING, BINARY -> value.asText();
        };
    }

    private static String ofElement(JsonNode element) {
        return element.isNull() ? "" : of(element);
    }

    /** Number::toString of ECMAScript: shortest digits, plain between 1e-7 and 1e21, else with an exponent. */
    private static String ofNumber(double number) {
        if (number == 0) {
            return "0";
        }
        if (Double.isInfinite(number)) {
            return number > 0 ? "Infinity" : "-Infinity";
        }
        BigDecimal shortest = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        int pointAfter = shortest.precision() - shortest.scale();
        if (pointAfter > -6 && pointAfter <= 21) {
            return shortest.toPlainString();
        }
        String digits = shortest.unscaledValue().abs().toString();
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        int exponent = pointAfter - 1;
        return (number < 0 ? "-" : "") + digits.charAt(0) + fraction + "e" + (exponent < 0 ? "" : "+") + exponent;
    }
}
