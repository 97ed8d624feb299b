package org.imageserver.catalogue;

/**
 * CRC-32 of bytes that lie one after the other, out of the CRC-32 of each piece. A CRC is the remainder of a polynomial
 * over GF(2); so many bytes more multiply what stands before them by x to the power of their bits.
 *
 * <p>Polynomials are in the CRC's own order of bits: the highest is the coefficient of x^0.
 */
final class Crc32Sum {
    private static final int MODULUS = 0xEDB88320;
    private static final int ONE = 1 << 31;
    private static final int X_TO_THE_8 = ONE >>> 8;

    private int sum;

    /** The factor that so many bytes put on what stands before them: x^(8 * length). */
    static int shift(int length) {
        int power = ONE;
        int square = X_TO_THE_8;
        for (int left = length; left > 0; left >>>= 1) {
            if ((left & 1) != 0) {
                power = product(power, square);
            }
            square = product(square, square);
        }
        return power;
    }

    /** Appends a piece: its CRC-32 and the {@link #shift} of its length. */
    void append(int crc, int shift) {
        sum = product(sum, shift) ^ crc;
    }

    /** The CRC-32 of everything so far. */
    int value() {
        return sum;
    }

    private static int product(int one, int other) {
        int product = 0;
        int multiple = other;
        for (int factor = one; factor != 0; factor <<= 1) {
            if (factor < 0) {
                product ^= multiple;
            }
            multiple = (multiple >>> 1) ^ (-(multiple & 1) & MODULUS);
        }
        return product;
    }
}
