package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.release.Policy;
import dev.forefront.release.Registry;
import dev.forefront.release.Signatures;
import dev.forefront.release.WaiverRequest;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
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

/** Members bear together that one release misses one criterion for a while. */
@Command(
    name = "waive",
    mixinStandardHelpOptions = true,
    description = {
      "Sign that one release need not meet one criterion of its policy until some time, 90 days at"
          + " most.",
      "It takes the board's larger quorum; everyone gives the same end and the same reason.",
      "A refused proposal says which criteria can be waived, and the candidate's digest."
    },
    footer = {
      "",
      "Example: ./forefront release waive tiny-1 --criterion ends/self_ended_rate --until"
          + " 2026-12-31 \\",
      "             --candidate sha256:4f... --policy policies/demo.yaml --reason \"fixed next"
          + " month\" --key alice.pem"
    })
final class WaiveVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "NAME", description = "Name of the release.")
  private String name = "";

  @Option(
      names = "--criterion",
      required = true,
      paramLabel = "FIGURE",
      description = "Which one, as the refusal names it.")
  private String criterion = "";

  @Option(
      names = "--until",
      required = true,
      paramLabel = "TIME",
      description = "Its end: a day, which it ends at 00:00 UTC of, or a time in UTC.")
  private String until = "";

  @Option(
      names = "--candidate",
      paramLabel = "DIGEST",
      description = "What was proposed (default: what the registry has under the name).")
  private @Nullable String candidate;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "The policy that it misses; goes with --candidate.")
  private @Nullable Path policy;

  @Mixin private OrderOptions order = new OrderOptions();

  @Override
  public Integer call() {
    Registry registry = order.place().open();
    WaiverRequest request = request(registry);
    Signatures signatures;
    try (ReleaseRecord record = order.place().record()) {
      signatures = registry.orders().waive(request, order.reason(), order.key());
      Map<String, Object> entry = describe(request, signatures);
      entry.put("reason", order.reason());
      record.add("release.waive", name, entry);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", name);
    answer.putAll(describe(request, signatures));
    answer.put("signatures_needed", signatures.needed());
    answer.put("missing", signatures.missing());
    order.answer(
        spec.commandLine().getOut(),
        answer,
        "the waiver of %s for %s until %s is signed by %s%s"
            .formatted(
                criterion,
                name,
                request.until(),
                String.join(", ", signatures.signers()),
                signatures.isEnough() ? " and holds" : "; still missing: " + signatures.missing()));
    return Exit.DONE;
  }

  private WaiverRequest request(Registry registry) {
    if ((candidate == null) != (policy == null)) {
      throw new BadInputException("--candidate and --policy go together");
    }
    return candidate == null || policy == null
        ? registry.waiverFor(name, criterion, end(until))
        : new WaiverRequest(name, candidate, Policy.read(policy).digest(), criterion, end(until));
  }

  private Map<String, Object> describe(WaiverRequest request, Signatures signatures) {
    Map<String, Object> said = new LinkedHashMap<>();
    said.put("criterion", criterion);
    said.put("candidate", request.candidate());
    said.put("policy_digest", request.policyDigest());
    said.put("until", request.until().toString());
    said.put("signers", signatures.signers());
    said.put("holds", signatures.isEnough());
    return said;
  }

  private static Instant end(String text) {
    try {
      return text.contains("T")
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw new BadInputException(
          "--until must be a day such as 2026-12-31 or a time such as 2026-12-31T12:00:00Z, not "
              + text,
          e);
    }
  }
}
