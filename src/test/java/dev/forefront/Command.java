package dev.forefront;

import java.io.IOException;

/** A program of this machine, run to its end; what it prints is thrown away. */
public final class Command {

  private Command() {}

  /**
   * @return its exit code; 127, as a shell has it, where there is no such program
   */
  public static int run(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException notThere) {
      return 127;
    }
  }
}
