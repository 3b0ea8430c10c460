package dev.forefront.cli;

import dev.forefront.release.Registry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One member stops what is served. */
@Command(
    name = "stop",
    mixinStandardHelpOptions = true,
    description = {
      "Stop one release, or without a name all of them, at once.",
      "Any one key of the board does; only the release quorum resumes."
    },
    footer = {
      "",
      "Example: ./forefront release stop --reason \"answers invented doses\" --key alice.pem",
      "         ./forefront release stop tiny-1 --reason \"under review\" --key alice.pem"
    })
final class StopVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Name of the release (default: all of the registry).")
  private @Nullable String name;

  @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
  private String reason = "";

  @Mixin private KeySource key = new KeySource();
  @Mixin private ReleaseVerb.Place place = new ReleaseVerb.Place();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    Registry registry = place.open();
    if (name == null) {
      registry.orders().stop(reason, key.open());
    } else {
      registry.stop(name, reason, key.open());
    }
    // After the fact: a record that cannot be written must not keep anybody from stopping.
    try (ReleaseRecord record = place.record()) {
      record.ordered("release.stop", name == null ? "*" : name, reason);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("stopped", name == null ? "*" : name);
    answer.put("reason", reason);
    output.answer(
        spec.commandLine().getOut(),
        answer,
        "%s stopped until the board's quorum resumes"
            .formatted(name == null ? "everything is" : name + " is"));
    return Exit.DONE;
  }
}
