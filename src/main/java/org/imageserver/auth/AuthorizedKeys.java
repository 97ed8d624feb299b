package org.imageserver.auth;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The ssh keys of accounts: a directory of {@code NAME.keys} files, each of which is an {@code authorized_keys} file.
 * Read when made and on {@link #reload()}; a line that cannot be used is skipped with a warning. Whether NAME is an
 * account is not known here. Thread-safe.
 */
public final class AuthorizedKeys {
    private static final Logger LOG = LoggerFactory.getLogger(AuthorizedKeys.class);
    private static final String SUFFIX = ".keys";

    /** A word of a line; blanks within quotes belong to it, as in {@code command="a b"}. */
    private static final Pattern WORD = Pattern.compile("(?:[^\\s\"]++|\"(?:[^\"\\\\]++|\\\\.)*+\"|\")++");

    private static final Pattern TYPE = Pattern.compile("(?:ssh-|ecdsa-|sk-)[A-Za-z0-9@.-]+");

    /** Options that narrow a key down, which sshd keeps and this server could not: such a key must not do more. */
    private static final Pattern NARROWING =
            Pattern.compile("(?:.*,)?(cert-authority|from=|expiry-time=).*", Pattern.CASE_INSENSITIVE);

    private final Path directory;
    private volatile Map<String, List<SshPublicKey>> keys = Map.of();

    /**
     * What a look at the directory found.
     *
     * @param keys how many keys can be used
     * @param problems one sentence for each line or file that cannot: file, line, reason
     */
    public record Loaded(int keys, List<String> problems) {}

    /** Reads the directory, which need not be there. */
    public AuthorizedKeys(Path directory) {
        this.directory = directory;
        reload();
    }

    /** Reads the directory again. Keys that are gone from it count no more. */
    public Loaded reload() {
        Map<String, List<SshPublicKey>> found = new HashMap<>();
        List<String> problems = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + SUFFIX)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                found.put(name.substring(0, name.length() - SUFFIX.length()), read(file, problems));
            }
        } catch (NoSuchFileException e) {
            LOG.debug("no directory of keys at {}", directory);
        } catch (NotDirectoryException e) {
            problems.add(directory + ": is no directory");
        } catch (IOException e) {
            problems.add(directory + ": cannot be read: " + e.getMessage());
        }
        keys = Map.copyOf(found);
        problems.forEach(problem -> LOG.warn("skipped {}", problem));
        return new Loaded(found.values().stream().mapToInt(List::size).sum(), List.copyOf(problems));
    }

    /** The keys of that name; none for a name without a file. */
    List<SshPublicKey> of(String name) {
        return keys.getOrDefault(name, List.of());
    }

    private static List<SshPublicKey> read(Path file, List<String> problems) {
        List<String> lines;
        try {
            // Latin-1 takes every byte: a comment in another encoding is no reason to refuse its key.
            lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            problems.add(file + ": cannot be read: " + e.getMessage());
            return List.of();
        }
        List<SshPublicKey> found = new ArrayList<>();
        for (int number = 1; number <= lines.size(); number++) {
            String line = lines.get(number - 1).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                found.add(parse(line));
            } catch (InvalidKeyException e) {
                problems.add(file + " line " + number + ": " + e.getMessage());
            }
        }
        return List.copyOf(found);
    }

    private static SshPublicKey parse(String line) throws InvalidKeyException {
        Matcher words = WORD.matcher(line);
        String options = "";
        while (words.find()) {
            String word = words.group();
            if (TYPE.matcher(word).matches()) {
                refuseNarrowed(options);
                if (!words.find()) {
                    throw new InvalidKeyException("no key after " + word);
                }
                return SshPublicKey.parse(word, words.group());
            }
            if (!options.isEmpty()) {
                break;
            }
            options = word;
        }
        throw new InvalidKeyException("no ssh public key; expected a line such as \"ssh-ed25519 AAAA... comment\"");
    }

    private static void refuseNarrowed(String options) throws InvalidKeyException {
        // What stands in quotes is a value, which may look like an option.
        Matcher narrowing = NARROWING.matcher(options.replaceAll("\"[^\"]*\"", ""));
        if (narrowing.matches()) {
            throw new InvalidKeyException("its option " + narrowing.group(1).toLowerCase(Locale.ROOT)
                    + " cannot be kept here, so the key is not used");
        }
    }
}
