package org.imageserver.catalogue;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.manifest.State;
import org.imageserver.manifest.Uuid;

/**
 * The filter language of ListImages (IMGAPI): which images, in which order, from where, how many. Immutable.
 *
 * <p>To add a filter: a line in {@link #filters}. Parameters that are not known are ignored, as the peer does.
 */
public final class ImageQuery {
    /** The most that an explicit limit gives (sdc-imgapi's documentation); without a limit there is none. */
    static final int MAX_LIMIT = 1000;

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,15}(\\.[0-9]*)?");
    private static final Set<String> SHOWING_ACTIVE = Set.of("", "active", "all");
    private static final String TAG = "tag.";

    private enum Order {
        OLDEST_FIRST,
        NEWEST_FIRST;

        Comparator<Image> comparator() {
            return switch (this) {
                case OLDEST_FIRST -> Image.OLDEST_FIRST;
                case NEWEST_FIRST -> Image.NEWEST_FIRST;
            };
        }
    }

    private final Predicate<Image> states;
    private final Predicate<Image> filter;
    private final Order order;
    private final Optional<String> marker;
    private final long limit;
    private final boolean isEverything;

    private ImageQuery(
            Predicate<Image> states,
            Predicate<Image> filter,
            Order order,
            Optional<String> marker,
            long limit,
            boolean isEverything) {
        this.states = states;
        this.filter = filter;
        this.order = order;
        this.marker = marker;
        this.limit = limit;
        this.isEverything = isEverything;
    }

    /**
     * Reads the parameters of a query.
     *
     * @throws ImageException.Refused naming the first that cannot be used
     */
    public static ImageQuery of(Map<String, String> parameters) {
        List<Predicate<Image>> filters = filters(parameters);
        Order order = order(parameters.getOrDefault("sort", ""));
        Optional<String> marker = Optional.ofNullable(parameters.get("marker")).filter(text -> !text.isEmpty());
        marker.ifPresent(ImageQuery::checkMarker);
        long limit = limit(parameters.getOrDefault("limit", ""));
        String state = parameters.getOrDefault("state", "");
        boolean isEverything = filters.isEmpty()
                && SHOWING_ACTIVE.contains(state)
                && order == Order.OLDEST_FIRST
                && marker.isEmpty()
                && limit == Long.MAX_VALUE;
        Predicate<Image> all = filters.stream().reduce(image -> true, Predicate::and);
        return new ImageQuery(states(state), all, order, marker, limit, isEverything);
    }

    /** Whether everyone's answer is the snapshot's whole list, which is rendered already. */
    public boolean isEverything() {
        return isEverything;
    }

    /**
     * The images that match, among those of a channel that the principal may see. Without a state in the query, and to everyone who
     * brings no credential, only active ones.
     *
     * @throws ImageException.NotFound when the marker is the uuid of no image
     */
    public List<Image> run(Snapshot snapshot, Principal principal, ChannelScope scope) {
        Predicate<Image> wanted = visible(principal)
                .and(scope::has)
                .and(states)
                .and(filter)
                .and(marker.map(text -> from(text, snapshot, principal)).orElse(image -> true));
        List<Image> all = snapshot.images();
        if (order == Order.NEWEST_FIRST) {
            all = all.stream().filter(wanted).sorted(order.comparator()).toList();
        }
        List<Image> found = new ArrayList<>();
        for (int index = 0; index < all.size() && found.size() < limit; index++) {
            if (wanted.test(all.get(index))) {
                found.add(all.get(index));
            }
        }
        return found;
    }

    private static Predicate<Image> visible(Principal principal) {
        return switch (principal) {
            case Principal.Anonymous anonymous -> Image::isListed;
            case Principal.Account account -> image -> image.isVisibleTo(account);
        };
    }

    private static List<Predicate<Image>> filters(Map<String, String> parameters) {
        List<Predicate<Image>> filters = new ArrayList<>();
        parameters.forEach((name, value) -> {
            switch (name) {
                case "name" -> filters.add(text(Image::name, value));
                case "version" -> filters.add(text(Image::version, value));
                case "os" -> filters.add(choice(Image::os, value));
                case "type" -> filters.add(choice(Image::type, value));
                case "owner" -> filters.add(image -> image.owner().equals(value));
                case "public" -> isPublic(value).ifPresent(filters::add);
                case "account" -> account(value).ifPresent(filters::add);
                case "billing_tag" -> filters.add(image -> image.billingTags().containsAll(values(value)));
                default -> {
                    if (name.startsWith(TAG)) {
                        String key = name.substring(TAG.length());
                        filters.add(image -> value.equals(image.tags().get(key)));
                    }
                }
            }
        });
        return filters;
    }

    /** {@code name=base} is the whole text, {@code name=~base} a part of it; both mind the case. */
    private static Predicate<Image> text(Function<Image, String> field, String value) {
        if (value.startsWith("~")) {
            String part = value.substring(1);
            return image -> field.apply(image).contains(part);
        }
        return image -> field.apply(image).equals(value);
    }

    /** {@code os=linux} is that one, {@code os=!linux} any other. */
    private static Predicate<Image> choice(Function<Image, String> field, String value) {
        if (value.startsWith("!")) {
            String other = value.substring(1);
            return image -> !field.apply(image).equals(other);
        }
        return image -> field.apply(image).equals(value);
    }

    private static Optional<Predicate<Image>> isPublic(String value) {
        return switch (value) {
            case "" -> Optional.empty();
            case "true" -> Optional.of(Image::isPublic);
            case "false" -> Optional.of(image -> !image.isPublic());
            default ->
                throw ImageException.Refused.parameter(
                        "public", "invalid value for \"public\" param: \"" + value + "\" is not a boolean");
        };
    }

    /** For Triton's cloudapi, which asks on behalf of an account: only what that account may see. */
    private static Optional<Predicate<Image>> account(String value) {
        Principal account = new Principal.Account("", value, Role.READER);
        return Uuid.isUuid(value) ? Optional.of(image -> image.isVisibleTo(account)) : Optional.empty();
    }

    private static Predicate<Image> states(String value) {
        if (value.equals("all")) {
            return image -> true;
        }
        State state = value.isEmpty()
                ? State.ACTIVE
                : State.named(value)
                        .orElseThrow(
                                () -> ImageException.Refused.parameter("state", "invalid state: \"" + value + "\""));
        return image -> image.state() == state;
    }

    /** Several tags must all be there; a repeated parameter arrives here joined by commas. */
    private static List<String> values(String joined) {
        return Arrays.asList(joined.split(",", -1));
    }

    private static Order order(String sort) {
        if (sort.isEmpty()) {
            return Order.OLDEST_FIRST;
        }
        String[] parts = sort.split("\\.", 2);
        if (!parts[0].equals("published_at")) {
            throw ImageException.Refused.parameter(
                    "sort", "invalid 'sort': not a valid sorting attribute: '" + parts[0] + "'");
        }
        boolean isAscending =
                parts.length == 1 || parts[1].toLowerCase(Locale.ROOT).equals("asc");
        return isAscending ? Order.OLDEST_FIRST : Order.NEWEST_FIRST;
    }

    /** 0 is no limit, a negative one shows nothing, a fraction counts as its whole part (the peer's slice). */
    private static long limit(String text) {
        if (text.isEmpty()) {
            return Long.MAX_VALUE;
        }
        if (!NUMBER.matcher(text).matches()) {
            throw ImageException.Refused.parameter("limit", "invalid limit: \"" + text + "\"");
        }
        double limit = Double.parseDouble(text);
        return limit == 0 ? Long.MAX_VALUE : (long) Math.clamp(limit, 0, MAX_LIMIT);
    }

    private static void checkMarker(String marker) {
        if (!Uuid.isUuid(marker) && date(marker).isEmpty()) {
            throw ImageException.Refused.parameter(
                    "marker", "invalid value for \"marker\" param: \"" + marker + "\" is not a UUID or date string");
        }
    }

    /** Everything from the marker on, the marker included. */
    private Predicate<Image> from(String marker, Snapshot snapshot, Principal principal) {
        Optional<Instant> date = date(marker);
        if (date.isPresent()) {
            return order == Order.OLDEST_FIRST
                    ? image -> !image.published().isBefore(date.get())
                    : image -> !image.published().isAfter(date.get());
        }
        Image first = snapshot.image(marker, principal);
        return image -> order.comparator().compare(image, first) >= 0;
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.of(
                    text.length() == 10
                            ? LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC)
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
