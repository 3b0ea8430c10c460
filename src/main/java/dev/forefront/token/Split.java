package dev.forefront.token;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * How text is cut into words before a vocabulary is trained; no merge crosses a word's bounds. All
 * but the house's own are ways that llama.cpp has too, under the names that GGUF files give them
 * ({@code tokenizer.ggml.pre}).
 */
public enum Split {
  /** Words with the marks on their letters, digits one by one; llama.cpp does not know it. */
  FOREFRONT(Splitters.HOUSE),
  /** GPT-2's: numbers stay whole. */
  GPT_2("gpt-2"),
  /** SmolLM's: GPT-2's with digits one by one, so that numbers are added in columns. */
  SMOLLM("smollm"),
  /** Llama 3's: up to three digits together, a sign goes with the word after it. */
  LLAMA_BPE("llama-bpe"),
  /** Llama 3's with digits one by one; Qwen 2 has the same expression, and composes first. */
  STABLELM2("stablelm2");

  private final String name;

  Split(String name) {
    this.name = name;
  }

  /** Names that are read but not offered for training, and which offered one to take instead. */
  public static Map<String, String> insteadOf() {
    Map<String, String> instead = new LinkedHashMap<>();
    for (String other : Splitters.names()) {
      for (Split offered : values()) {
        if (offered.expressions().equals(expressions(other))) {
          instead.put(
              other,
              Splitters.composes(other)
                  ? offered.name + " cuts alike, without composing characters first (NFC)"
                  : offered.name + " cuts alike");
        }
      }
    }
    for (Split offered : values()) {
      instead.remove(offered.name);
    }
    return instead;
  }

  /** Whether llama.cpp, and what is built on it, cuts text in this way. */
  public boolean knownToLlamaCpp() {
    return this != FOREFRONT;
  }

  /** As tokenizer.json holds them: applied one after another, each to what the last one left. */
  List<String> expressions() {
    return expressions(name);
  }

  List<Pattern> patterns() {
    return expressions().stream()
        .map(each -> Pattern.compile(each, Pattern.UNICODE_CHARACTER_CLASS | Pattern.UNICODE_CASE))
        .toList();
  }

  /** Whether a word that is a token is taken whole, without merging. */
  boolean ignoresMerges() {
    return Splitters.ignoresMerges(name);
  }

  private static List<String> expressions(String name) {
    return Splitters.of(name).orElseThrow();
  }

  /** By which recipes, commands and GGUF files know it. */
  @Override
  public String toString() {
    return name;
  }
}
