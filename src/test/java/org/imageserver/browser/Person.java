package org.imageserver.browser;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import org.imageserver.TestAccount;

/** What people do on several pages. */
final class Person {
    private Person() {}

    /** Signs in by the form and ends on the page of this path. */
    static void signIn(Page page, TestAccount account, String next) {
        page.navigate("/sign-in?next=" + next);
        fillIn(page, account.name(), account.token());
        page.waitForURL(next);
    }

    /** Fills the form of name and token in and sends it. */
    static void fillIn(Page page, String name, String token) {
        page.locator("#name").fill(name);
        page.locator("#token").fill(token);
        page.locator("#sign-in-token").getByRole(AriaRole.BUTTON).click();
    }
}
