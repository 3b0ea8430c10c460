package dev.forefront.guard;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What texts are judged by.
 *
 * @param heads linear ones, for every use
 * @param phrases what words in a row mean, for requests; null where nothing says so
 * @param encoder what whole sentences mean, for requests; likewise
 */
record TextWeights(TextHeads heads, @Nullable PhraseHead phrases, @Nullable EncoderHead encoder) {
  private static final List<String> NAMES =
      List.of(GuardFiles.TEXT, PhraseFile.NAME, EncoderFile.NAME);

  /**
   * @param files of a guard's folder, with heads among them
   * @param where the folder, for messages
   */
  static TextWeights read(Map<String, byte[]> files, String where) {
    byte[] heads = Objects.requireNonNull(files.get(GuardFiles.TEXT));
    byte[] phrases = files.get(PhraseFile.NAME);
    byte[] encoder = files.get(EncoderFile.NAME);
    return new TextWeights(
        TextClassifier.read(heads, where + "/" + GuardFiles.TEXT),
        phrases == null ? null : PhraseFile.read(phrases, where + "/" + PhraseFile.NAME),
        encoder == null ? null : EncoderFile.read(encoder, where + "/" + EncoderFile.NAME));
  }

  /** All as files of a guard's folder. */
  Map<String, byte[]> files() {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(GuardFiles.TEXT, TextClassifier.write(heads));
    if (phrases != null) {
      files.put(PhraseFile.NAME, PhraseFile.write(phrases));
    }
    if (encoder != null) {
      files.put(EncoderFile.NAME, EncoderFile.write(encoder));
    }
    return files;
  }

  /** What limits are bound to: all weights that scores come from, of a folder's files. */
  static String digest(Map<String, byte[]> files) {
    List<String> digests =
        NAMES.stream().filter(files::containsKey).map(files::get).map(GuardFiles::digest).toList();
    return digests.size() == 1
        ? digests.getFirst()
        : GuardFiles.digest(
            digests.stream().collect(Collectors.joining(" ")).getBytes(StandardCharsets.UTF_8));
  }
}
