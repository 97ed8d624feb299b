package org.imageserver.auth;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.imageserver.auth.User.TokenHash;
import org.jspecify.annotations.Nullable;

/** The users file as text. Strict in reading: who guesses what an account may do guesses wrong one day. */
final class UsersJson {
    private static final Pattern BCRYPT = Pattern.compile("\\$2[aby]\\$[0-3][0-9]\\$[./A-Za-z0-9]{53}");
    private static final Set<String> FIELDS =
            Set.of("name", "uuid", "role", "created", "expires", "revoked", "token_id", "token_bcrypt");
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    private UsersJson() {}

    /** @throws UsersException saying which entry and field is wrong */
    static List<User> parse(byte[] bytes) throws UsersException {
        JsonNode accounts = root(bytes).path("accounts");
        if (!accounts.isArray()) {
            throw new UsersException("expected {\"accounts\": [...]}");
        }
        List<User> users = new ArrayList<>();
        Set<String> unique = new HashSet<>();
        for (JsonNode account : accounts) {
            User user = new Entry(account, users.size() + 1).read();
            if (!unique.add(user.name())) {
                throw new UsersException("there are two accounts \"" + user.name() + "\"");
            }
            users.add(user);
        }
        return List.copyOf(users);
    }

    private static JsonNode root(byte[] bytes) throws UsersException {
        try {
            return MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new UsersException(
                    "line " + e.getLocation().getLineNr() + ": not valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new UsersException("not valid JSON: " + e.getMessage());
        }
    }

    static byte[] print(Collection<User> users) throws IOException {
        ObjectNode root = MAPPER.createObjectNode();
        var accounts = root.putArray("accounts");
        for (User user : users) {
            ObjectNode account = accounts.addObject()
                    .put("name", user.name())
                    .put("uuid", user.uuid())
                    .put("role", nameOf(user.role()))
                    .put("created", user.created().toString());
            if (!user.expires().equals(User.NEVER)) {
                account.put("expires", user.expires().toString());
            }
            user.revoked().ifPresent(when -> account.put("revoked", when.toString()));
            user.token().ifPresent(token -> account.put("token_id", token.id()).put("token_bcrypt", token.bcrypt()));
        }
        return MAPPER.writeValueAsBytes(root);
    }

    private static String nameOf(Role role) {
        return role.name().toLowerCase(Locale.ROOT);
    }

    /** One account, by its place in the file. */
    private record Entry(JsonNode account, int number) {
        User read() throws UsersException {
            if (!account.isObject()) {
                throw new UsersException("account " + number + ": expected an object, {...}");
            }
            for (Iterator<String> names = account.fieldNames(); names.hasNext(); ) {
                String field = names.next();
                if (!FIELDS.contains(field)) {
                    throw wrong(field, "one of the known fields");
                }
            }
            return new User(
                    required("name", User.NAME, "a name such as \"alice\""),
                    required("uuid", User.UUID, "a lower-case UUID"),
                    role(),
                    time("created").orElseThrow(() -> wrong("created", "a time")),
                    time("expires").orElse(User.NEVER),
                    time("revoked"),
                    token());
        }

        private Role role() throws UsersException {
            String text = string("role").orElse("");
            return Arrays.stream(Role.values())
                    .filter(role -> nameOf(role).equals(text))
                    .findFirst()
                    .orElseThrow(() -> wrong("role", "reader, publisher or admin"));
        }

        private Optional<TokenHash> token() throws UsersException {
            if (!account.has("token_id") && !account.has("token_bcrypt")) {
                return Optional.empty();
            }
            return Optional.of(new TokenHash(
                    required("token_id", Pattern.compile("[0-9a-f]{16}"), "16 hexadecimal digits"),
                    required("token_bcrypt", BCRYPT, "a bcrypt hash")));
        }

        private String required(String field, Pattern form, String expected) throws UsersException {
            return string(field).filter(text -> form.matcher(text).matches()).orElseThrow(() -> wrong(field, expected));
        }

        private Optional<Instant> time(String field) throws UsersException {
            Optional<String> text = string(field);
            try {
                return text.map(Instant::parse);
            } catch (DateTimeException e) {
                throw wrong(field, "a time such as 2027-01-31T00:00:00Z");
            }
        }

        private Optional<String> string(String field) throws UsersException {
            @Nullable JsonNode value = account.get(field);
            if (value != null && !value.isTextual()) {
                throw wrong(field, "a string");
            }
            return Optional.ofNullable(value).map(JsonNode::textValue);
        }

        private UsersException wrong(String field, String expected) {
            return new UsersException("account " + number + ", \"" + field + "\": expected " + expected);
        }
    }
}
