package dev.forefront.cli;

import dev.forefront.audit.AuditLog;
import dev.forefront.audit.Checkpoint;
import dev.forefront.audit.ContinuityProof;
import dev.forefront.audit.NoteKey;
import dev.forefront.audit.Pins;
import dev.forefront.audit.Proof;
import dev.forefront.audit.Verification;
import dev.forefront.audit.WitnessClient;
import dev.forefront.audit.WitnessPolicy;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.VerifyingKey;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Reads a whole log, or a single proof, and says whether it is as it was written. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description =
        "Read the whole log, or a single proof, and name the first entry that is not as written.",
    footer = {
      "",
      "Example: ./forefront audit verify runs/serve/audit --checkpoint kept/checkpoint",
      "         ./forefront audit verify runs/serve/audit --witnesses witnesses.policy --ask",
      "         ./forefront audit verify --proof proof.json --public-key MCowBQYDK2VwAyEA..."
    })
final class AuditVerifyVerb implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "0..1", paramLabel = "DIR", description = "The log's folder.")
  private @Nullable Path folder;

  @Option(
      names = "--checkpoint",
      paramLabel = "FILE",
      description = "A checkpoint that was kept elsewhere; may be given more than once.")
  private List<Path> checkpoints = new ArrayList<>();

  @Option(
      names = "--public-key",
      paramLabel = "KEY",
      description =
          "The key that must have signed (SubjectPublicKeyInfo in base64, or a verifier key).")
  private @Nullable String publicKey;

  @Mixin private WitnessOptions witnesses = new WitnessOptions();

  @Option(
      names = "--ask",
      description =
          "Fetch the newest checkpoint from each witness of --witnesses that has a URL there.")
  private boolean ask;

  @Option(
      names = "--proof",
      paramLabel = "FILE",
      description = "Check this proof instead of a log; needs --public-key.")
  private @Nullable Path proof;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    VerifyingKey key = publicKey == null ? null : key(publicKey);
    List<Checkpoint> kept = new ArrayList<>();
    for (Path file : checkpoints) {
      kept.add(Checkpoint.parse(TextFile.read(file)));
    }
    if (proof != null) {
      return verifyProof(TextFile.read(proof), key, kept);
    }
    if (folder == null) {
      throw new BadInputException("audit verify needs the log's folder, or --proof FILE");
    }
    WitnessPolicy policy = witnesses.policy();
    if (ask) {
      kept.addAll(asked(policy, key));
    }
    return switch (AuditLog.verify(folder, new Pins(key, kept, policy))) {
      case Verification.Intact intact -> intact(intact);
      case Verification.Broken broken -> {
        Map<String, Object> answer = new LinkedHashMap<>();
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

  /** SubjectPublicKeyInfo, or name, hash and key with plus signs between. */
  private static VerifyingKey key(String text) {
    try {
      return VerifyingKey.ofBase64(text);
    } catch (BadInputException e) {
      NoteKey key;
      try {
        key = NoteKey.parse(text);
      } catch (BadInputException other) {
        throw e;
      }
      return key.key();
    }
  }

  /** What the witnesses themselves say, which no copy of the log's folder can set back. */
  private static List<Checkpoint> asked(WitnessPolicy policy, @Nullable VerifyingKey key) {
    List<NoteKey> logs = policy.logs();
    NoteKey log = key == null ? (logs.size() == 1 ? logs.getFirst() : null) : NoteKey.ofLog(key);
    if (log == null) {
      throw new BadInputException(
          "--ask needs to know the log: give --public-key, or one line \"log\" in --witnesses");
    }
    List<Checkpoint> newest = new ArrayList<>();
    for (WitnessPolicy.Witness witness : policy.witnesses().values()) {
      if (witness.url() != null) {
        newest.add(WitnessClient.newest(witness, log));
      }
    }
    if (newest.isEmpty()) {
      throw new BadInputException("--ask needs a witness with a URL in --witnesses");
    }
    return newest;
  }

  private int intact(Verification.Intact intact) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("intact", true);
    answer.put("entries", intact.entries());
    answer.put("covered", intact.covered());
    answer.put("root", intact.root());
    answer.put("public_key", intact.publicKey());
    answer.put("verifier_key", intact.verifierKey());
    answer.put("witnessed", intact.witnessedEntries());
    List<Map<String, Object>> seen = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (Verification.Witnessed one : intact.witnessed()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("witness", one.witness());
      row.put("entries", one.size());
      row.put("time", one.time().toString());
      seen.add(row);
      lines.append(
          "%n  witness %s: the first %d entries, on %s"
              .formatted(one.witness(), one.size(), one.time()));
    }
    answer.put("witnesses", seen);
    Verification.Texts texts = intact.texts();
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("kept", texts.kept());
    counts.put("erased", texts.erased());
    counts.put("missing", texts.missing());
    answer.put("texts", counts);
    if (texts.kept() + texts.erased() + texts.missing() > 0) {
      lines.append(
          "%n  texts of %d entries are kept, of %d erased on the record, of %d missing"
              .formatted(texts.kept(), texts.erased(), texts.missing()));
    }
    output.answer(
        out(),
        answer,
        "intact: %d entries, the first %d under a signed checkpoint%n  root %s%n  key  %s%n  vkey %s%s"
            .formatted(
                intact.entries(),
                intact.covered(),
                intact.root(),
                intact.publicKey(),
                intact.verifierKey(),
                lines));
    return Exit.DONE;
  }

  private int verifyProof(String text, @Nullable VerifyingKey key, List<Checkpoint> kept) {
    if (key == null) {
      throw new BadInputException("a proof is checked against a key that you trust: --public-key");
    }
    if (ContinuityProof.isMeantBy(text)) {
      ContinuityProof continuity = ContinuityProof.ofJson(text);
      boolean holds = continuity.holds(key) && kept.stream().allMatch(continuity::speaksOf);
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("holds", holds);
      answer.put("from", continuity.from().size());
      answer.put("to", continuity.to().size());
      return said(
          holds,
          answer,
          "that %d entries continue %d"
              .formatted(continuity.to().size(), continuity.from().size()));
    }
    Proof inclusion = Proof.parse(text);
    boolean holds = inclusion.holds(key, witnesses.policy());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("holds", holds);
    answer.put("entry", inclusion.entry());
    answer.put("line", inclusion.line());
    return said(
        holds, answer, "for entry %d:%n  %s".formatted(inclusion.entry(), inclusion.line()));
  }

  private int said(boolean holds, Map<String, Object> answer, String what) {
    output.answer(out(), answer, (holds ? "the proof holds " : "the proof does NOT hold ") + what);
    return holds ? Exit.DONE : Exit.FAILED;
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
