package dev.forefront.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what the launcher found: JDK, cores, memory, flags. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Print what this machine offers and what the launcher found.",
    footer = {"", "Example: ./forefront doctor"})
final class Doctor implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Runtime runtime = Runtime.getRuntime();
    out.printf("java     %s (%s)%n", Runtime.version(), System.getProperty("java.home"));
    out.printf("system   %s %s%n", System.getProperty("os.name"), System.getProperty("os.arch"));
    out.printf("cores    %d%n", runtime.availableProcessors());
    out.printf("heap     at most %,d MB%n", runtime.maxMemory() >> 20);
    out.printf("vectors  %s%n", vectorModule());
    out.flush();
    return Exit.DONE;
  }

  private static String vectorModule() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
        ? "jdk.incubator.vector is on"
        : "jdk.incubator.vector is off: start with ./forefront, which sets the flags";
  }
}
