package org.imageserver.http.web;

import io.netty.util.NetUtil;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.imageserver.http.Query;

/** Reads the fields of a form one after the other, and notes what is wrong with each. Used by one thread. */
final class VmInput {
    /** The largest number that is taken, where nothing else bounds it. */
    static final long UNBOUNDED = 999_999_999;

    private static final int LONGEST = 2000;

    private final Query query;
    private final List<VmField> fields = new ArrayList<>();

    VmInput(Query query) {
        this.query = query;
    }

    /** What is wrong with a text, in a few words; empty when nothing is. */
    @FunctionalInterface
    interface Check {
        String complaint(String text);
    }

    /** A text, if one was given and it is right. */
    Optional<String> text(String name, String label, String usual, String hint, Check check) {
        return read(name, label, usual, hint, check, false);
    }

    /** A whole number within bounds, if one was given and it is right. */
    OptionalLong number(String name, String label, String usual, String hint, long least, long most) {
        String expected = "a whole number from " + Wording.count(least)
                + (most == UNBOUNDED ? " up" : " to " + Wording.count(most));
        Optional<String> read = read(
                name,
                label,
                usual,
                hint,
                text -> {
                    boolean isNumber = text.matches("[0-9]{1,9}");
                    boolean isRight = isNumber && Long.parseLong(text) >= least && Long.parseLong(text) <= most;
                    return isRight ? "" : expected;
                },
                true);
        return read.map(text -> OptionalLong.of(Long.parseLong(text))).orElse(OptionalLong.empty());
    }

    private Optional<String> read(String name, String label, String usual, String hint, Check check, boolean isNumber) {
        String value = query.get(name).orElse(usual).strip();
        String error = complaint(value, check);
        fields.add(new VmField(name, label, value, hint, error, isNumber));
        return value.isEmpty() || !error.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    private static String complaint(String value, Check check) {
        if (value.length() > LONGEST) {
            return "at most " + LONGEST + " characters";
        }
        if (value.chars().anyMatch(Character::isISOControl)) {
            return "one line";
        }
        return value.isEmpty() ? "" : check.complaint(value);
    }

    /** The fields that were read, in order. */
    List<VmField> fields() {
        return fields;
    }

    boolean isRight() {
        return fields.stream().allMatch(field -> field.error().isEmpty());
    }

    /** An address with its prefix, or a word for getting one (vmadm(8), {@code nics.*.ips}). */
    static String checkIp(String text, VmBrand brand) {
        if (text.equals("dhcp") || (text.equals("addrconf") && brand != VmBrand.KVM)) {
            return "";
        }
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        String prefix = slash < 0 ? "" : text.substring(slash + 1);
        boolean isV4 = NetUtil.isValidIpV4Address(address);
        boolean isV6 = brand != VmBrand.KVM && isIpV6(address);
        boolean isPrefix = prefix.matches("[0-9]{1,3}") && Integer.parseInt(prefix) <= (isV4 ? 32 : 128);
        if ((isV4 || isV6) && isPrefix) {
            return "";
        }
        return brand == VmBrand.KVM
                ? "dhcp, or an IPv4 address with its prefix, 10.0.0.5/24"
                : "dhcp, addrconf, or an address with its prefix, 10.0.0.5/24";
    }

    static String checkGateway(String text) {
        return NetUtil.isValidIpV4Address(text) ? "" : "an IPv4 address";
    }

    static String checkResolvers(String text) {
        boolean areAddresses = addresses(text).stream().allMatch(one -> NetUtil.isValidIpV4Address(one) || isIpV6(one));
        return areAddresses ? "" : "IP addresses with commas between them";
    }

    /** Netty takes one with a zone, fe80::1%eth0, too. */
    private static boolean isIpV6(String address) {
        return address.matches("[0-9A-Fa-f:.]+") && NetUtil.isValidIpV6Address(address);
    }

    static List<String> addresses(String text) {
        return Arrays.stream(text.split("[,\\s]+", -1))
                .filter(one -> !one.isEmpty())
                .toList();
    }
}
