package org.imageserver.maintenance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.imageserver.catalogue.Trash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that is published to, read from and fed by a mirror, while bytes flip on its disk, all files are read again and
 * again, identical ones are stored once, and rules take old images away: no bad byte is served once it is known, every flip is found, and nothing is lost
 * but what the rules may take, which can be had back. {@code -Dmaintenance.seconds=120} makes it longer, {@code
 * -Dmaintenance.seed=N} repeats one.
 */
class ScrubAndRetentionIT {
    private static final int WRITERS = 3;
    private static final int READERS = 6;
    private static final long SECONDS = Long.getLong("maintenance.seconds", 15);
    private static final long SEED = Long.getLong("maintenance.seed", new Random().nextInt());

    @TempDir
    private Path directory;

    private final Ledger ledger = new Ledger();

    @Test
    void nothingBadIsServedAndNothingIsLost() throws Exception {
        System.out.printf("scrub and retention: %d s, seed %d%n", SECONDS, SEED);
        try (Site site = Site.start(directory, ledger, SEED)) {
            run(site);
            site.scrub();
            site.heal();
            Set<String> thrown = site.trash().stream().map(Trash.Thrown::uuid).collect(Collectors.toSet());
            assertThat(ledger.violations(site.intact(), thrown, Site.KEPT))
                    .as("seed %d", SEED)
                    .isEmpty();
            int restored = site.restoreAll();
            System.out.printf(
                    "%d images published or mirrored, %d files served, %d bytes flipped, all found in %d passes; %d images"
                            + " went by the rules, and came back; %d bytes"
                            + " were stored once%n",
                    ledger.all().size(), ledger.served(), ledger.flips(), site.passes(), restored, site.deduped());
            assertThat(ledger.flips()).as("bytes flipped").isPositive();
            assertThat(restored).as("images taken by the rules").isPositive();
            assertThat(site.deduped()).as("bytes stored once").isPositive();
        }
    }

    private void run(Site site) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        BooleanSupplier goesOn = () -> end.getCount() > 0;
        List<Callable<Void>> all = new ArrayList<>();
        for (int number = 0; number < WRITERS; number++) {
            all.add(repeated(site::write, number, goesOn));
        }
        for (int number = 0; number < READERS; number++) {
            all.add(repeated(site::read, 10 + number, goesOn));
        }
        all.add(repeated(random -> site.growUpstream(), 20, goesOn));
        all.add(repeated(site::flip, 21, goesOn));
        all.add(repeated(random -> site.scrub(), 22, goesOn));
        all.add(repeated(random -> site.applyRules(), 23, goesOn));
        all.add(repeated(random -> site.heal(), 24, goesOn));
        all.add(repeated(random -> site.dedupe(), 25, goesOn));
        try (ExecutorService threads = Executors.newFixedThreadPool(all.size())) {
            List<Future<Void>> running = all.stream().map(threads::submit).toList();
            try {
                assertThat(end.await(SECONDS, TimeUnit.SECONDS)).isFalse();
            } finally {
                end.countDown();
            }
            for (Future<Void> done : running) {
                done.get();
            }
        }
    }

    /** One step of what somebody does all the time. */
    private interface Step {
        void take(Random random) throws Exception;
    }

    private static Callable<Void> repeated(Step step, int number, BooleanSupplier goesOn) {
        Random random = new Random(SEED * 31 + number);
        CountDownLatch never = new CountDownLatch(1);
        return () -> {
            while (goesOn.getAsBoolean()) {
                step.take(random);
                // So many are enough to be in each other's way, and leave the machine something.
                assertThat(never.await(20 + random.nextInt(60), TimeUnit.MILLISECONDS))
                        .isFalse();
            }
            return null;
        };
    }
}
