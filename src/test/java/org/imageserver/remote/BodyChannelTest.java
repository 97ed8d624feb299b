package org.imageserver.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How long a sender is waited for, by a clock on which each wait takes ten seconds. */
class BodyChannelTest {
    private static final int WAITS_A_MINUTE = 6;

    private final AtomicLong nanos = new AtomicLong();
    private final BodyChannel channel =
            new BodyChannel("example.com", Duration.ofMinutes(2), () -> nanos.getAndAdd(TimeUnit.SECONDS.toNanos(10)));

    /** Sends one batch of so many bytes whenever it is asked for more. */
    private Flow.Subscription sender(int size) {
        return new Flow.Subscription() {
            @Override
            public void request(long count) {
                channel.onNext(List.of(ByteBuffer.allocate(size)));
            }

            @Override
            public void cancel() {
                channel.onComplete();
            }
        };
    }

    @Test
    void letsGoOfASenderThatTricklesBytes() throws IOException {
        channel.onSubscribe(sender(1));
        for (int wait = 1; wait < WAITS_A_MINUTE; wait++) {
            assertThat(channel.read(ByteBuffer.allocate(10))).isEqualTo(1);
        }
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(10)))
                .isInstanceOf(RemoteException.class)
                .hasMessage(
                        "example.com is too slow: it sent less than 61440 bytes in a minute, which is taken for dead");
    }

    @Test
    void staysWithASenderThatIsSlowAndGoesOn() throws IOException {
        int size = (int) LeastRate.BYTES_A_MINUTE / WAITS_A_MINUTE;
        channel.onSubscribe(sender(size));
        for (int wait = 1; wait <= 3 * WAITS_A_MINUTE; wait++) {
            assertThat(channel.read(ByteBuffer.allocate(size))).isEqualTo(size);
        }
    }

    @Test
    void doesNotLetGoodMinutesPayForBadOnes() throws IOException {
        ByteBuffer all = ByteBuffer.allocate(10 * (int) LeastRate.BYTES_A_MINUTE);
        channel.onSubscribe(sender(0));
        channel.onNext(List.of(all));
        assertThatThrownBy(() -> {
                    while (true) {
                        channel.read(ByteBuffer.allocate(all.capacity()));
                    }
                })
                .isInstanceOf(RemoteException.class);
        assertThat(nanos.get())
                .as("two minutes, of which the clock tells the beginning and the end of each wait")
                .isEqualTo(2 * 2 * TimeUnit.MINUTES.toNanos(1));
    }
}
