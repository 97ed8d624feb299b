package org.imageserver.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private static final List<String> ABOUT_ALL = List.of("help", "generate-completion");

    static Stream<String> commands() {
        return Main.commandLine().getSubcommands().keySet().stream().filter(name -> !ABOUT_ALL.contains(name));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void readsTheOptionsOfTheCommandThatIsMeant(String name) {
        CommandLine alone = Main.commandLine(name, "--help");

        assertThat(alone.getSubcommands()).containsOnlyKeys(name);
        assertThat(command(alone, name).getUsageMessage())
                .isEqualTo(command(Main.commandLine(), name).getUsageMessage());
    }

    @ParameterizedTest
    @MethodSource("commands")
    void callsACommandWhatItCallsItself(String name) {
        Object command = command(Main.commandLine(name), name).getCommand();

        assertThat(command.getClass().getAnnotation(CommandLine.Command.class).name())
                .isEqualTo(name);
    }

    private static CommandLine command(CommandLine line, String name) {
        return Objects.requireNonNull(line.getSubcommands().get(name));
    }

    @ParameterizedTest
    @ValueSource(strings = {"help", "generate-completion", "--help", "sreve"})
    void knowsThemAllWhereTheyAreAskedFor(String first) {
        assertThat(Main.commandLine(first).getSubcommands())
                .containsOnlyKeys(Main.commandLine().getSubcommands().keySet());
    }

    @Test
    void namesThemInTheOrderInWhichOneNeedsThem() {
        assertThat(Main.commandLine().getSubcommands().keySet())
                .startsWith("serve", "check-config")
                .endsWith("generate-completion", "help");
    }
}
