package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A release folder as it was found, with the revocations beside it: every digest computed anew, the
 * policy and the reports parsed from the bytes that were hashed. Nothing in it is believed yet; see
 * {@link Gate}.
 */
public final class Candidate {
  private final Path folder;
  private final Ledger ledger;
  private final ReleaseFiles files;
  private final List<Report> reports = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private final SortedMap<String, Report> stageReports = new TreeMap<>();
  private @Nullable Policy policy;
  private @Nullable Lineage lineage;

  private Candidate(Path folder, Ledger ledger, ReleaseFiles files) {
    this.folder = folder;
    this.ledger = ledger;
    this.files = files;
  }

  /**
   * Takes the boards that followed, and the orders, from the registry around the folder; where
   * there is none, the given board alone counts.
   *
   * @param board the registry's first board, or the one that signed, from a trusted place
   * @throws BadInputException where there is no such folder
   */
  public static Candidate read(Path folder, Board board) {
    return read(folder, Ledger.around(folder, board));
  }

  static Candidate read(Path folder, Ledger ledger) {
    if (!Files.isDirectory(folder)) {
      throw new BadInputException("there is no release in " + folder);
    }
    Path absolute = folder.toAbsolutePath().normalize();
    return of(absolute, ledger, ReleaseFiles.read(absolute));
  }

  /** Of files that were read already. */
  static Candidate of(Path folder, Ledger ledger, ReleaseFiles files) {
    Candidate candidate = new Candidate(folder, ledger, files);
    candidate.parse();
    return candidate;
  }

  private void parse() {
    Path revoked = folder.resolveSibling(Revocations.FOLDER);
    new Revocations(revoked).reason(name()).ifPresent(problems::add);
    byte[] policyBytes = files.texts().get(ReleaseFiles.POLICY);
    if (policyBytes == null) {
      problems.add(ReleaseFiles.POLICY + " is missing");
    } else {
      try {
        policy = Policy.parse(policyBytes, ReleaseFiles.POLICY);
      } catch (BadInputException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    for (String name : files.hashes().keySet()) {
      byte[] bytes = files.texts().get(name);
      if (bytes != null) {
        try {
          read(name, bytes);
        } catch (BadInputException e) {
          problems.add(String.valueOf(e.getMessage()));
        }
      }
    }
    if (files.modelDigest().isEmpty()) {
      problems.add("model/ holds no weights");
    }
  }

  private void read(String name, byte[] bytes) {
    String stage = ReleaseFiles.stageOfReport(name);
    if (ReleaseFiles.isReport(name)) {
      reports.add(Report.parse(bytes, name));
    } else if (!stage.isEmpty()) {
      stageReports.put(stage, Report.parse(bytes, name));
    } else if (name.equals(ReleaseFiles.LINEAGE)) {
      lineage = Lineage.parse(bytes, name);
    }
  }

  /** The folder's name, which must be the release's. */
  public String name() {
    return String.valueOf(folder.getFileName());
  }

  public Path folder() {
    return folder;
  }

  /** Of the model's files as they are; empty where there are none. */
  public String modelDigest() {
    return files.modelDigest();
  }

  /** The reports in the folder that could be read. */
  public List<Report> reports() {
    return List.copyOf(reports);
  }

  /** The policy in the folder, or null where it cannot be read. */
  public @Nullable Policy policy() {
    return policy;
  }

  /** Where the model is from, or null where nobody says so readably. */
  @Nullable Lineage lineage() {
    return lineage;
  }

  /** What was measured about earlier stages, by their names. */
  SortedMap<String, Report> stageReports() {
    return Collections.unmodifiableSortedMap(stageReports);
  }

  /** The board that the statement names; the one in force where it names none of this registry. */
  Board board() {
    byte[] bytes = files.texts().get(ReleaseFiles.STATEMENT);
    if (bytes != null) {
      try {
        Envelope envelope = Envelope.parse(bytes, ReleaseFiles.STATEMENT);
        return ledger.boardOf(Statement.parse(envelope.payload()));
      } catch (BadInputException e) {
        // The gate names it.
      }
    }
    return ledger.boards().current();
  }

  /**
   * Whether there is no registry around the folder: then neither the board's orders nor the
   * policies that it adopted are known.
   */
  public boolean isAlone() {
    return ledger.alone();
  }

  /** What a waiver of a criterion of this policy must name. */
  Waivers.Scope scope(Policy asked) {
    return new Waivers.Scope(name(), ReleaseFiles.candidateDigest(files.hashes()), asked.digest());
  }

  Ledger ledger() {
    return ledger;
  }

  ReleaseFiles files() {
    return files;
  }

  /** What could not be read, as reasons. */
  List<String> problems() {
    return List.copyOf(problems);
  }
}
