package dev.forefront.cli;

import dev.forefront.release.Orders;
import dev.forefront.release.Signatures;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Members lift a stop together, one signature at a time. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = {
      "Sign that a stop is lifted; with the last signature of the release quorum it is.",
      "Everyone gives the same reason. A new stop makes signatures void that were gathered before"
          + " it."
    },
    footer = {
      "",
      "Example: ./forefront release resume --reason \"the report was a mistake\" --key alice.pem",
      "         ./forefront release resume tiny-1 --reason reviewed --key bob.pem"
    })
final class ResumeVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "Name of the release (default: the stop of all).")
  private @Nullable String name;

  @Mixin private OrderOptions order = new OrderOptions();

  @Override
  public Integer call() {
    Orders orders = order.place().open().orders();
    Signatures signatures;
    try (ReleaseRecord record = order.place().record()) {
      signatures =
          name == null
              ? orders.resume(order.reason(), order.key())
              : orders.resume(name, order.reason(), order.key());
      record.add(
          "release.resume",
          name == null ? "*" : name,
          Map.of(
              "reason",
              order.reason(),
              "signers",
              signatures.signers(),
              "resumed",
              signatures.isEnough()));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("scope", name == null ? "*" : name);
    answer.put("resumed", signatures.isEnough());
    answer.put("signers", signatures.signers());
    answer.put("missing", signatures.missing());
    order.answer(
        spec.commandLine().getOut(),
        answer,
        signatures.isEnough()
            ? "resumed by " + String.join(", ", signatures.signers())
            : "signed by %s; still stopped: %s"
                .formatted(String.join(", ", signatures.signers()), signatures.missing()));
    return Exit.DONE;
  }
}
