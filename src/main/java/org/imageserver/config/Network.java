package org.imageserver.config;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;

/** A network of IP addresses, {@code 10.0.0.0/8}, or a single one. */
public final class Network {
    private final String text;
    private final IpSubnetFilterRule rule;

    private Network(String text, IpSubnetFilterRule rule) {
        this.text = text;
        this.rule = rule;
    }

    /**
     * Reads {@code ADDRESS} or {@code ADDRESS/BITS}; host names are refused, since what they mean may change.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static Network parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (!NetUtil.isValidIpV4Address(address) && !NetUtil.isValidIpV6Address(address)) {
            throw new IllegalArgumentException("\"" + text + "\" is no IP address or network");
        }
        int widest = NetUtil.isValidIpV4Address(address) ? 32 : 128;
        try {
            int bits = slash < 0 ? widest : Integer.parseInt(text.substring(slash + 1));
            return new Network(text, new IpSubnetFilterRule(address, bits, IpFilterRuleType.ACCEPT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + text + "\" needs 0 to " + widest + " bits after the slash", e);
        }
    }

    /** Whether an address lies in it. */
    public boolean contains(InetSocketAddress address) {
        return rule.matches(address);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Network network && network.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
