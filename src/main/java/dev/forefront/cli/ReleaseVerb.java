package dev.forefront.cli;

import dev.forefront.release.Admitted;
import dev.forefront.release.Board;
import dev.forefront.release.Candidate;
import dev.forefront.release.Draft;
import dev.forefront.release.Proposal;
import dev.forefront.release.Proposed;
import dev.forefront.release.Refused;
import dev.forefront.release.RefusedException;
import dev.forefront.release.Registry;
import dev.forefront.release.Release;
import dev.forefront.release.Signatures;
import dev.forefront.release.Verification;
import dev.forefront.release.Waivable;
import dev.forefront.release.Waived;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The road of a release: propose, sign, open; and list, stop, resume, revoke, waive, verify. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Let a measured model out: propose it, have the board sign, open it.",
    subcommands = {
      StopVerb.class,
      ResumeVerb.class,
      RevokeVerb.class,
      WaiveVerb.class,
      WithdrawVerb.class,
      ListVerb.class,
      KeyVerb.class,
      BoardVerb.class,
      PolicyVerb.class,
      ExportVerb.class,
      CheckVerb.class
    },
    footer = {
      "",
      "Example: ./forefront release propose tiny-1 --model runs/tiny/model --report"
          + " runs/tiny/evaluation \\",
      "             --policy policies/demo.yaml --registry runs/registry",
      "         ./forefront release sign tiny-1 --key alice.pem --registry runs/registry",
      "         ./forefront release open tiny-1 --registry runs/registry"
    })
final class ReleaseVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Where the registry is. */
  static final class Place {
    @Option(
        names = "--registry",
        paramLabel = "DIR",
        description = "The registry's folder (default: ${DEFAULT-VALUE}).")
    private Path folder = Path.of("runs", "registry");

    Registry open() {
      return Registry.at(folder);
    }

    ReleaseRecord record() {
      return ReleaseRecord.of(folder);
    }

    Registry begin(@Nullable Path board) {
      return board == null ? open() : Registry.create(folder, Board.read(board));
    }
  }

  @Command(
      name = "propose",
      mixinStandardHelpOptions = true,
      description =
          "Copy a model with its reports into the registry and write the statement to sign, if the"
              + " gate finds the evidence sufficient.",
      footer = {
        "",
        "Example: ./forefront release propose tiny-1 --model runs/tiny/model \\",
        "             --report runs/tiny/evaluation --policy policies/demo.yaml"
      })
  int propose(
      @Parameters(paramLabel = "NAME", description = "Name of the release.") String name,
      @Option(
              names = "--model",
              required = true,
              paramLabel = "DIR",
              description = "The model's folder.")
          Path model,
      @Option(
              names = "--report",
              required = true,
              paramLabel = "PATH",
              description = "A report.json or a folder with one; may be given more than once.")
          List<Path> reports,
      @Option(
              names = "--policy",
              required = true,
              paramLabel = "FILE",
              description = "The policy to meet.")
          Path policy,
      @Option(names = "--guard", paramLabel = "DIR", description = "The guard's files.")
          @Nullable Path guard,
      @Option(names = "--lineage", paramLabel = "FILE", description = "Where the model is from.")
          @Nullable Path lineage,
      @Option(
              names = "--constitution",
              paramLabel = "FILE",
              description = "The principles that the model was tuned by.")
          @Nullable Path constitution,
      @Option(
              names = "--stage-report",
              paramLabel = "NAME=PATH",
              description =
                  "A report about an earlier stage that the lineage names; may be given more than"
                      + " once.")
          @Nullable Map<String, Path> stageReports,
      @Option(
              names = "--board",
              paramLabel = "FILE",
              description = "Begins a registry for this board.")
          @Nullable Path board,
      @Mixin Place place,
      @Mixin Output output) {
    Draft draft =
        Draft.of(name, model, reports, policy)
            .withGuard(guard)
            .withLineage(lineage)
            .withConstitution(constitution)
            .withStageReports(stageReports == null ? Map.of() : stageReports);
    Registry registry = place.begin(board);
    Proposal proposal;
    try (ReleaseRecord record = place.record()) {
      proposal = registry.propose(draft);
      record.proposed(name, proposal);
    }
    return switch (proposal) {
      case Refused refused -> refused(out(), output, name, refused);
      case Proposed proposed -> {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("decision", "proposed");
        answer.put("name", name);
        answer.put("model_digest", proposed.modelDigest());
        answer.put("folder", proposed.folder().toString());
        answer.put("signatures_needed", proposed.signaturesNeeded());
        output.answer(
            out(),
            answer,
            "%s is proposed: the evidence meets the policy; %d signatures are needed%n  %s"
                .formatted(name, proposed.signaturesNeeded(), proposed.modelDigest()));
        yield Exit.DONE;
      }
    };
  }

  @Command(
      name = "sign",
      mixinStandardHelpOptions = true,
      description = "Add one board member's signature, after the gate has looked again.",
      footer = {"", "Example: ./forefront release sign tiny-1 --key alice.pem"})
  int sign(
      @Parameters(paramLabel = "NAME", description = "Name of the release.") String name,
      @Mixin KeySource key,
      @Mixin Place place,
      @Mixin Output output) {
    Registry registry = place.open();
    Signatures signatures;
    try (ReleaseRecord record = place.record()) {
      try {
        signatures = registry.sign(name, key.open());
      } catch (RefusedException e) {
        record.refused("release.sign", name, e.reasons());
        return refused(output, name, e.reasons());
      }
      record.signed(name, signatures);
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("name", name);
    answer.put("signers", signatures.signers());
    answer.put("signatures_needed", signatures.needed());
    answer.put("missing", signatures.missing());
    output.answer(
        out(),
        answer,
        "%s is signed by %s: %d of %d%s"
            .formatted(
                name,
                String.join(", ", signatures.signers()),
                signatures.signers().size(),
                signatures.needed(),
                signatures.isEnough() ? "" : "; still missing: " + signatures.missing()));
    return Exit.DONE;
  }

  @Command(
      name = "open",
      mixinStandardHelpOptions = true,
      description = "Verify everything about a release as the server would, and say the outcome.",
      footer = {"", "Example: ./forefront release open tiny-1 --json"})
  int open(
      @Parameters(paramLabel = "NAME", description = "Name of the release.") String name,
      @Mixin Place place,
      @Mixin Output output) {
    return switch (place.open().open(name)) {
      case Refused refused -> refused(output, name, refused.reasons());
      case Admitted admitted -> {
        Release release = admitted.release();
        output.answer(
            out(),
            describe(release),
            "%s is admitted under the policy \"%s\", signed by %s of the board \"%s\"%s%n  %s%s"
                .formatted(
                    name,
                    release.policyName(),
                    String.join(", ", release.signers()),
                    release.boardName(),
                    demo(release.isDemoBoard()),
                    release.modelDigest(),
                    below(release.waivers())));
        yield Exit.DONE;
      }
    };
  }

  private static Map<String, Object> describe(Release release) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("decision", "admitted");
    answer.put("name", release.name());
    answer.put("model_digest", release.modelDigest());
    answer.put("policy", release.policyName());
    answer.put("policy_digest", release.policyDigest());
    answer.put("board", release.boardName());
    answer.put("demo_board", release.isDemoBoard());
    answer.put("signers", release.signers());
    answer.put("created", release.created().toString());
    answer.put("model", release.modelFolder().toString());
    answer.put("waivers", ListVerb.describe(release.waivers()));
    answer.put("report", release.reportPage().orElse(release.reportJson()).toString());
    return answer;
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description =
          "Verify a release folder offline, by the board's public keys alone, as of the day it was"
              + " proposed.",
      footer = {
        "",
        "Example: ./forefront release verify runs/registry/tiny-1 --board board.json --page"
            + " safety-case.html"
      })
  int verify(
      @Parameters(paramLabel = "DIR", description = "The release's folder.") Path folder,
      @Option(
              names = "--board",
              required = true,
              paramLabel = "FILE",
              description = "The board's public keys, from a place that you trust.")
          Path board,
      @Option(
              names = "--page",
              paramLabel = "FILE",
              description = "Gets the safety case: claim, argument, evidence, signatures.")
          @Nullable Path page,
      @Mixin Output output) {
    Candidate candidate = Candidate.read(folder, Board.read(board));
    Verification verification = Verification.of(candidate);
    if (page != null) {
      verification.writePage(page);
    }
    if (!verification.isInOrder()) {
      return refused(output, candidate.name(), verification.reasons());
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("decision", "verified");
    answer.put("name", candidate.name());
    answer.put("model_digest", candidate.modelDigest());
    answer.put("signers", verification.signers());
    answer.put("waivers", ListVerb.describe(verification.waivers()));
    if (page != null) {
      answer.put("page", page.toString());
    }
    output.answer(
        out(),
        answer,
        "%s was released properly, signed by %s%n  %s%s%s"
            .formatted(
                candidate.name(),
                String.join(", ", verification.signers()),
                candidate.modelDigest(),
                below(verification.waivers()),
                page == null ? "" : "\n  safety case: " + page));
    return Exit.DONE;
  }

  private int refused(Output output, String name, List<String> reasons) {
    return refused(out(), output, name, reasons);
  }

  static int refused(PrintWriter out, Output output, String name, List<String> reasons) {
    return refused(out, output, name, new Refused(reasons));
  }

  private static int refused(PrintWriter out, Output output, String name, Refused refused) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("decision", "refused");
    answer.put("name", name);
    answer.put("reasons", refused.reasons());
    String lines = name + " is REFUSED:\n  - " + String.join("\n  - ", refused.reasons());
    Waivable waivable = refused.waivable();
    if (waivable != null) {
      answer.put("candidate", waivable.candidate());
      answer.put("waivable", waivable.criteria());
      if (!waivable.criteria().isEmpty()) {
        lines +=
            "\nof this the board's larger quorum could waive for the candidate %s:\n  - %s"
                .formatted(waivable.candidate(), String.join("\n  - ", waivable.criteria()));
      }
    }
    output.answer(out, answer, lines);
    return Exit.REFUSED;
  }

  static String demo(boolean demoBoard) {
    return demoBoard ? "  [DEMO board: vouches for nothing]" : "";
  }

  private static String below(List<Waived> waivers) {
    return ListVerb.lines(waivers).stream().map("\n"::concat).collect(Collectors.joining());
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
