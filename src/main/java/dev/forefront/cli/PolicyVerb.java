package dev.forefront.cli;

import dev.forefront.release.Orders;
import dev.forefront.release.Registry;
import dev.forefront.release.Signatures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Policies that the board puts in force. */
@Command(
    name = "policy",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Have the board put policies in force.",
    footer = {
      "",
      "Example: ./forefront release policy adopt policies/demo.yaml --reason \"first policy\" --key"
          + " alice.pem"
    })
final class PolicyVerb implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "adopt",
      mixinStandardHelpOptions = true,
      description = {
        "Sign that releases may be let out under a policy; each member gives the file they have"
            + " read.",
        "A policy that asks for less than every one in force takes the board's larger quorum.",
        "The first who signs begins; everyone gives the same reason."
      },
      footer = {
        "",
        "Example: ./forefront release policy adopt policies/demo.yaml --reason \"first policy\""
            + " --key alice.pem",
        "         ./forefront release policy adopt policies/demo.yaml --reason \"first policy\""
            + " --key bob.pem"
      })
  int adopt(
      @Parameters(paramLabel = "FILE", description = "The policy.") Path policy,
      @Option(names = "--reason", required = true, paramLabel = "TEXT", description = "Why.")
          String reason,
      @Option(
              names = "--board",
              paramLabel = "FILE",
              description = "Begins a registry for this board.")
          @Nullable Path board,
      @Mixin KeySource key,
      @Mixin ReleaseVerb.Place place,
      @Mixin Output output) {
    Registry registry = place.begin(board);
    Orders orders = registry.orders();
    List<String> weaknesses = orders.weaknesses(policy);
    Signatures signatures;
    try (ReleaseRecord record = place.record()) {
      signatures = orders.adopt(policy, reason, key.open());
      record.adopted(policy, signatures, weaknesses.size());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("policy", policy.toString());
    answer.put("in_force", signatures.isEnough());
    answer.put("signers", signatures.signers());
    answer.put("signatures_needed", signatures.needed());
    answer.put("missing", signatures.missing());
    answer.put("weaknesses", weaknesses);
    String weaker =
        weaknesses.isEmpty()
            ? ""
            : "\nit asks for less than the policy in force, so it takes the larger quorum:\n  - "
                + String.join("\n  - ", weaknesses);
    output.answer(
        spec.commandLine().getOut(),
        answer,
        "%s is signed by %s%s%s"
            .formatted(
                policy,
                String.join(", ", signatures.signers()),
                signatures.isEnough()
                    ? " and in force"
                    : "; still missing: " + signatures.missing(),
                weaker));
    return Exit.DONE;
  }

  @Command(
      name = "log",
      mixinStandardHelpOptions = true,
      description = "Show everything that the board ordered in this registry, oldest first.",
      footer = {"", "Example: ./forefront release policy log --registry runs/registry"})
  int log(@Mixin ReleaseVerb.Place place, @Mixin Output output) {
    List<String> lines = place.open().orders().lines();
    output.answer(
        spec.commandLine().getOut(),
        lines,
        lines.isEmpty() ? "nothing was ordered yet" : String.join("\n", lines));
    return Exit.DONE;
  }
}
