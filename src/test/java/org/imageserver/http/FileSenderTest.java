package org.imageserver.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.imageserver.RawConnection;
import org.imageserver.TestImages;
import org.imageserver.auth.Principal;
import org.imageserver.catalogue.Catalogue;
import org.imageserver.catalogue.CatalogueSettings;
import org.imageserver.catalogue.OpenFile;
import org.imageserver.catalogue.UploadPolicy;
import org.imageserver.config.Settings;
import org.imageserver.manifest.ManifestRules;
import org.imageserver.statistics.Statistics;
import org.imageserver.storage.LocalStorage;
import org.imageserver.tracing.Spans;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can happen to a file and its client between the moment it is opened and the moment it is sent. */
class FileSenderTest {
    private static final ClientLimits NO_LIMITS = new ClientLimits(new Settings.Limits(0, 0, 0), List.of());
    private static final Client SOMEBODY = new Client("127.0.0.1", "http", Optional.empty());

    private static final String UUID = TestImages.uuid(1);
    private static final int SIZE = 1000;

    @TempDir
    private Path directory;

    private final Vertx vertx = Vertx.vertx();
    private Statistics statistics;
    private Catalogue catalogue;
    private OpenFile file;

    @BeforeEach
    void open() throws IOException {
        new TestImages(directory).add(1, new byte[SIZE]);
        statistics = new Statistics(new LocalStorage(directory), InstantSource.system());
        catalogue = new Catalogue(
                new LocalStorage(directory),
                new CatalogueSettings(
                        UUID, ManifestRules.Mode.PUBLIC, new UploadPolicy(1, UploadPolicy.Streams.STRICT, false)));
        catalogue.rescan();
        file = catalogue.files().open(catalogue.snapshot(), new Principal.Anonymous(), UUID, 0);
    }

    @AfterEach
    void close() throws Exception {
        catalogue.close();
        statistics.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private RawConnection connect(io.vertx.core.Handler<HttpServerRequest> handler) throws Exception {
        int port = vertx.createHttpServer()
                .requestHandler(handler)
                .listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
        return RawConnection.tcp(port);
    }

    private Exchange exchange(HttpServerRequest request) {
        return new Exchange(request, SOMEBODY, "test", statistics, Spans.NONE);
    }

    private boolean isOpen() {
        return file.channel().orElseThrow().isOpen();
    }

    /** Else the client would take the next answer for the rest of this one. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatBecameShorterEndsTheConnection(boolean zeroCopy) throws Exception {
        try (FileChannel channel =
                FileChannel.open(directory.resolve(UUID).resolve("file"), StandardOpenOption.WRITE)) {
            channel.truncate(SIZE / 2);
        }
        FileSender sender = new FileSender(new Workers(vertx), zeroCopy, NO_LIMITS);
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try (RawConnection connection = connect(request -> {
            request.response().putHeader("Content-Length", Integer.toString(SIZE));
            Future<Void> done = sender.send(file, new ByteRange(0, SIZE), exchange(request));
            done.onSuccess(sent::complete).onFailure(failure -> {
                // Before the first byte, what to answer is for whoever asked for the file to say.
                if (!request.response().headWritten()) {
                    request.connection().close();
                }
                sent.completeExceptionally(failure);
            });
        })) {
            connection.get("/", "").get("/", "");
            int received = 0;
            if (!connection.isAtEnd()) {
                connection.readHead();
                while (received <= SIZE && !connection.isAtEnd()) {
                    connection.readBytes(1);
                    received++;
                }
            }
            assertThat(received).isLessThanOrEqualTo(SIZE / 2);
        }
        assertThat(sent).failsWithin(10, TimeUnit.SECONDS);
        assertThat(isOpen()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFileIsClosedWhenTheClientHasLeftBefore(boolean zeroCopy) throws Exception {
        FileSender sender = new FileSender(new Workers(vertx), zeroCopy, NO_LIMITS);
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try (RawConnection connection = connect(request -> request.connection().closeHandler(gone -> {
            request.response().putHeader("Content-Length", Integer.toString(SIZE));
            sender.send(file, new ByteRange(0, SIZE), exchange(request))
                    .onSuccess(sent::complete)
                    .onFailure(sent::completeExceptionally);
        }))) {
            connection.get("/", "");
        }
        assertThat(sent).failsWithin(10, TimeUnit.SECONDS);
        assertThat(isOpen()).isFalse();
        assertThat(Files.exists(directory.resolve(UUID).resolve("file"))).isTrue();
    }
}
