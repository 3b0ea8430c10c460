package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A model that may be served: its evidence met its policy, its files have the digests that the
 * board signed, and enough members signed. Only the gate makes one.
 */
public final class Release {
  // What a loader takes from a model's folder where it is there, and does without where not.
  private static final List<String> READ_WHERE_PRESENT =
      List.of("chat_template.jinja", "tokenizer_config.json");

  private final Candidate candidate;
  private final Statement statement;
  private final List<String> signers;
  private final List<Waived> waivers;
  private final Watch watch;

  private Release(
      Candidate candidate,
      Statement statement,
      Envelope envelope,
      List<String> signers,
      List<Waived> waivers,
      Clock clock) {
    this.candidate = candidate;
    this.statement = statement;
    this.signers = List.copyOf(signers);
    this.waivers = List.copyOf(waivers);
    watch =
        new Watch(
            candidate.folder().resolveSibling(""),
            candidate.ledger().boards().root(),
            statement,
            envelope,
            waivers.stream().map(Waived::criterion).toList(),
            clock);
    // Whoever opens it knows these orders already: taking one away is noticed from here on.
    watch.standing();
  }

  /**
   * Called by the gate alone, after all of its checks.
   *
   * @param clock by which waivers and boards end while it is served
   */
  static Release admitted(
      Candidate candidate,
      Statement statement,
      Envelope envelope,
      List<String> signers,
      List<Waived> waivers,
      Clock clock) {
    return new Release(candidate, statement, envelope, signers, waivers, clock);
  }

  /**
   * Verifies a release of a registry again, all of it, and opens it.
   *
   * @throws RefusedException with every reason why it may not be served
   */
  public static Release open(Path registryFolder, String name) {
    return switch (Registry.at(registryFolder).open(name)) {
      case Admitted admitted -> admitted.release();
      case Refused refused -> throw new RefusedException("release " + name, refused.reasons());
    };
  }

  /**
   * The same for a process that serves: it keeps what it saw of the board's orders in a file of its
   * own, so that an order which was taken away while nothing ran is noticed too.
   *
   * @param pin a file outside of the registry; made where there is none
   * @throws RefusedException also where the registry lacks what the pin remembers, or the pin
   *     cannot be read
   */
  public static Release open(Path registryFolder, String name, Path pin) {
    try {
      new Pin(pin).requireContinued(Registry.at(registryFolder).ledger());
    } catch (BadInputException e) {
      throw new RefusedException("release " + name, List.of(String.valueOf(e.getMessage())));
    }
    Release release = open(registryFolder, name);
    release.watch.keepIn(new Pin(pin));
    return release;
  }

  /**
   * Whether it may be served at this moment: looks at the small files that the board signs, hashes
   * no weights, and takes well under a millisecond where nothing changed. Never throws: where the
   * registry cannot be read, is broken, or lacks an order that was seen before, it is stopped.
   */
  public Standing standing() {
    return watch.standing();
  }

  public String name() {
    return statement.name();
  }

  /** Every file with its digest, as the board signed them. */
  SortedMap<String, String> files() {
    return statement.files();
  }

  Path folder() {
    return candidate.folder();
  }

  /** The registry that it is in. */
  public Path registryFolder() {
    return candidate.folder().resolveSibling("");
  }

  /** The verified model in Hugging Face's layout. */
  public Path modelFolder() {
    return candidate.folder().resolve("model");
  }

  /** As {@code sha256:<hex>}; see {@link dev.forefront.conversation.ModelDigest}. */
  public String modelDigest() {
    return statement.modelDigest();
  }

  public String policyName() {
    return statement.policyName();
  }

  public String policyDigest() {
    return statement.policyDigest();
  }

  public String boardName() {
    return candidate.ledger().boardOf(statement).name();
  }

  /** Whether a demo board signed it: say so wherever the release is named. */
  public boolean isDemoBoard() {
    return statement.demoBoard();
  }

  /** Names of the members who signed. */
  public List<String> signers() {
    return signers;
  }

  /** What the board waived for it: at the first end of these it stops. */
  public List<Waived> waivers() {
    return waivers;
  }

  /** When it was proposed. */
  public Instant created() {
    return statement.created();
  }

  /** The first report, as figures. */
  public Path reportJson() {
    String first =
        statement.files().keySet().stream()
            .filter(ReleaseFiles::isReport)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no release is without a report"));
    return candidate.folder().resolve(first);
  }

  /** The first report as a page, where the evaluation wrote one. */
  public Optional<Path> reportPage() {
    return statement.files().keySet().stream()
        .filter(name -> name.startsWith(ReleaseFiles.REPORTS))
        .filter(name -> name.endsWith(ReleaseFiles.REPORT_PAGE))
        .map(candidate.folder()::resolve)
        .findFirst();
  }

  /** The guard's files that were released with the model, where there are any. */
  public Optional<Path> guardFolder() {
    Path guard = candidate.folder().resolve("guard");
    return Files.isDirectory(guard) ? Optional.of(guard) : Optional.empty();
  }

  /**
   * Compares what was loaded with what the board signed. Call it after a model was loaded: the
   * model's files are not read a second time, when they may be other ones, but taken as the loader
   * took them. Every other file is hashed again.
   *
   * @param loaded SHA-256 in hex of the bytes that the model was loaded from, by file name; see
   *     {@link dev.forefront.conversation.LoadedFiles}
   * @throws RefusedException naming what differs
   */
  public void requireUnchanged(SortedMap<String, String> loaded) {
    requireUnchanged(loaded, Set.of());
  }

  /**
   * Likewise, for a loader that passes over some of the model's files.
   *
   * @param leftOut names of files that it does not read though they are there
   */
  public void requireUnchanged(SortedMap<String, String> loaded, Set<String> leftOut) {
    SortedMap<String, String> known = new TreeMap<>();
    loaded.forEach((name, hash) -> known.put(ReleaseFiles.MODEL + name, hash));
    List<String> reasons =
        new ArrayList<>(
            ReleaseFiles.read(candidate.folder(), known).differences(statement.files()));
    if (loaded.keySet().stream().noneMatch(name -> name.endsWith(".safetensors"))) {
      reasons.add("nobody says which weights were loaded");
    }
    loaded.keySet().stream()
        .filter(name -> !statement.files().containsKey(ReleaseFiles.MODEL + name))
        .forEach(name -> reasons.add(name + " was loaded and is not listed in the statement"));
    READ_WHERE_PRESENT.stream()
        .filter(name -> statement.files().containsKey(ReleaseFiles.MODEL + name))
        .filter(name -> !loaded.containsKey(name) && !leftOut.contains(name))
        .forEach(name -> reasons.add(name + " is listed in the statement and was not loaded"));
    if (!reasons.isEmpty()) {
      throw new RefusedException("release " + name(), reasons);
    }
  }

  /**
   * Bytes of one of its files, which must still be what the board signed.
   *
   * @throws RefusedException where they are others
   */
  public byte[] read(Path file) {
    String name = candidate.folder().relativize(file).toString().replace('\\', '/');
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (!Sha256.hex(bytes).equals(statement.files().get(name))) {
        throw new RefusedException("release " + name(), List.of(name + " has changed"));
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
