package dev.forefront.token.jinja;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A text that knows of each of its characters where it came from. Two texts of the same characters
 * are equal wherever those came from, so that a template sees no difference.
 */
public final class Text {
  /** Came in with a variable: nobody may take it for the template's own word. */
  public static final int GIVEN = 1;

  /** Of the text that the caller wants to find again in the output. */
  public static final int TRACED = 2;

  /** Written inside a {@code generation} block. */
  public static final int GENERATED = 4;

  static final Text EMPTY = of("");

  private final String string;
  private final byte @Nullable [] marks;
  private final int common;

  private Text(String string, byte @Nullable [] marks, int common) {
    this.string = string;
    this.marks = marks;
    this.common = common;
  }

  /** A word of the template's own. */
  public static Text of(String string) {
    return new Text(string, null, 0);
  }

  /** A text that came from elsewhere. */
  public static Text given(String string) {
    return new Text(string, null, GIVEN);
  }

  /** With marks for all of it. */
  public static Text of(String string, int marks) {
    return new Text(string, null, marks);
  }

  static Text of(String string, byte[] marks) {
    for (byte mark : marks) {
      if (mark != marks[0]) {
        return new Text(string, marks, 0);
      }
    }
    return new Text(string, null, marks.length == 0 ? 0 : marks[0]);
  }

  /** The characters. */
  public String string() {
    return string;
  }

  /** In UTF-16 units, as the indices of all methods here. */
  public int length() {
    return string.length();
  }

  /** Where the unit at this place came from: a sum of the constants. */
  public int marksAt(int index) {
    return marks == null ? common : marks[index];
  }

  boolean isEmpty() {
    return string.isEmpty();
  }

  /** A piece of it. */
  public Text sub(int from, int to) {
    if (from == 0 && to == string.length()) {
      return this;
    }
    return marks == null
        ? new Text(string.substring(from, to), null, common)
        : of(string.substring(from, to), Arrays.copyOfRange(marks, from, to));
  }

  Text from(int begin) {
    return sub(begin, string.length());
  }

  /** This and then another. */
  public Text plus(Text other) {
    byte[] both = new byte[length() + other.length()];
    copyMarks(both, 0);
    other.copyMarks(both, length());
    return of(string + other.string, both);
  }

  /** Another text made of this one: nobody can say what of it came from where. */
  Text become(String other) {
    return other.equals(string) ? this : new Text(other, null, allMarks());
  }

  /** All marks of any of its characters. */
  int allMarks() {
    if (marks == null) {
      return common;
    }
    int all = 0;
    for (byte mark : marks) {
      all |= mark;
    }
    return all;
  }

  Text marked(int more) {
    return marks == null ? new Text(string, null, common | more) : marked(0, string.length(), more);
  }

  /** The same with more marks on a piece of it. */
  public Text marked(int from, int to, int more) {
    byte[] with = new byte[length()];
    copyMarks(with, 0);
    for (int i = from; i < to; i++) {
      with[i] |= (byte) more;
    }
    return of(string, with);
  }

  void copyMarks(byte[] into, int at) {
    if (marks == null) {
      Arrays.fill(into, at, at + string.length(), (byte) common);
    } else {
      System.arraycopy(marks, 0, into, at, marks.length);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Text text && text.string.equals(string);
  }

  @Override
  public int hashCode() {
    return string.hashCode();
  }

  @Override
  public String toString() {
    return string;
  }
}
