package dev.forefront.cli;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Checkpoint;
import dev.forefront.audit.Entry;
import dev.forefront.audit.Pins;
import dev.forefront.audit.Proof;
import dev.forefront.audit.Verification;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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

/** Reads the record: verify, show, prove. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Check and read the record of what a server did.",
    footer = {
      "",
      "Example: ./forefront audit verify runs/audit",
      "         ./forefront audit show runs/audit --last 20",
      "         ./forefront audit prove runs/audit 17 > proof.json"
    })
final class AuditVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description =
          "Read the whole log, or a single proof, and name the first entry that is not as written.",
      footer = {
        "",
        "Example: ./forefront audit verify runs/audit --checkpoint kept/checkpoint",
        "         ./forefront audit verify --proof proof.json --public-key MCowBQYDK2VwAyEA..."
      })
  int verify(
      @Parameters(arity = "0..1", paramLabel = "DIR", description = "The log's folder.")
          @Nullable Path folder,
      @Option(
              names = "--checkpoint",
              paramLabel = "FILE",
              description = "A checkpoint that was kept elsewhere; may be given more than once.")
          @Nullable List<Path> checkpoints,
      @Option(
              names = "--public-key",
              paramLabel = "BASE64",
              description = "The key that must have signed (SubjectPublicKeyInfo).")
          @Nullable String publicKey,
      @Option(
              names = "--proof",
              paramLabel = "FILE",
              description = "Check this proof instead of a log; needs --public-key.")
          @Nullable Path proof,
      @Mixin Output output) {
    VerifyingKey key = publicKey == null ? null : VerifyingKey.ofBase64(publicKey);
    if (proof != null) {
      return verifyProof(proof, key, output);
    }
    if (folder == null) {
      throw new BadInputException("audit verify needs the log's folder, or --proof FILE");
    }
    List<Checkpoint> kept = new ArrayList<>();
    for (Path file : checkpoints == null ? List.<Path>of() : checkpoints) {
      kept.add(Checkpoint.parse(text(file)));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    return switch (AuditLog.verify(folder, new Pins(key, kept))) {
      case Verification.Intact intact -> {
        answer.put("intact", true);
        answer.put("entries", intact.entries());
        answer.put("covered", intact.covered());
        answer.put("root", intact.root());
        answer.put("public_key", intact.publicKey());
        output.answer(
            out(),
            answer,
            "intact: %d entries, the first %d under a signed checkpoint%n  root %s%n  key  %s"
                .formatted(intact.entries(), intact.covered(), intact.root(), intact.publicKey()));
        yield Exit.DONE;
      }
      case Verification.Broken broken -> {
        answer.put("intact", false);
        answer.put("first_bad_entry", broken.firstBadEntry());
        answer.put("reason", broken.reason());
        output.answer(
            out(),
            answer,
            "BROKEN at entry %d: %s".formatted(broken.firstBadEntry(), broken.reason()));
        yield Exit.FAILED;
      }
    };
  }

  private int verifyProof(Path file, @Nullable VerifyingKey key, Output output) {
    if (key == null) {
      throw new BadInputException("a proof is checked against a key that you trust: --public-key");
    }
    Proof proof = Proof.ofJson(text(file));
    boolean holds = proof.holds(key);
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("holds", holds);
    answer.put("entry", proof.entry());
    answer.put("line", proof.line());
    output.answer(
        out(),
        answer,
        (holds
                ? "the proof holds for entry %d:%n  %s"
                : "the proof does NOT hold for entry %d:%n  %s")
            .formatted(proof.entry(), proof.line()));
    return holds ? Exit.DONE : Exit.FAILED;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Print the newest entries, oldest first, up to the first that is damaged.",
      footer = {"", "Example: ./forefront audit show runs/audit --last 20 --kind reply"})
  int show(
      @Parameters(paramLabel = "DIR", description = "The log's folder.") Path folder,
      @Option(
              names = "--last",
              paramLabel = "N",
              defaultValue = "50",
              description = "How many (default: ${DEFAULT-VALUE}).")
          int last,
      @Option(names = "--kind", paramLabel = "KIND", description = "Only entries of this kind.")
          @Nullable String kind,
      @Mixin Output output) {
    if (last < 1) {
      throw new BadInputException("--last must be at least 1, not " + last);
    }
    Deque<Entry> newest = new ArrayDeque<>();
    Verification found =
        AuditLog.read(
            folder,
            Pins.NONE,
            entry -> {
              if (kind == null || kind.equals(entry.kind())) {
                newest.add(entry);
              }
              if (newest.size() > last) {
                newest.removeFirst();
              }
            });
    for (Entry entry : newest) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("n", entry.number());
      answer.put("time", entry.time().toString());
      answer.put("kind", entry.kind());
      answer.put("fields", entry.fields());
      output.answer(
          out(),
          answer,
          "%6d  %s  %-12s %s"
              .formatted(entry.number(), entry.time(), entry.kind(), entry.fields()));
    }
    if (found instanceof Verification.Broken broken) {
      spec.commandLine()
          .getErr()
          .println(
              "forefront: the log is BROKEN at entry %d: %s"
                  .formatted(broken.firstBadEntry(), broken.reason()));
      spec.commandLine().getErr().flush();
      return Exit.FAILED;
    }
    return Exit.DONE;
  }

  @Command(
      name = "prove",
      mixinStandardHelpOptions = true,
      description =
          "Print a proof, as JSON, that an entry is in the history that the newest checkpoint signs.",
      footer = {"", "Example: ./forefront audit prove runs/audit 17 > proof.json"})
  int prove(
      @Parameters(paramLabel = "DIR", description = "The log's folder.") Path folder,
      @Parameters(paramLabel = "N", description = "The entry's number.") long number,
      @Option(names = "--json", description = "Accepted, since a proof is JSON anyway.")
          boolean json) {
    out().println(AuditLog.prove(folder, number).toJson());
    out().flush();
    return Exit.DONE;
  }

  private static String text(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new BadInputException(file + " does not exist or is no file");
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
