package org.imageserver.http.publishing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.imageserver.TestImages;
import org.imageserver.TestServer;
import org.imageserver.auth.Principal;
import org.imageserver.auth.Role;
import org.imageserver.catalogue.Author;
import org.imageserver.catalogue.FileUpload;
import org.imageserver.catalogue.Image;
import org.imageserver.catalogue.ImageException;
import org.imageserver.catalogue.Publisher;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sender that rests holds nothing that others need, and its file is judged all the same. */
class RestingSenderTest {
    /** More than one chunk of the receiver, and xz: such files are checked few at a time. */
    private static final String LARGE = "valid/v23-huge-Lc.zfs.xz";

    /** The common pool has one thread on a small machine. */
    private static final Executor OWN_THREAD = task -> Thread.ofPlatform().start(task);

    @TempDir
    private Path directory;

    private Publishing publishing;
    private Publisher publisher;
    private Principal alice;

    @BeforeEach
    void start() {
        publishing = new Publishing(directory, "");
        publisher = publishing.server().server().catalogue().publisher();
        alice = new Principal.Account("alice", publishing.alice().account().uuid(), Role.PUBLISHER);
    }

    @AfterEach
    void stop() {
        publishing.close();
    }

    private Image publish(byte[] bytes, Resting from) throws IOException {
        ObjectNode manifest = TestImages.json("{\"name\": \"n\", \"version\": \"1\"}");
        FileUpload upload = new FileUpload(
                from, OptionalLong.of(bytes.length), Optional.empty(), Optional.empty(), Optional.empty());
        return publisher.publish(Author.of(alice), manifest, upload);
    }

    @ParameterizedTest
    @ValueSource(strings = {LARGE, "containers/whole.bz2", Publishing.FULL})
    void aFileWhoseSenderRestedIsWhatItWouldHaveBeen(String stream) throws IOException {
        byte[] bytes = Publishing.stream(stream);
        String inOne = publishing.alice().publish(stream, "");
        Image image = publish(bytes, new Resting(bytes, bytes.length * 3 / 4, new CountDownLatch(0)));
        assertThat(publishing
                        .server()
                        .getBytes("/images/" + image.uuid() + "/file")
                        .body())
                .isEqualTo(bytes);
        assertThat(fileOf(image.uuid())).isEqualTo(fileOf(inOne));
    }

    private String fileOf(String uuid) {
        return TestServer.json(publishing.server().get("/images/" + uuid))
                .path("files")
                .toString();
    }

    @Test
    void aBadFileIsRefusedAndLeavesNothing() {
        byte[] whole = Publishing.stream(LARGE);
        byte[] damaged = whole.clone();
        damaged[whole.length - 1000] ^= 1;
        for (byte[] bytes : new byte[][] {damaged, Arrays.copyOf(whole, whole.length - 1)}) {
            Resting from = new Resting(bytes, 600_000, new CountDownLatch(0));
            assertThatThrownBy(() -> publish(bytes, from)).isInstanceOf(ImageException.Refused.class);
            publishing.assertNothingIsLeft();
        }
    }

    /** With this heap one xz file is checked at a time. */
    @Test
    void othersArePublishedWhileItRests() throws Exception {
        byte[] bytes = Publishing.stream(LARGE);
        CountDownLatch goOn = new CountDownLatch(1);
        Resting from = new Resting(bytes, 600_000, goOn);
        CompletableFuture<Image> resting = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return publish(bytes, from);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                },
                OWN_THREAD);
        try {
            assertThat(from.rests.await(20, TimeUnit.SECONDS)).isTrue();
            CompletableFuture<String> other =
                    CompletableFuture.supplyAsync(() -> publishing.alice().publish(LARGE, ""), OWN_THREAD);
            assertThat(other.get(60, TimeUnit.SECONDS)).isNotEmpty();
            assertThat(resting).isNotDone();
        } finally {
            goOn.countDown();
        }
        assertThat(resting.get(20, TimeUnit.SECONDS).file()).isPresent();
    }

    /** Gives so many bytes, then nothing until it is told to go on, then the others. */
    private static final class Resting implements ReadableByteChannel {
        private final CountDownLatch rests = new CountDownLatch(1);
        private final ByteBuffer bytes;
        private final int until;
        private final CountDownLatch goOn;
        private boolean hasRested;

        private Resting(byte[] bytes, int until, CountDownLatch goOn) {
            this.bytes = ByteBuffer.wrap(bytes);
            this.until = until;
            this.goOn = goOn;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            if (bytes.position() == until) {
                return rest(target);
            }
            int end = bytes.position() < until ? until : bytes.limit();
            return give(target, end);
        }

        private int rest(ByteBuffer target) throws IOException {
            if (!hasRested) {
                hasRested = true;
                return 0;
            }
            rests.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return give(target, bytes.limit());
        }

        private int give(ByteBuffer target, int end) {
            int count = Math.min(target.remaining(), end - bytes.position());
            if (count == 0) {
                return -1;
            }
            target.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
