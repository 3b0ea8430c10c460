package dev.forefront.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * What a verb said and how it ended.
 *
 * @param exit code
 */
record Ran(int exit, String out, String err) {

  /** Runs a verb as the launcher does, and keeps what it prints. */
  static Ran of(Object verb, String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = new CommandLine(verb);
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    line.setExecutionExceptionHandler(Failures::handle);
    line.setParameterExceptionHandler(Failures::handleUsage);
    int exit = line.execute(args);
    return new Ran(exit, out.toString(), err.toString());
  }
}
