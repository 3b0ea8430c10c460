package dev.forefront.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts the ranks of a training as processes of this machine and sees to it that they end
 * together. Rank 0 speaks for all; the others write to files of their own.
 */
final class LocalRanks {
  private static final String LAUNCHER = "FOREFRONT_LAUNCHER";
  private static final Duration LOOK = Duration.ofMillis(100);

  /** In which ranks find out by themselves that one is gone, and say so. */
  private static final Duration GRACE = Duration.ofSeconds(15);

  /** In which ranks that are asked to end together have saved; they give up themselves before. */
  private static final Duration TO_SAVE = Duration.ofSeconds(130);

  /** The same where nothing can be saved any more. */
  private static final Duration TO_BREAK_OFF = Duration.ofSeconds(10);

  private final List<Rank> ranks = new ArrayList<>();
  private final Path logs;

  private LocalRanks(Path logs) {
    this.logs = logs;
  }

  private record Rank(int number, Process process) {}

  /**
   * @param run the run's folder; gets {@code ranks/rank-1.log} and so on
   * @param arguments of the verb {@code train} for each
   * @return the exit code of all together
   */
  static int run(int size, Path run, List<String> arguments) {
    LocalRanks all = new LocalRanks(run.resolve("ranks"));
    Thread hook = new Thread(() -> all.endAll(TO_SAVE), "forefront-end-ranks");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      all.start(size, arguments);
      return all.await();
    } catch (IOException e) {
      all.endAll(TO_BREAK_OFF);
      throw new UncheckedIOException(e);
    } finally {
      unhook(hook);
    }
  }

  private static void unhook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook is at work: it waits for the ranks, and this thread has nothing more to say.
    }
  }

  private void start(int size, List<String> arguments) throws IOException {
    Files.createDirectories(logs);
    int port = freePort();
    for (int number = 0; number < size; number++) {
      ProcessBuilder builder = new ProcessBuilder(command(arguments));
      builder.environment().putAll(environment(number, size, port));
      if (number == 0) {
        builder.inheritIO();
      } else {
        builder.redirectErrorStream(true).redirectOutput(log(number).toFile());
      }
      ranks.add(new Rank(number, builder.start()));
    }
  }

  private static Map<String, String> environment(int number, int size, int port) {
    return Map.of(
        "RANK",
        Integer.toString(number),
        "LOCAL_RANK",
        Integer.toString(number),
        "WORLD_SIZE",
        Integer.toString(size),
        "LOCAL_WORLD_SIZE",
        Integer.toString(size),
        "MASTER_ADDR",
        "127.0.0.1",
        "MASTER_PORT",
        Integer.toString(port),
        LAUNCHER,
        Long.toString(ProcessHandle.current().pid()));
  }

  private static List<String> command(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "train"));
    command.addAll(arguments);
    return command;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path log(int number) {
    return logs.resolve("rank-%d.log".formatted(number));
  }

  private int await() {
    List<Rank> running = new ArrayList<>(ranks);
    Optional<Rank> cause = Optional.empty();
    Optional<Rank> first = Optional.empty();
    long failed = 0;
    while (!running.isEmpty()) {
      for (Rank rank : List.copyOf(running)) {
        if (!rank.process().isAlive()) {
          running.remove(rank);
          int status = rank.process().exitValue();
          if (status != Exit.DONE && first.isEmpty()) {
            first = Optional.of(rank);
            failed = System.nanoTime();
          }
          if (status != Exit.DONE && status != Exit.RANK_LOST && cause.isEmpty()) {
            cause = Optional.of(rank);
          }
        }
      }
      if (first.isPresent() && System.nanoTime() - failed > GRACE.toNanos()) {
        endAll(TO_BREAK_OFF);
      }
      pause();
    }
    return first.isEmpty() ? Exit.DONE : tell(cause.orElse(first.get()));
  }

  /** Says which rank ended the run; rank 0 has said itself why it did. */
  private int tell(Rank rank) {
    int status = rank.process().exitValue();
    System.err.printf(
        "forefront: rank %d (process %d) %s, and the run ended with it%s%n",
        rank.number(),
        rank.process().pid(),
        status > 128
            ? "was ended by signal %d (status %d)".formatted(status - 128, status)
            : "ended with status " + status,
        rank.number() == 0 ? "" : "; its words are in " + log(rank.number()));
    return status > Exit.DONE && status < Exit.RANK_LOST ? status : Exit.FAILED;
  }

  /** Asks all to end, then makes them. */
  private void endAll(Duration patience) {
    ranks.forEach(rank -> rank.process().destroy());
    long until = System.nanoTime() + patience.toNanos();
    while (ranks.stream().anyMatch(rank -> rank.process().isAlive()) && System.nanoTime() < until) {
      pause();
    }
    ranks.forEach(rank -> rank.process().destroyForcibly());
  }

  private static void pause() {
    try {
      Thread.sleep(LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** In a rank: ends when the launcher is gone, however it went. */
  static void endWithLauncher(Map<String, String> environment) {
    String launcher = environment.get(LAUNCHER);
    if (launcher == null) {
      return;
    }
    Thread watch =
        new Thread(
            () -> {
              ProcessHandle.of(Long.parseLong(launcher))
                  .ifPresent(process -> process.onExit().join());
              System.err.println("forefront: the launcher of the ranks is gone");
              System.exit(Exit.FAILED);
            },
            "forefront-launcher-watch");
    watch.setDaemon(true);
    watch.start();
  }
}
