package org.imageserver.bundle;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;

/** Any bytes in place of a bundle, or of the table of one that is sound otherwise: refused with a sentence. */
public final class BundleFuzz {
    private static final long SECOND = 1_769_860_800;

    private BundleFuzz() {}

    /** The input is a bundle, and the table of another. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        read(input);
        if (input.length > 0) {
            read(withTable(input));
        }
    }

    private static byte[] withTable(byte[] table) throws IOException {
        ByteArrayOutputStream bundle = new ByteArrayOutputStream();
        append(bundle, Contents.TABLE, table);
        append(bundle, Contents.SIGNATURE, BundleWriter.unsigned(table).getBytes(StandardCharsets.ISO_8859_1));
        bundle.writeBytes(new byte[TarHeader.END]);
        return bundle.toByteArray();
    }

    private static void append(ByteArrayOutputStream bundle, String name, byte[] content) {
        bundle.writeBytes(TarHeader.of(name, content.length, SECOND));
        bundle.writeBytes(content);
        bundle.writeBytes(new byte[TarHeader.padding(content.length)]);
    }

    private static void read(byte[] bytes) throws IOException {
        try {
            BundleReader reader =
                    BundleReader.open(Channels.newChannel(new ByteArrayInputStream(bytes)), Trust.ANYBODY);
            ByteBuffer chunk = ByteBuffer.allocate(4096);
            for (Contents.Entry image : reader.contents().images()) {
                for (Contents.Member member : image.members().toList()) {
                    reader.skip(member, chunk);
                }
            }
            reader.finish();
        } catch (BundleException e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new AssertionError("refused without a reason", e);
            }
        }
    }
}
