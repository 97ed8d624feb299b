package org.imageserver.zfs;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The running checksum of a send stream: four 64-bit sums over its 32-bit words (zfs_fletcher.c). Not thread-safe.
 *
 * <p>The plain loop runs at memory speed; unrolled forms were tried and are slower.
 */
final class Fletcher4 {
    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle BIG = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final boolean littleEndian;
    private long a;
    private long b;
    private long c;
    private long d;

    Fletcher4(ByteOrder order) {
        this.littleEndian = order == ByteOrder.LITTLE_ENDIAN;
    }

    void reset() {
        a = 0;
        b = 0;
        c = 0;
        d = 0;
    }

    /** @param length a multiple of four */
    void update(byte[] bytes, int offset, int length) {
        if (littleEndian) {
            updateLittle(bytes, offset, offset + length);
        } else {
            updateBig(bytes, offset, offset + length);
        }
    }

    boolean matches(long first, long second, long third, long fourth) {
        return a == first && b == second && c == third && d == fourth;
    }

    // Two loops, because the handle must be a constant in the loop to be inlined.

    private void updateLittle(byte[] bytes, int from, int to) {
        long sumA = a;
        long sumB = b;
        long sumC = c;
        long sumD = d;
        for (int i = from; i < to; i += Integer.BYTES) {
            sumA += (int) LITTLE.get(bytes, i) & 0xffffffffL;
            sumB += sumA;
            sumC += sumB;
            sumD += sumC;
        }
        a = sumA;
        b = sumB;
        c = sumC;
        d = sumD;
    }

    private void updateBig(byte[] bytes, int from, int to) {
        long sumA = a;
        long sumB = b;
        long sumC = c;
        long sumD = d;
        for (int i = from; i < to; i += Integer.BYTES) {
            sumA += (int) BIG.get(bytes, i) & 0xffffffffL;
            sumB += sumA;
            sumC += sumB;
            sumD += sumC;
        }
        a = sumA;
        b = sumB;
        c = sumC;
        d = sumD;
    }
}
