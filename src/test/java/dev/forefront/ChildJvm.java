package dev.forefront;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Another JVM that runs a class of this test's class path under the launcher's flags: a real
 * process, which a test may kill.
 */
public final class ChildJvm implements AutoCloseable {
  private static final long PATIENCE_SECONDS = Long.getLong("forefront.patience", 300);

  private final Process process;
  private final Path log;

  private ChildJvm(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * @param log gets all that the child prints
   */
  public static ChildJvm start(Path log, String mainClass, String... arguments) {
    return start(log, Map.of(), command(mainClass, arguments));
  }

  /**
   * A child with further environment variables, started through another command.
   *
   * @param through such as {@code ip netns exec NAME}; empty for none
   */
  public static ChildJvm start(
      Path log,
      List<String> through,
      Map<String, String> environment,
      String mainClass,
      String... arguments) {
    List<String> command = new ArrayList<>(through);
    command.addAll(command(mainClass, arguments));
    return start(log, environment, command);
  }

  /**
   * A child none of whose files may grow beyond a size, as on a disk that is full.
   *
   * @param kibibytes most that a file may hold
   */
  public static ChildJvm startOnAFullDisk(
      Path log, int kibibytes, String mainClass, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("bash", "-c", "ulimit -f " + kibibytes + " && exec \"$@\"", "bash"));
    command.addAll(command(mainClass, arguments));
    return start(log, Map.of(), command);
  }

  /**
   * Writes a program that runs a class as a child is run, for scripts that call ./forefront.
   *
   * @param program gets the file
   */
  public static void write(Path program, String mainClass) {
    String words =
        command(mainClass).stream()
            .map(word -> "'" + word.replace("'", "'\\''") + "'")
            .collect(Collectors.joining(" "));
    try {
      Files.writeString(program, "#!/usr/bin/env bash\nexec " + words + " \"$@\"\n");
      Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ChildJvm start(Path log, Map<String, String> environment, List<String> command) {
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      return new ChildJvm(process, log);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<String> command(String mainClass, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(launcherFlags());
    command.addAll(List.of("-Xmx512m", "-XX:-UsePerfData", "-cp", classPath(), mainClass));
    command.addAll(List.of(arguments));
    return command;
  }

  private static List<String> launcherFlags() {
    try {
      return Files.readAllLines(Path.of("bin/jvm-flags")).stream()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String classPath() {
    String real = System.getProperty("surefire.real.class.path");
    return real == null
        ? System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
        : real;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Processes that the child has started and that have not ended. */
  public List<ProcessHandle> children() {
    return process.children().toList();
  }

  /** SIGKILL, which no process can hear coming. */
  public void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM, as Ctrl+C or a service manager ends a process. */
  public void terminate() {
    process.destroy();
  }

  /** The exit code; 137 after a kill, 143 after SIGTERM. */
  public int exitCode() throws InterruptedException {
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("the child did not end: " + printed());
    }
    return process.exitValue();
  }

  public String printed() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
