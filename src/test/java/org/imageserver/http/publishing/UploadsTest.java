package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.imageserver.TestImages;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.UnfinishedUploads;
import org.imageserver.catalogue.UploadPolicy;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.storage.LocalStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long an upload is waited for; the rest is asked of a running server. */
class UploadsTest {
    private static final Principal.Account ALICE =
            new Principal.Account("alice", "00000000-0000-4000-8000-000000000001", Role.PUBLISHER);

    private volatile Instant now = Instant.parse("2026-11-20T10:00:00Z");
    private final CountDownLatch tidied = new CountDownLatch(1);
    private UnfinishedUploads unfinished;
    private Uploads uploads;

    @TempDir
    private Path directory;

    @BeforeEach
    void start() throws IOException {
        Catalogue catalogue = new Catalogue(
                new LocalStorage(directory),
                new CatalogueSettings(
                        ALICE.uuid(),
                        ManifestRules.Mode.PUBLIC,
                        new UploadPolicy(100, UploadPolicy.Streams.STRICT, false)));
        unfinished = catalogue.unfinished();
        catalogue.close();
        uploads = new Uploads(unfinished, () -> now);
    }

    @AfterEach
    void stop() {
        uploads.close();
    }

    /** Reads to the end, which never makes an image. */
    private Image read(ReadableByteChannel bytes) throws IOException {
        try {
            Channels.newInputStream(bytes).readAllBytes();
        } finally {
            tidied.countDown();
        }
        throw new ApiException(ErrorCode.Upload, "the end was reached");
    }

    private Upload begin() throws IOException {
        Intent intent = new Intent(
                null, "", TestImages.uuid(1), false, JsonNodeFactory.instance.objectNode(), null, null, null);
        return uploads.begin(ALICE, 10, intent, (sender, id, kept, bytes) -> read(bytes));
    }

    private static long receive(Upload upload, ReadableByteChannel bytes) throws IOException {
        return upload.receive(ALICE, upload.offset(), bytes, OptionalLong.empty());
    }

    private void pass(Duration time) {
        now = now.plus(time);
        uploads.forgetIdle();
    }

    private boolean isThere(Upload upload) {
        return uploads.of(ALICE).contains(upload);
    }

    private static ReadableByteChannel bytes(int count) {
        return Channels.newChannel(new ByteArrayInputStream(new byte[count]));
    }

    @Test
    void anUploadThatNobodyGoesOnWithIsDiscardedAfterAnHour() throws Exception {
        Upload upload = begin();
        pass(Duration.ofMinutes(59));
        assertThat(receive(upload, bytes(3))).isEqualTo(3);
        pass(Duration.ofMinutes(59));
        assertThat(isThere(upload)).as("an hour since the last byte").isTrue();
        pass(Duration.ofMinutes(1));
        assertThat(isThere(upload)).isFalse();
        assertThat(tidied.await(0, TimeUnit.SECONDS))
                .as("nothing reads any more")
                .isTrue();
        assertThatThrownBy(() -> uploads.find(upload.id(), ALICE)).isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> receive(upload, bytes(7)))
                .hasMessage("the upload was cancelled; nothing of it was kept");
    }

    @Test
    void anUploadWithoutAByteIsDiscardedToo() throws Exception {
        Upload upload = begin();
        pass(Duration.ofHours(1));
        assertThat(isThere(upload)).isFalse();
    }

    @Test
    void anUploadThatNobodyGoesOnWithAfterARestartIsDiscardedAfterAnHour() throws Exception {
        Upload before = begin();
        uploads.close();
        uploads = new Uploads(unfinished, () -> now);
        uploads.restore((sender, id, kept, bytes) -> read(bytes), uuid -> false);
        Upload upload = uploads.find(before.id(), ALICE);
        assertThat(upload.json())
                .isEqualTo(before.json().put("state", "receiving").without("error"));
        pass(Duration.ofMinutes(59));
        assertThat(isThere(upload)).isTrue();
        pass(Duration.ofMinutes(1));
        assertThat(isThere(upload)).isFalse();
        assertThat(unfinished.saved()).isEmpty();
    }

    @Test
    void whoIsSendingIsNotIdleHoweverSlow() throws Exception {
        Upload upload = begin();
        CountDownLatch closed = new CountDownLatch(1);
        Thread sender = Thread.ofPlatform().start(() -> sendUntil(upload, closed));
        await().until(() -> upload.offset() == 1);
        pass(Duration.ofHours(3));
        assertThat(isThere(upload)).isTrue();
        closed.countDown();
        sender.join();
        pass(Duration.ofMinutes(59));
        assertThat(isThere(upload)).as("an hour since it broke off").isTrue();
        pass(Duration.ofMinutes(1));
        assertThat(isThere(upload)).isFalse();
    }

    /** Sends one byte, and no second one. */
    private static void sendUntil(Upload upload, CountDownLatch closed) {
        InputStream slow = new InputStream() {
            private boolean isFirst = true;

            @Override
            public int read() throws IOException {
                if (isFirst) {
                    isFirst = false;
                    return 1;
                }
                try {
                    closed.await();
                } catch (InterruptedException e) {
                    throw new InterruptedIOException("stopped");
                }
                return -1;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int next = read();
                into[offset] = (byte) next;
                return Math.min(1, next);
            }
        };
        try {
            receive(upload, Channels.newChannel(slow));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatBecameOfAnUploadCanBeAskedForAnHour() throws Exception {
        Upload upload = begin();
        assertThatThrownBy(() -> {
                    receive(upload, bytes(10));
                    upload.await(Duration.ofMinutes(1));
                })
                .hasMessage("the end was reached");
        assertThat(upload.isOver()).isTrue();
        pass(Duration.ofMinutes(59));
        assertThat(uploads.find(upload.id(), ALICE).json().path("state").asText())
                .isEqualTo("failed");
        pass(Duration.ofMinutes(1));
        assertThat(isThere(upload)).isFalse();
    }
}
