package dev.forefront.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.FaultyDisk;
import dev.forefront.audit.Verification;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardSettings;
import dev.forefront.guard.ProbeFolder;
import dev.forefront.release.Orders;
import dev.forefront.release.Registry;
import dev.forefront.serve.Fault.Ending;
import dev.forefront.serve.FaultClient.Heard;
import dev.forefront.serve.FaultClient.Shape;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Streams through a real server while something breaks: no byte of model text reaches a caller that
 * no recorded verdict covers. What callers received is held against the record afterwards.
 */
class FaultStreamsTest {
  private static final Duration DEADLINE = Duration.ofMillis(500);
  private static final int CALLERS = 48;

  @TempDir Path folder;
  private ReleasedModel released;
  private final FaultyModel model = new FaultyModel();
  private final AtomicInteger streams = new AtomicInteger();

  // Failures are what this is about: the server need not tell of each.
  private final Logger served = Logger.getLogger("forefront.serve");

  @BeforeEach
  void release() {
    served.setLevel(Level.OFF);
    released = ReleasedModel.in(folder.resolve("released"));
  }

  @AfterEach
  void close() {
    served.setLevel(Level.INFO);
    released.close();
  }

  /** What breaks around all streams of a server. */
  private enum Surroundings {
    DISK_FAILS,
    DISK_IS_FULL,
    DISK_FAILS_AFTER_WRITING,
    DISK_THROWS_AN_ERROR,
    DISK_IS_SLOW,
    CLOCK_LEAPS,
    RECORD_IS_CLOSED,
    RECORDS_THREAD_IS_INTERRUPTED,
    SERVER_IS_CLOSED,
    BOARD_STOPS,
    GUARD_THREADS_RUN_OUT
  }

  @Test
  void noByteLeavesWithoutAVerdict() throws Exception {
    Reconciliation found = new Reconciliation();
    faultsInStreams(4 * Fault.values().length, found);
    for (Surroundings broken : Surroundings.values()) {
      faultAround(broken, 6, found);
    }
    conclude(found);
  }

  @Test
  @Tag("slow")
  void noByteOfTenThousandStreamsLeavesWithoutAVerdict() throws Exception {
    Reconciliation found = new Reconciliation();
    faultsInStreams(8_400, found);
    for (int round = 0; round < 8; round++) {
      for (Surroundings broken : Surroundings.values()) {
        faultAround(broken, 20, found);
      }
    }
    assertThat(streams.get()).isGreaterThanOrEqualTo(10_000);
    conclude(found);
  }

  private void conclude(Reconciliation found) {
    System.Logger log = System.getLogger("forefront.faults");
    log.log(
        System.Logger.Level.INFO,
        "%,d streams, %d kinds of fault, %,d bytes of model text received, %,d without a verdict"
            .formatted(
                streams.get(),
                Fault.values().length - 1 + Surroundings.values().length,
                found.bytes(),
                found.bytesWithoutVerdict()));
    assertThat(found.wrongs()).isEmpty();
    assertThat(found.bytesWithoutVerdict()).isZero();
    assertThat(found.bytes()).isGreaterThan(100L * streams.get());
  }

  private void faultsInStreams(int count, Reconciliation found) throws Exception {
    List<FaultPlan> plans = plans(count);
    Guard guard = Guard.of(List.of(new FaultyStage(DEADLINE)));
    List<Asked> asked;
    try (Server patient =
            released.serve(model, guard.with(new GuardSettings(16, 4, DEADLINE, 256)));
        Server prompt = serve("prompt", guard.with(new GuardSettings(0, 1, DEADLINE, 256)));
        Server probed =
            serve(
                "probed",
                ProbeFolder.watching(guard.with(new GuardSettings(4, 2, DEADLINE, 256))));
        Server read =
            serve(
                "read", ProbeFolder.watching(guard.with(new GuardSettings(0, 1, DEADLINE, 256))))) {
      asked =
          ask(
              plans,
              List.of(patient.port(), prompt.port(), probed.port(), read.port()),
              List.of(probed.port(), read.port()));
      for (Server server : List.of(patient, prompt, probed, read)) {
        assertThat(Asking.of(server).get("/health").status()).isEqualTo(200);
      }
    }
    found.with(released.logFolder());
    Map<Fault, List<Ending>> endings = new EnumMap<>(Fault.class);
    for (Asked one : asked) {
      found.check(one.plan, one.heard, said(one.plan), one.plan.fault().endings());
      endings.computeIfAbsent(one.plan.fault(), fault -> new ArrayList<>()).add(one.heard.ending());
    }
    // Each fault took place, and was heard of as it should be.
    assertThat(endings.keySet()).containsExactlyInAnyOrder(Fault.values());
    endings.forEach(
        (fault, heard) ->
            assertThat(heard).as(fault.name()).containsAnyElementsOf(fault.endings()));
  }

  private Server serve(String name, Guard guard) {
    return Server.start(
        released.release(),
        model,
        guard,
        released.log(),
        ServerSettings.standard(folder.resolve(name)).withPort(0));
  }

  private CharSequence said(FaultPlan plan) {
    return model.said.getOrDefault(plan.stream(), new StringBuffer());
  }

  private List<FaultPlan> plans(int count) {
    List<FaultPlan> plans = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < count; i++) {
      plans.add(
          FaultPlan.of(
              streams.incrementAndGet(), Fault.values()[i % Fault.values().length], random));
    }
    return plans;
  }

  private record Asked(FaultPlan plan, Heard heard) {}

  /**
   * @param probed those of them whose guard has a probe, which alone can break
   */
  private static List<Asked> ask(List<FaultPlan> plans, List<Integer> ports, List<Integer> probed)
      throws Exception {
    List<Asked> answers = new ArrayList<>();
    try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
      List<Future<Asked>> asked = new ArrayList<>();
      for (int i = 0; i < plans.size(); i++) {
        FaultPlan plan = plans.get(i);
        int turn = i / Fault.values().length;
        List<Integer> able = plan.fault().isOf("PROBE_") ? probed : ports;
        int port = able.get(turn % able.size());
        Shape shape = Shape.values()[(turn / ports.size() + i) % Shape.values().length];
        asked.add(callers.submit(() -> new Asked(plan, FaultClient.ask(port, plan, shape))));
      }
      for (Future<Asked> one : asked) {
        answers.add(one.get());
      }
    }
    return answers;
  }

  private void faultAround(Surroundings broken, int count, Reconciliation found) throws Exception {
    SplittableRandom random = new SplittableRandom(streams.get());
    Path place = folder.resolve(broken + "-" + streams.get());
    Path logFolder = place.resolve("audit");
    int entry = 3 + random.nextInt(2 * count - 2);
    Set<Thread> others = recordThreads();
    AuditLog log = log(broken, logFolder, entry);
    List<FaultPlan> plans = plansAround(broken, count, random);
    List<Asked> asked;
    try (Server server = server(broken, place, log, random.nextBoolean())) {
      int port = server.port();
      long wait = random.nextLong(40);
      Thread breaking =
          Thread.ofVirtual()
              .start(
                  () -> {
                    pause(wait);
                    shake(broken, server, log, others);
                  });
      asked = ask(plans, List.of(port), List.of());
      breaking.join();
      boolean recordBroke =
          switch (broken) {
            case DISK_FAILS,
                DISK_IS_FULL,
                DISK_FAILS_AFTER_WRITING,
                DISK_THROWS_AN_ERROR,
                RECORD_IS_CLOSED,
                RECORDS_THREAD_IS_INTERRUPTED ->
                true;
            case DISK_IS_SLOW, CLOCK_LEAPS, SERVER_IS_CLOSED, BOARD_STOPS, GUARD_THREADS_RUN_OUT ->
                false;
          };
      assertThat(log.isHealthy()).as("%s", broken).isEqualTo(!recordBroke);
    } finally {
      log.close();
    }
    if (broken == Surroundings.BOARD_STOPS) {
      orders().resume("the plan says so", released.key(0));
      orders().resume("the plan says so", released.key(1));
    }
    // What a failing disk left cut off is set aside, as at the next start.
    AuditLog.open(logFolder).close();
    assertThat(AuditLog.verify(logFolder)).isInstanceOf(Verification.Intact.class);
    found.with(logFolder);
    asked.forEach(one -> found.check(one.plan, one.heard, said(one.plan), endings(broken)));
  }

  private static AuditLog log(Surroundings broken, Path folder, int entry) {
    return switch (broken) {
      case DISK_FAILS -> FaultyDisk.open(folder, FaultyDisk.Fault.FAILS, entry);
      case DISK_IS_FULL -> FaultyDisk.open(folder, FaultyDisk.Fault.IS_FULL, entry);
      case DISK_FAILS_AFTER_WRITING ->
          FaultyDisk.open(folder, FaultyDisk.Fault.FAILS_AFTER_WRITING, entry);
      case DISK_THROWS_AN_ERROR -> FaultyDisk.open(folder, FaultyDisk.Fault.THROWS_AN_ERROR, entry);
      case DISK_IS_SLOW -> FaultyDisk.open(folder, FaultyDisk.Fault.IS_SLOW, entry);
      case CLOCK_LEAPS -> FaultyDisk.withLeapingClock(folder, entry);
      case RECORD_IS_CLOSED,
          RECORDS_THREAD_IS_INTERRUPTED,
          SERVER_IS_CLOSED,
          BOARD_STOPS,
          GUARD_THREADS_RUN_OUT ->
          AuditLog.open(folder);
    };
  }

  /** Where the guard's threads run out, half of the streams hold one for long. */
  private List<FaultPlan> plansAround(Surroundings broken, int count, SplittableRandom random) {
    List<FaultPlan> plans = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Fault fault =
          broken == Surroundings.GUARD_THREADS_RUN_OUT && i % 2 == 0
              ? Fault.STAGE_SPINS_AND_HEARS_NO_INTERRUPT
              : Fault.NOTHING;
      plans.add(FaultPlan.of(streams.incrementAndGet(), fault, random));
    }
    return plans;
  }

  private Server server(Surroundings broken, Path place, AuditLog log, boolean probed) {
    ServerSettings settings = ServerSettings.standard(place).withPort(0);
    int threads = 256;
    if (broken == Surroundings.GUARD_THREADS_RUN_OUT) {
      threads = 3;
      settings = settings.withMostReplies(3, Duration.ofSeconds(10));
    }
    Guard guard =
        Guard.of(List.of(new FaultyStage(DEADLINE)))
            .with(new GuardSettings(4, 2, DEADLINE, threads));
    return Server.start(
        released.release(), model, probed ? ProbeFolder.watching(guard) : guard, log, settings);
  }

  private void shake(Surroundings broken, Server server, AuditLog log, Set<Thread> others) {
    switch (broken) {
      case RECORD_IS_CLOSED -> log.close();
      case SERVER_IS_CLOSED -> server.close();
      case BOARD_STOPS -> orders().stop("the plan says so", released.key(0));
      case RECORDS_THREAD_IS_INTERRUPTED ->
          recordThreads().stream()
              .filter(thread -> !others.contains(thread))
              .forEach(FaultStreamsTest::interruptAndAwait);
      case DISK_FAILS,
          DISK_IS_FULL,
          DISK_FAILS_AFTER_WRITING,
          DISK_THROWS_AN_ERROR,
          DISK_IS_SLOW,
          CLOCK_LEAPS,
          GUARD_THREADS_RUN_OUT -> {}
    }
  }

  /** A busy machine lets a thread hear of it late. */
  private static void interruptAndAwait(Thread thread) {
    thread.interrupt();
    try {
      thread.join(Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Orders orders() {
    return Registry.at(released.registryFolder()).orders();
  }

  private static Set<Thread> recordThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("forefront-audit"))
        .collect(Collectors.toSet());
  }

  private static Set<Ending> endings(Surroundings broken) {
    return switch (broken) {
      case DISK_IS_SLOW, CLOCK_LEAPS -> EnumSet.of(Ending.FINISHED);
      case GUARD_THREADS_RUN_OUT -> EnumSet.of(Ending.FINISHED, Ending.REFUSED);
      case BOARD_STOPS -> EnumSet.of(Ending.FINISHED, Ending.REFUSED, Ending.ERROR);
      case DISK_FAILS,
          DISK_IS_FULL,
          DISK_FAILS_AFTER_WRITING,
          DISK_THROWS_AN_ERROR,
          RECORD_IS_CLOSED,
          RECORDS_THREAD_IS_INTERRUPTED ->
          EnumSet.of(Ending.FINISHED, Ending.ERROR, Ending.CUT);
      // Who comes while the web server closes may be left waiting until the process ends.
      case SERVER_IS_CLOSED -> EnumSet.of(Ending.FINISHED, Ending.ERROR, Ending.CUT, Ending.SILENT);
    };
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
