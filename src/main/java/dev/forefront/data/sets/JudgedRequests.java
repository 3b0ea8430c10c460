package dev.forefront.data.sets;

import dev.forefront.conversation.Sha256;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What two readings by a language model say of the requests of a set that has no labels of its own.
 * A file in {@code judged} holds digests and labels, and no request; what the readings do not agree
 * on, or could not tell from the words alone, is not there. See docs/reference/judging.md.
 */
final class JudgedRequests {
  private static final int DIGITS = 16;
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final Map<String, Double> harm;

  private JudgedRequests(Map<String, Double> harm) {
    this.harm = Map.copyOf(harm);
  }

  /** Of a set, from {@code judged/NAME.txt}. */
  static JudgedRequests of(String set) {
    String name = "judged/" + set + ".txt";
    try (InputStream in = JudgedRequests.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("nobody judged the requests of " + set);
      }
      return parse(
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines of a digest and {@code harmful} or {@code harmless}; those with {@code #} say why. */
  static JudgedRequests parse(List<String> lines) {
    Map<String, Double> harm = new HashMap<>();
    for (String line : lines) {
      if (line.startsWith("#")) {
        continue;
      }
      String[] cells = line.split(" ", -1);
      double degree =
          switch (cells.length == 2 ? cells[1] : "") {
            case "harmful" -> 1;
            case "harmless" -> 0;
            default -> throw new IllegalStateException("judged requests, no label: " + line);
          };
      if (harm.put(cells[0], degree) != null) {
        throw new IllegalStateException("judged requests, twice: " + cells[0]);
      }
    }
    return new JudgedRequests(harm);
  }

  /** What is said of a request. */
  Judgement of(String request, String category) {
    Double degree = harm.get(digest(request));
    return degree == null ? Judgement.unknown(category) : Judgement.of(degree, "", category);
  }

  /** The first digits of a request's SHA-256, white space made single spaces. */
  static String digest(String request) {
    String plain = SPACE.matcher(request.strip()).replaceAll(" ");
    return Sha256.hex(plain.getBytes(StandardCharsets.UTF_8)).substring(0, DIGITS);
  }

  int size() {
    return harm.size();
  }
}
