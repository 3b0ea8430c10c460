package dev.forefront.token;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import dev.forefront.token.NativeTokenizer.Controls;
import dev.forefront.token.NativeTokenizer.Encoded;
import dev.forefront.token.NativeTokenizer.Processing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Text to ids and back, by a Hugging Face {@code tokenizer.json}. Nothing is fetched; any thread
 * may call.
 *
 * <p>Text is text: whatever a person types, {@link #encode} never yields the id of a control token.
 * Control tokens enter through {@link ChatTemplate} alone.
 */
public final class Tokenizer {
  private final NativeTokenizer library;
  private final Map<String, Integer> controls;
  private final Map<String, String> aliases;
  private final Set<Integer> controlIds;
  private final ControlText finder;
  private final int size;
  private final TokenBytes bytes;

  private Tokenizer(TokenizerJson json, String origin) {
    library = new NativeTokenizer(json.text(), origin);
    controls = json.controls();
    aliases = json.aliases();
    controlIds = Set.copyOf(controls.values());
    finder = new ControlText(controls.keySet());
    size = json.size();
    bytes = json.bytes();
  }

  /** Loads the library that opening a tokenizer needs, once; later calls do nothing. */
  public static void start() {
    NativeTokenizer.load();
  }

  /**
   * @param folderOrFile a {@code tokenizer.json} or a folder that holds one
   * @throws BadInputException where there is none, or it cannot be read
   */
  public static Tokenizer open(Path folderOrFile) {
    return open(folderOrFile, Loading.UNWITNESSED);
  }

  /** Likewise, telling which bytes it read. */
  public static Tokenizer open(Path folderOrFile, Loading loading) {
    Path file =
        Files.isDirectory(folderOrFile) ? folderOrFile.resolve("tokenizer.json") : folderOrFile;
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(
          file + " does not exist: a tokenizer is a Hugging Face tokenizer.json");
    }
    try {
      return ofJson(loading.text(file), file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The tokenizer that a GGUF file embeds.
   *
   * @param origin the file, for messages
   * @throws BadInputException where it is of a kind that is not understood
   */
  public static Tokenizer of(EmbeddedVocabulary vocabulary, String origin) {
    EmbeddedJson json = new EmbeddedJson(vocabulary, origin);
    try {
      return new Tokenizer(json.aliased(), origin);
    } catch (BadInputException refused) {
      // Where it was the merges, in words of the file that holds them.
      json.checkMerges();
      throw refused;
    }
  }

  /** An embedded vocabulary as the text of a {@code tokenizer.json}. */
  public static String json(EmbeddedVocabulary vocabulary, String origin) {
    return new EmbeddedJson(vocabulary, origin).text();
  }

  static Tokenizer ofJson(String json, String origin) {
    return new Tokenizer(TokenizerJson.read(json, origin), origin);
  }

  /** The ids of a text that holds no control tokens, whatever it looks like. */
  public int[] encode(String text) {
    return library.encode(text, Processing.NONE).ids();
  }

  /**
   * The ids of a text that we wrote ourselves: where the spelling of a control token stands in it,
   * its id follows. Never for text from outside.
   */
  public int[] encodeTrusted(String text) {
    return library.encode(withAliases(text), Processing.NONE).ids();
  }

  /** {@link #encodeTrusted} and what the file's post-processor adds, such as a begin-of-text. */
  public int[] encodeProcessed(String text) {
    return library.encode(withAliases(text), Processing.FULL).ids();
  }

  /** The vocabulary's own spelling of the tokens of {@link #encode}. */
  public List<String> tokens(String text) {
    return List.of(library.tokens(text, Processing.NONE));
  }

  /** The text of some ids; control tokens show as nothing. */
  public String decode(int[] ids) {
    return library.decode(valid(ids), Controls.HIDDEN);
  }

  /** The text of some ids with control tokens spelled out, for people who look into data. */
  public String decodeShowingControls(int[] ids) {
    String text = library.decode(valid(ids), Controls.SHOWN);
    for (Map.Entry<String, String> entry : aliases.entrySet()) {
      text = text.replace(entry.getValue(), entry.getKey());
    }
    return text;
  }

  /** Decodes ids one by one, for text that is shown while it is written. */
  public Decoder stream() {
    return new Decoder(this);
  }

  /** One more than the largest id: the rows that an embedding needs. */
  public int vocabularySize() {
    return size;
  }

  /** The id of a control token such as {@code <|im_end|>}. */
  public OptionalInt specialId(String control) {
    Integer id = controls.get(control);
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  /**
   * Like {@link #specialId}, for those who cannot do without.
   *
   * @throws BadInputException where the tokenizer has no such control token
   */
  public int requireSpecialId(String control) {
    return specialId(control)
        .orElseThrow(
            () ->
                new BadInputException(
                    "the tokenizer has no control token %s; it has %s"
                        .formatted(control, String.join(" ", controls.keySet()))));
  }

  public boolean isControl(int id) {
    return controlIds.contains(id);
  }

  /**
   * The bytes of a text that a token stands for, often a part of a character; empty for control
   * tokens, for ids without a token, and where {@link #knowsBytes} is false. A text's bytes are its
   * tokens' bytes, save for one space that some tokenizers put before every text.
   */
  public byte[] bytes(int id) {
    return id < 0 || id >= size || isControl(id) ? new byte[0] : bytes.of(id);
  }

  /** Whether tokens have bytes of their own: those of some tokenizers depend on their company. */
  public boolean knowsBytes() {
    return bytes.known();
  }

  /**
   * A token for people: a control token's name, or its bytes with U+FFFD for parts of characters.
   */
  public String shown(int id) {
    for (Map.Entry<String, Integer> control : controls.entrySet()) {
      if (control.getValue() == id) {
        return control.getKey();
      }
    }
    return new String(bytes(id), StandardCharsets.UTF_8);
  }

  /** Spelling and id of every control token, in the file's order. */
  public Map<String, Integer> specials() {
    return controls;
  }

  /** Finds the spellings of control tokens in text. */
  ControlText controlText() {
    return finder;
  }

  /** The alias under which the library knows a control token; see {@link TokenizerJson}. */
  String alias(String control) {
    String alias = aliases.get(control);
    if (alias == null) {
      throw new IllegalArgumentException(control + " is no control token");
    }
    return alias;
  }

  Encoded encodeAliased(String textWithAliases) {
    return library.encodeWithSpans(textWithAliases);
  }

  private String withAliases(String text) {
    return finder.split(text).stream()
        .map(piece -> piece.control() ? alias(piece.text()) : piece.text())
        .collect(Collectors.joining());
  }

  private int[] valid(int[] ids) {
    for (int id : ids) {
      if (id < 0 || id >= size) {
        throw new BadInputException(
            "token id %d is not in the vocabulary: ids run from 0 to %d".formatted(id, size - 1));
      }
    }
    return ids;
  }
}
