package dev.forefront.cli;

import dev.forefront.release.Registry;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
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

  @Mixin private OrderOptions order = new OrderOptions();

  @Override
  public Integer call() {
    Registry registry = order.place().open();
    if (name == null) {
      registry.orders().stop(order.reason(), order.key());
    } else {
      registry.stop(name, order.reason(), order.key());
    }
    // After the fact: a record that cannot be written must not keep anybody from stopping.
    try (ReleaseRecord record = order.place().record()) {
      record.ordered("release.stop", name == null ? "*" : name, order.reason());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("stopped", name == null ? "*" : name);
    answer.put("reason", order.reason());
    order.answer(
        spec.commandLine().getOut(),
        answer,
        "%s stopped until the board's quorum resumes"
            .formatted(name == null ? "everything is" : name + " is"));
    return Exit.DONE;
  }
}
