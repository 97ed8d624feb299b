package org.imageserver.browser;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test its {@link Visitors}, in the one browser of all tests, and ends them before the server does. */
final class InBrowser implements ParameterResolver, AfterTestExecutionCallback {
    private static final Namespace OURS = Namespace.create(InBrowser.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext test) {
        return parameter.getParameter().getType() == Visitors.class;
    }

    @Override
    public Visitors resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Chromium chromium =
                test.getRoot().getStore(OURS).computeIfAbsent(Chromium.class, key -> Chromium.start(), Chromium.class);
        return test.getStore(OURS)
                .computeIfAbsent(Visitors.class, key -> new Visitors(chromium.browser()), Visitors.class);
    }

    @Override
    public void afterTestExecution(ExtensionContext test) {
        Visitors visitors = test.getStore(OURS).get(Visitors.class, Visitors.class);
        if (visitors == null) {
            return;
        }
        if (test.getExecutionException().isPresent()) {
            visitors.photograph(test.getRequiredTestClass().getSimpleName() + "." + test.getDisplayName());
            visitors.leave();
        } else {
            visitors.leave();
            visitors.assertNoTroubles();
        }
    }
}
