package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Every file below a release's folder with its SHA-256. Small files are read once, and what is
 * parsed later are the very bytes that were hashed here.
 *
 * @param hashes in hex by path, the statement's file left out
 * @param texts bytes of policy, lineage, reports and statement by path
 * @param problems what must not be in a release: symbolic links, odd names, empty folders
 */
record ReleaseFiles(
    SortedMap<String, String> hashes, Map<String, byte[]> texts, List<String> problems) {
  static final String STATEMENT = "statement.dsse.json";
  static final String POLICY = "policy.yaml";
  static final String CONSTITUTION = "constitution.md";
  static final String STAGES = "stages/";
  static final String LINEAGE = "lineage.json";
  static final String MODEL_CARD = "model-card.md";
  static final String ML_BOM = "ml-bom.cdx.json";
  static final String SAFETY_CASE = "safety-case.html";
  private static final Set<String> PAPERS = Set.of(MODEL_CARD, ML_BOM, SAFETY_CASE);
  static final String MODEL = "model/";
  static final String REPORTS = "reports/";
  static final String GUARD = "guard/";
  static final String REPORT_JSON = "/report.json";
  static final String REPORT_PAGE = "/report.html";

  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*");

  static ReleaseFiles read(Path folder) {
    return read(folder, ReleaseFiles::isName, Map.of());
  }

  /**
   * Likewise where some files were hashed already.
   *
   * @param known SHA-256 in hex by path; these files are not read
   */
  static ReleaseFiles read(Path folder, Map<String, String> known) {
    return read(folder, ReleaseFiles::isName, known);
  }

  /** Likewise for folders of others, whose files may have any names. */
  static ReleaseFiles readAnyNames(Path folder) {
    return read(folder, _ -> true, Map.of());
  }

  private static ReleaseFiles read(
      Path folder, Predicate<String> isName, Map<String, String> known) {
    SortedMap<String, String> hashes = new TreeMap<>();
    Map<String, byte[]> texts = new HashMap<>();
    List<String> problems = new ArrayList<>();
    Set<String> filled = new HashSet<>();
    Set<String> folders = new HashSet<>();
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) all.sorted()::iterator) {
        String name = folder.relativize(path).toString().replace('\\', '/');
        if (name.isEmpty()) {
          continue;
        }
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          folders.add(name);
        } else if (!SmallFile.isPlain(path)) {
          problems.add(name + " is no plain file: a release has no links");
        } else if (!isName.test(name)) {
          problems.add("\"" + name + "\" is no name for a file of a release");
        } else {
          String hash = known.get(name);
          if (hash == null) {
            add(path, name, hashes, texts, problems);
          } else {
            hashes.put(name, hash);
          }
          for (int i = name.lastIndexOf('/'); i > 0; i = name.lastIndexOf('/', i - 1)) {
            filled.add(name.substring(0, i));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    folders.removeAll(filled);
    folders.stream()
        .sorted()
        .forEach(name -> problems.add(name + "/ is not listed in the statement"));
    return new ReleaseFiles(hashes, texts, problems);
  }

  private static void add(
      Path path,
      String name,
      SortedMap<String, String> hashes,
      Map<String, byte[]> texts,
      List<String> problems) {
    if (!isText(name)) {
      hashes.put(name, Sha256.hex(path));
      return;
    }
    byte[] bytes;
    try {
      bytes = SmallFile.read(path);
    } catch (BadInputException e) {
      problems.add(String.valueOf(e.getMessage()));
      return;
    }
    texts.put(name, bytes);
    if (!name.equals(STATEMENT)) {
      hashes.put(name, Sha256.hex(bytes));
    }
  }

  private static boolean isText(String name) {
    return Set.of(STATEMENT, POLICY, LINEAGE).contains(name)
        || isReport(name)
        || !stageOfReport(name).isEmpty();
  }

  static boolean isReport(String name) {
    return name.startsWith(REPORTS) && name.endsWith(REPORT_JSON);
  }

  /** The earlier stage that a file reports on; empty where it is no such report. */
  static String stageOfReport(String name) {
    return name.startsWith(STAGES) && name.endsWith(REPORT_JSON)
        ? name.substring(STAGES.length(), name.length() - REPORT_JSON.length())
        : "";
  }

  /** Whether a path inside a release may look like this: no escape, nothing hidden. */
  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  /** The digest of the model files as they are now; empty where there are no weights. */
  String modelDigest() {
    SortedMap<String, String> model = new TreeMap<>();
    hashes.forEach(
        (name, hash) -> {
          if (name.startsWith(MODEL)) {
            model.put(name.substring(MODEL.length()), hash);
          }
        });
    return model.keySet().stream().anyMatch(name -> name.endsWith(".safetensors"))
        ? ModelDigest.ofHashes(model)
        : "";
  }

  /**
   * The digest of everything that was proposed: all files but the papers, which are written from
   * them. It is known before there is a statement, and stays the same with it.
   *
   * @param hashes in hex by path
   */
  static String candidateDigest(SortedMap<String, String> hashes) {
    return Sha256.ofFiles(hashes, name -> !PAPERS.contains(name));
  }

  /** How the files differ from those that a statement lists. */
  List<String> differences(SortedMap<String, String> listed) {
    List<String> reasons = new ArrayList<>(problems);
    listed.forEach(
        (name, hash) -> {
          String here = hashes.get(name);
          if (here == null) {
            reasons.add(name + " is missing");
          } else if (!here.equals(hash)) {
            reasons.add(name + " has changed since the statement was written");
          }
        });
    for (String name : hashes.keySet()) {
      if (!listed.containsKey(name)) {
        reasons.add(name + " is not listed in the statement");
      }
    }
    return reasons;
  }
}
