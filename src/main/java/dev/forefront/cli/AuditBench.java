package dev.forefront.cli;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Verification;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times the record: appending from many threads, verifying, opening. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = {
      "Append entries as large as a reply's from many threads, each waiting until its own is on"
          + " the",
      "disk; then verify the whole log, and open it again."
    },
    footer = {"", "Example: ./forefront bench audit --entries 100000 --json"})
final class AuditBench implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--entries",
      paramLabel = "N",
      description = "Entries to append (default: ${DEFAULT-VALUE}).")
  private int entries = 100_000;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that append (default: ${DEFAULT-VALUE}, as many as replies at once).")
  private int threads = 64;

  @Option(
      names = "--folder",
      paramLabel = "DIR",
      description = "Where the log goes, and stays; by default below the system's, and is deleted.")
  private @Nullable Path folder;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (entries < 1 || threads < 1) {
      throw new BadInputException("--entries and --threads must be at least 1");
    }
    Path place = folder == null ? Files.createTempDirectory("forefront-bench-audit") : folder;
    try {
      return measure(place);
    } finally {
      if (folder == null) {
        FileTree.delete(place);
      }
    }
  }

  private Integer measure(Path place) throws InterruptedException {
    double[] waits = new double[entries];
    double seconds;
    double cpuSeconds;
    long syncs;
    try (AuditLog log = AuditLog.open(place);
        Progress progress = Progress.start("bench audit", entries, "entries")) {
      append(log, Math.min(entries, 2_000), new double[entries], progress);
      long before = log.syncs();
      double cpu = cpuSeconds();
      long from = System.nanoTime();
      append(log, entries, waits, progress);
      cpuSeconds = cpuSeconds() - cpu;
      seconds = (System.nanoTime() - from) / 1e9;
      syncs = log.syncs() - before;
    }
    long from = System.nanoTime();
    Verification found = AuditLog.verify(place);
    double verify = (System.nanoTime() - from) / 1e9;
    if (!(found instanceof Verification.Intact intact)) {
      throw new BadInputException("the log that was just written does not verify: " + found);
    }
    from = System.nanoTime();
    AuditLog.open(place).close();
    double open = (System.nanoTime() - from) / 1e9;
    Arrays.sort(waits);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("entries", entries);
    answer.put("threads", threads);
    answer.put("append_microseconds_amortised", 1e6 * seconds / entries);
    answer.put("append_cpu_microseconds", 1e6 * cpuSeconds / entries);
    answer.put("append_wait_milliseconds_median", 1e3 * waits[entries / 2]);
    answer.put("append_wait_milliseconds_p99", 1e3 * waits[(int) (entries * 0.99)]);
    answer.put("syncs", syncs);
    answer.put("entries_verified", intact.entries());
    answer.put("verify_seconds", verify);
    answer.put("open_seconds", open);
    output.answer(
        spec.commandLine().getOut(),
        answer,
        String.format(
            Locale.ROOT,
            "append %.1f us amortised over %d threads, %d syncs for %d entries; verify %.2f s for"
                + " %d entries; open and close %.3f s",
            1e6 * seconds / entries,
            threads,
            syncs,
            entries,
            verify,
            intact.entries(),
            open));
    return Exit.DONE;
  }

  /** Of all threads of this process; other processes hardly change it. */
  private static double cpuSeconds() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9;
  }

  private void append(AuditLog log, int count, double[] waits, Progress progress)
      throws InterruptedException {
    AtomicLong next = new AtomicLong();
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      all.add(
          Thread.ofPlatform()
              .name("forefront-bench-audit-" + t)
              .start(
                  () -> {
                    for (long i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                      long from = System.nanoTime();
                      log.append("reply", reply(i));
                      waits[(int) i] = (System.nanoTime() - from) / 1e9;
                      progress.at(i + 1);
                    }
                  }));
    }
    for (Thread thread : all) {
      thread.join();
    }
  }

  /** As long as what a server records about a reply. */
  private static Map<String, ?> reply(long i) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("request_id", "req_bench%016d".formatted(i));
    fields.put("outcome", "finished");
    fields.put("stop_reason", "end_turn");
    fields.put("release", "bench-1");
    fields.put("model_digest", "%064x".formatted(1));
    fields.put("policy_digest", "%064x".formatted(2));
    fields.put("guard_digest", "%064x".formatted(3));
    fields.put("allowed", List.of(List.of(0, 1234)));
    fields.put("delivered_sha256", "%064x".formatted(i));
    fields.put("prompt_tokens", 100);
    fields.put("reply_tokens", 300);
    fields.put("milliseconds", 2500);
    return fields;
  }
}
