package org.imageserver.remote;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * Which addresses belong to the public internet. Everything else (this machine, its networks, the metadata services of
 * clouds) must not be reachable through a URL that a client names.
 */
final class PublicAddress {
    private PublicAddress() {}

    static boolean is(InetAddress address) {
        boolean isSpecial = address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress();
        if (isSpecial) {
            return false;
        }
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(bytes) : isPublic6(bytes);
    }

    /** The IANA registry of special addresses, as far as the JDK does not know it. */
    private static boolean isPublic4(byte[] bytes) {
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        boolean isCarrierNat = first == 100 && (second & 0xc0) == 64;
        boolean isProtocol = first == 192 && second == 0 && bytes[2] == 0;
        boolean isBenchmark = first == 198 && (second & 0xfe) == 18;
        return first != 0 && first != 10 && first != 127 && first < 240 && !isCarrierNat && !isProtocol && !isBenchmark;
    }

    private static boolean isPublic6(byte[] bytes) {
        if ((bytes[0] & 0xe0) != 0x20) {
            // Global unicast is 2000::/3; beyond it only NAT64 (64:ff9b::/96) leads to the internet.
            boolean isNat64 = startsWith(bytes, 0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0);
            return isNat64 && is(embedded(bytes, 12));
        }
        boolean isTeredo = startsWith(bytes, 0x20, 0x01, 0, 0);
        boolean is6to4 = startsWith(bytes, 0x20, 0x02);
        return !isTeredo && (!is6to4 || is(embedded(bytes, 2)));
    }

    private static InetAddress embedded(byte[] bytes, int offset) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, offset, offset + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        for (int index = 0; index < prefix.length; index++) {
            if ((bytes[index] & 0xff) != prefix[index]) {
                return false;
            }
        }
        return true;
    }
}
