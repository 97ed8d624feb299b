package org.imageserver.cli;

import java.lang.reflect.Proxy;

/**
 * What the operating system's signals mean: TERM and INT stop, HUP looks at the directory again.
 *
 * <p>{@code sun.misc.Signal} is the only way that Java has (a shutdown hook could neither hear HUP nor make the exit
 * code 0). It is called by reflection, because the compiler warns of it in a way that cannot be switched off.
 */
final class Signals {
    private Signals() {}

    static void onStop(Runnable action) {
        on("TERM", action);
        on("INT", action);
    }

    /** Also when the terminal or the ssh session goes away. */
    static void onStopOrHangUp(Runnable action) {
        onStop(action);
        on("HUP", action);
    }

    static void onReload(Runnable action) {
        on("HUP", action);
    }

    /** Sends this process what stops it. */
    static void raiseStop() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            signal.getMethod("raise", signal)
                    .invoke(null, signal.getConstructor(String.class).newInstance("TERM"));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot send the signal TERM", e);
        }
    }

    private static void on(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object calling = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), calling);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot hear the signal " + name, e);
        }
    }
}
