package org.imageserver.browser;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What no page may do: say an error or a warning to the console (violations of the content security policy are such),
 * throw, ask another host for anything, get an answer of 500 or more, open a dialog that nobody expects.
 */
final class Troubles {
    private static final Set<String> SERIOUS = Set.of("error", "warning");

    private final List<String> found = new ArrayList<>();
    private final List<List<String>> expected = new ArrayList<>();

    /** Listens to all pages of a visitor, who knows one address. */
    void watch(BrowserContext visitor, String address) {
        visitor.onConsoleMessage(this::console);
        visitor.onWebError(error -> found.add("page error: " + error.error()));
        visitor.onRequest(request -> {
            if (isElsewhere(request.url(), address)) {
                found.add("request to another host: " + request.url());
            }
        });
        visitor.onResponse(response -> {
            if (response.status() >= 500) {
                found.add("answer " + response.status() + ": " + response.url());
            }
        });
        visitor.onDialog(dialog -> {
            found.add("dialog " + dialog.type() + ": " + dialog.message());
            dialog.dismiss();
        });
    }

    private void console(ConsoleMessage message) {
        if (SERIOUS.contains(message.type())) {
            found.add("console " + message.type() + ": " + message.text() + " at " + message.location());
        }
    }

    private static boolean isElsewhere(String url, String address) {
        return !url.startsWith(address + "/") && !url.startsWith("data:") && !url.startsWith("blob:" + address + "/");
    }

    /** Counts what contains one of these parts as wanted. */
    void expect(List<String> parts) {
        expected.add(parts);
    }

    /** What came and nobody expected. */
    List<String> unexpected() {
        return found.stream()
                .filter(trouble -> expected.stream().noneMatch(parts -> isOneOf(parts, trouble)))
                .toList();
    }

    /** What somebody expected and did not come. */
    List<List<String>> missed() {
        return expected.stream()
                .filter(parts -> found.stream().noneMatch(trouble -> isOneOf(parts, trouble)))
                .toList();
    }

    private static boolean isOneOf(List<String> parts, String trouble) {
        return parts.stream().anyMatch(trouble::contains);
    }
}
