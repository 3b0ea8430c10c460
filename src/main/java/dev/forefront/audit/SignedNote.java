package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A text with signatures below it, as C2SP's signed-note describes it.
 *
 * @param text ends with a line's end
 * @param signatures of whatever keys; those of unknown keys mean nothing
 */
record SignedNote(String text, List<Signature> signatures) {
  private static final int LONGEST = 1 << 16;
  private static final int MOST_SIGNATURES = 64;
  private static final String DASH = "\u2014 ";

  SignedNote {
    signatures = List.copyOf(signatures);
  }

  /**
   * One line below the text.
   *
   * @param name of the key
   * @param id of the key, a hint and no proof
   * @param bytes what follows the id
   */
  record Signature(String name, int id, byte[] bytes) {
    String line() {
      byte[] tagged = ByteBuffer.allocate(4 + bytes.length).putInt(id).put(bytes).array();
      return DASH + name + " " + Base64.getEncoder().encodeToString(tagged) + "\n";
    }

    private boolean isOf(NoteKey key) {
      return name.equals(key.name()) && id == key.id();
    }
  }

  /**
   * @throws BadInputException where the text is no signed note
   */
  static SignedNote parse(String note) {
    if (note.length() > LONGEST) {
      throw notANote("it is longer than 64 KB");
    }
    if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw notANote("it holds control characters");
    }
    int blank = note.lastIndexOf("\n\n");
    if (blank < 0) {
      throw notANote("it has no empty line before its signatures");
    }
    return new SignedNote(note.substring(0, blank + 1), signatures(note.substring(blank + 2)));
  }

  /**
   * Signature lines alone, as a witness answers them.
   *
   * @throws BadInputException where they are anything else
   */
  static List<Signature> signatures(String lines) {
    if (!lines.endsWith("\n")) {
      throw notANote("its last line has no end");
    }
    List<String> all = List.of(lines.substring(0, lines.length() - 1).split("\n", -1));
    if (all.size() > MOST_SIGNATURES) {
      throw notANote("it has more than " + MOST_SIGNATURES + " signatures");
    }
    List<Signature> signatures = new ArrayList<>();
    for (String line : all) {
      signatures.add(signature(line));
    }
    return signatures;
  }

  private static Signature signature(String line) {
    int space = line.lastIndexOf(' ');
    if (!line.startsWith(DASH) || space <= DASH.length()) {
      throw notANote("a line below its text is no signature");
    }
    String name = line.substring(DASH.length(), space);
    byte[] tagged = Strict.base64(line.substring(space + 1));
    if (!NoteKey.isName(name) || tagged.length < 5) {
      throw notANote("a line below its text is no signature");
    }
    ByteBuffer bytes = ByteBuffer.wrap(tagged);
    int id = bytes.getInt();
    return new Signature(name, id, Arrays.copyOfRange(tagged, 4, tagged.length));
  }

  /** Whether this key signed the text, and no line that names this key is false. */
  boolean isSignedBy(NoteKey key) {
    List<Signature> its = of(key);
    return !its.isEmpty() && its.stream().allMatch(one -> key.verifies(text, one.bytes()));
  }

  /**
   * When this witness cosigned the text: the latest time where it did so more than once; empty
   * where it did not, or where a line that names it is false.
   */
  Optional<Instant> cosigned(NoteKey witness) {
    Optional<Instant> latest = Optional.empty();
    for (Signature one : of(witness)) {
      Optional<Instant> time = Cosignature.time(text, one.bytes(), witness);
      if (time.isEmpty()) {
        return time;
      }
      latest = latest.filter(time.get()::isBefore).or(() -> time);
    }
    return latest;
  }

  private List<Signature> of(NoteKey key) {
    return signatures.stream().filter(one -> one.isOf(key)).toList();
  }

  /** The whole note. */
  String note() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(one -> note.append(one.line()));
    return note.toString();
  }

  private static BadInputException notANote(String why) {
    return new BadInputException("this is no signed note: " + why);
  }
}
