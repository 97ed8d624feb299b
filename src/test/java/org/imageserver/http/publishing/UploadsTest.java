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
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Image;
import org.imageserver.http.ApiException;
import org.imageserver.http.ErrorCode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long an upload is waited for; the rest is asked of a running server. */
class UploadsTest {
    private static final Principal.Account ALICE =
            new Principal.Account("alice", "00000000-0000-4000-8000-000000000001", Role.PUBLISHER);

    private volatile Instant now = Instant.parse("2026-11-20T10:00:00Z");
    private final CountDownLatch tidied = new CountDownLatch(1);
    private final Uploads uploads = new Uploads(() -> now);

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

    private Upload begin() {
        return uploads.begin(ALICE, 10, JsonNodeFactory.instance.objectNode(), this::read);
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
        assertThat(upload.receive(0, bytes(3), OptionalLong.empty())).isEqualTo(3);
        pass(Duration.ofMinutes(59));
        assertThat(isThere(upload)).as("an hour since the last byte").isTrue();
        pass(Duration.ofMinutes(1));
        assertThat(isThere(upload)).isFalse();
        assertThat(tidied.await(0, TimeUnit.SECONDS))
                .as("nothing reads any more")
                .isTrue();
        assertThatThrownBy(() -> uploads.find(upload.id(), ALICE)).isInstanceOf(ApiException.class);
        assertThatThrownBy(() -> upload.receive(3, bytes(7), OptionalLong.empty()))
                .hasMessage("the upload was cancelled; nothing of it was kept");
    }

    @Test
    void anUploadWithoutAByteIsDiscardedToo() {
        Upload upload = begin();
        pass(Duration.ofHours(1));
        assertThat(isThere(upload)).isFalse();
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
            upload.receive(0, Channels.newChannel(slow), OptionalLong.empty());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatBecameOfAnUploadCanBeAskedForAnHour() throws Exception {
        Upload upload = begin();
        assertThatThrownBy(() -> {
                    upload.receive(0, bytes(10), OptionalLong.empty());
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
