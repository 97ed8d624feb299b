package org.imageserver.zfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words in which people are told what is wrong. */
class VerdictSentencesTest {
    private static Map<String, byte[]> mutants = Map.of();

    @BeforeAll
    static void makeMutants() {
        mutants = Mutants.all();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    full-trunc-0.zfs | The file is empty. Copy or make it again.
                    full-trunc-16.zfs | The stream is cut short: zfs send broke off, or the copy did. It ends after 16 bytes, within its first record. Make it again.
                    full-trunc-boundary.zfs | The stream is cut short: zfs send broke off, or the copy did. It ends after 38952 bytes, without its END record, like a saved partial state (zfs send -S). Make it again.
                    full-trunc-payload.zfs | The stream is cut short: zfs send broke off, or the copy did. It ends after 39352 bytes, within the OBJECT record that begins at byte 38952. Make it again.
                    pkg-drop-package-end.zfs | The stream is cut short: zfs send broke off, or the copy did. It ends after 107380 bytes, without the END record of its package. Make it again.
                    full-flip-payload-first.zfs | The checksum in the record at byte 39440 of the file does not match: something between the bytes 39232 and 39752 was changed, lost or added after zfs send wrote it. Copy or make it again.
                    full-sealed-type11.zfs | At byte 38952 of the file a record of type 11 begins, which does not exist: bytes before it were changed, lost or added. Make it again.
                    full-sealed-noat.zfs | At byte 0 of the file the BEGIN record does not name a snapshot (pool/dataset@snapshot). Make it again.
                    vol-sealed-neg-write.zfs | At byte 26760 of the file a WRITE record says that it carries 18446744073709551615 bytes, which cannot be. Make it again.
                    full-trail-1.zfs | The stream is complete at byte 106280 of the file, but something follows it: blanks and line ends. Cut it there.
                    full-trail-zeros.zfs | The stream is complete at byte 106280 of the file, but something follows it: zero bytes. Cut it there.
                    full-concat-self.zfs | The stream is complete at byte 106280 of the file, but something follows it: the beginning of another send stream. Cut it there.
                    full-lead-text.zfs | The file is not a ZFS send stream: it starts with text ("Warning: Permanently added 'host' to the list of known hosts."). A stream begins at byte 62: remove what stands before it.
                    c-lzip-unknown.zfs.lz | The file is not a ZFS send stream: it starts with lzip data.
                    c-gzip-empty.zfs.gz | The gzip file is whole but holds nothing: zfs send failed before it wrote a byte. Make it again.
                    c-gzip-of-text.zfs.gz | The gzip file does not hold a ZFS send stream: inflated, it starts with text ("cannot open 'zones/x@final': dataset does not exist").
                    c-gzip-double.zfs.gz | The gzip file holds gzip data: it was compressed twice. Compress the stream once.
                    c-xz-first-member-only.zfs.xz | The xz file is whole, but the stream in it is cut short: zfs send broke off. It ends after 53140 bytes, within the WRITE record that begins at byte 39752. Make it again.
                    c-gzip-trunc-half.zfs.gz | The gzip file is cut short: it ends after 16429 bytes in the middle of its data. Copy it again.
                    c-gzip-flip-trailer.zfs.gz | The gzip file is damaged at or before its byte 32859 (the length of the data does not match). Copy or make it again.
                    c-bzip2-garbage.zfs.bz2 | Something follows the bzip2 data, from byte 28176 of the file on: text ("garbage after the end"). Cut the file there.
                    c-zstd-flip-trailer.zfs.zst | The zstd file is damaged at or before its byte 34341 (it cannot be decoded, or its checksum does not match). Copy or make it again.
                    c-xz-zeros.zfs.xz | Something follows the xz data, from byte 22820 of the file on: zero bytes. Cut the file there.
                    """)
    void saysWhatIsWrong(String mutant, String sentence) throws IOException {
        assertThat(reason(Objects.requireNonNull(mutants.get(mutant)))).isEqualTo(sentence);
    }

    @Test
    void namesWhatTheFileIsInstead() throws IOException {
        assertThat(reason("<!DOCTYPE html>\n<html>".getBytes(UTF_8))).endsWith("it starts with an HTML page.");
        assertThat(reason("{\"code\": \"ResourceNotFound\"}".getBytes(UTF_8)))
                .endsWith("it starts with text (\"{\"code\": \"ResourceNotFound\"}\").");
        assertThat(reason(new byte[] {'P', 'K', 3, 4, 20, 0})).endsWith("it starts with a zip archive.");
        byte[] tar = new byte[512];
        System.arraycopy("ustar".getBytes(UTF_8), 0, tar, 257, 5);
        tar[0] = 'x';
        assertThat(reason(tar)).endsWith("it starts with a tar archive.");
        assertThat(reason(new byte[1000])).endsWith("it starts with zero bytes.");
        assertThat(reason(new byte[] {1, 2, (byte) 0xff}))
                .endsWith("it starts with bytes of no kind known here (01 02 ff).");
    }

    @Test
    void quotesNoMoreThanALineAndNothingThatATerminalWouldObey() throws IOException {
        byte[] longLine = new byte[5000];
        Arrays.fill(longLine, (byte) 'x');

        assertThat(reason(longLine)).endsWith("it starts with text (\"" + "x".repeat(80) + "...\").");
        assertThat(reason("\u001b[2Jerased".getBytes(UTF_8))).doesNotContain("\u001b");
    }

    private static String reason(byte[] file) throws IOException {
        Verdict verdict = SendStream.verify(new ByteArrayInputStream(file));
        assertThat(verdict).isInstanceOf(Verdict.Damaged.class);
        return ((Verdict.Damaged) verdict).reason();
    }
}
