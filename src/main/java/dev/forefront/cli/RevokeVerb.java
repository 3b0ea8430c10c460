package dev.forefront.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** One member calls a release back. */
@Command(
    name = "revoke",
    mixinStandardHelpOptions = true,
    description = "Call a release back for good; one member may, and its name is not used again.",
    footer = {
      "",
      "Example: ./forefront release revoke tiny-1 --reason \"answers invented doses\" --key"
          + " alice.pem"
    })
final class RevokeVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "NAME", description = "Name of the release.")
  private String name = "";

  @Mixin private OrderOptions order = new OrderOptions();

  @Override
  public Integer call() {
    order.place().open().revoke(name, order.reason(), order.key());
    // After the fact: a record that cannot be written must not keep anybody from calling back.
    try (ReleaseRecord record = order.place().record()) {
      record.ordered("release.revoke", name, order.reason());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", name);
    answer.put("revoked", order.reason());
    order.answer(spec.commandLine().getOut(), answer, name + " is revoked and will not open again");
    return Exit.DONE;
  }
}
