package dev.forefront.token;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The expressions by which byte-level vocabularies cut text into words, under the names that GGUF
 * files give them ({@code llama_vocab} in https://github.com/ggml-org/llama.cpp).
 */
final class Splitters {
  static final String GPT2 =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
  private static final String THREE_DIGITS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
  private static final String ONE_DIGIT = THREE_DIGITS.replace("{1,3}", "");
  private static final String DIGIT = "\\p{N}";

  /** Words with the space before them, digits one by one, so that numbers are added in columns. */
  private static final String WORDS_AND_DIGITS =
      "'(?:s|t|re|ve|m|ll|d)(?![\\p{L}\\p{M}])| ?[\\p{L}\\p{M}]+|\\p{N}"
          + "| ?[^\\s\\p{L}\\p{M}\\p{N}]+|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  /** The house's own. */
  static final String HOUSE = "forefront";

  private static final Map<String, List<String>> BY_NAME =
      Map.ofEntries(
          Map.entry("gpt-2", List.of(GPT2)),
          Map.entry("olmo", List.of(GPT2)),
          Map.entry("phi-2", List.of(GPT2)),
          Map.entry("smollm", List.of(DIGIT, GPT2)),
          Map.entry("starcoder", List.of(DIGIT, GPT2)),
          Map.entry("refact", List.of(DIGIT, GPT2)),
          Map.entry("command-r", List.of(DIGIT, GPT2)),
          Map.entry("llama-bpe", List.of(THREE_DIGITS)),
          Map.entry("llama3", List.of(THREE_DIGITS)),
          Map.entry("llama-v3", List.of(THREE_DIGITS)),
          Map.entry("dbrx", List.of(THREE_DIGITS)),
          Map.entry("smaug-bpe", List.of(THREE_DIGITS)),
          Map.entry("qwen2", List.of(ONE_DIGIT)),
          Map.entry("stablelm2", List.of(ONE_DIGIT)),
          Map.entry("deepseek-r1-qwen", List.of(ONE_DIGIT)),
          Map.entry(HOUSE, List.of(WORDS_AND_DIGITS)));

  /** Vocabularies that take a word whole where they hold it, without merging. */
  private static final Set<String> IGNORE_MERGES = Set.of("llama-bpe", "llama3", "llama-v3");

  /** Vocabularies that compose characters first (NFC). */
  private static final Set<String> COMPOSE = Set.of("qwen2", "deepseek-r1-qwen");

  private Splitters() {}

  /** The expressions, applied one after another. */
  static Optional<List<String>> of(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  static boolean ignoresMerges(String name) {
    return IGNORE_MERGES.contains(name);
  }

  static boolean composes(String name) {
    return COMPOSE.contains(name);
  }

  /** The usual one of several for the same expressions first. */
  static List<String> names() {
    List<String> names = new ArrayList<>(List.of("gpt-2", "smollm", "llama-bpe", "qwen2"));
    names.addAll(new TreeSet<>(BY_NAME.keySet()));
    return names;
  }

  static String known() {
    return String.join(", ", new TreeSet<>(BY_NAME.keySet()));
  }
}
