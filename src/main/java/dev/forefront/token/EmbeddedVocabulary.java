package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tokenizer as a GGUF file embeds it.
 *
 * @param kind {@code gpt2} for byte-level BPE, {@code llama} for SentencePiece with scores
 * @param splitter the name of the expression that cuts text into words, such as {@code qwen2}
 * @param tokens spelling of every id in order
 * @param types of the tokens, by {@link Type}'s codes; empty where all are ordinary
 * @param scores of the tokens, the higher merging first; empty where merges are given
 * @param merges pairs parted by a space, in the order in which they apply
 * @param bosId, or -1; so {@code eosId} and {@code unknownId}
 * @param addBos whether a text begins with {@code bosId}; null for what is usual for the kind
 * @param addSpacePrefix whether a text gets a space before it (SentencePiece)
 * @param chatTemplate in the language of the model hubs, or empty
 */
public record EmbeddedVocabulary(
    String kind,
    String splitter,
    List<String> tokens,
    List<Integer> types,
    List<Float> scores,
    List<String> merges,
    int bosId,
    int eosId,
    int unknownId,
    @Nullable Boolean addBos,
    boolean addEos,
    boolean addSpacePrefix,
    String chatTemplate) {

  /** What a token is, by its code in the file. */
  public enum Type {
    NORMAL(1),
    UNKNOWN(2),
    CONTROL(3),
    USER_DEFINED(4),
    UNUSED(5),
    BYTE(6);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }
  }

  public EmbeddedVocabulary {
    tokens = List.copyOf(tokens);
    types = List.copyOf(types);
    scores = List.copyOf(scores);
    merges = List.copyOf(merges);
  }

  /**
   * A model folder's tokenizer: tokenizer.json, or else a SentencePiece tokenizer.model.
   *
   * @param size rows of the embedding; ids that the tokenizer does not have are filled up
   * @param bosId and {@code eosId}, as the model's configuration has them
   * @throws BadInputException where GGUF has no word for what the tokenizer does
   */
  public static EmbeddedVocabulary read(Path folder, int size, int bosId, int eosId) {
    return VocabularyReader.read(folder, size, bosId, eosId);
  }

  /** Writes tokenizer.json, tokenizer_config.json and, where there is one, the chat template. */
  public void write(Path folder, String origin) {
    TokenizerWriter.write(folder, this, origin);
  }

  /** Whether tokens are pieces with scores (SentencePiece), and not merged bytes. */
  public boolean hasPieces() {
    return kind.equals("llama");
  }

  boolean is(int id, Type type) {
    return !types.isEmpty() && types.get(id) == type.code();
  }

  /** Whether a text begins with {@code bosId}. */
  boolean beginsWithBos() {
    boolean usual = hasPieces() || splitter.equals("llama-bpe");
    return bosId >= 0 && (addBos == null ? usual : addBos);
  }
}
