package dev.forefront.data;

import dev.forefront.conversation.BadInputException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Lines of a UTF-8 file; only {@code \n} ends one, and bytes that are no UTF-8 are an error. */
final class Utf8Lines implements Iterator<Utf8Lines.Line> {
  /** A longer line is no document but a file that is not JSON lines. */
  private static final int LONGEST = 256 << 20;

  private final Path file;
  private final InputStream in;
  private long number;
  private @Nullable Line next;

  record Line(String text, long number) {}

  private Utf8Lines(Path file, InputStream in) {
    this.file = file;
    this.in = in;
    next = advance();
  }

  static Stream<Line> open(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + " does not exist or is no file");
    }
    try {
      InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
      Utf8Lines lines = new Utf8Lines(file, in);
      return StreamSupport.stream(
              Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED | Spliterator.NONNULL),
              false)
          .onClose(lines::close);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Line next() {
    Line line = next;
    if (line == null) {
      throw new NoSuchElementException();
    }
    next = advance();
    return line;
  }

  private @Nullable Line advance() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      int b = in.read();
      if (b < 0) {
        return null;
      }
      number++;
      for (; b >= 0 && b != '\n'; b = in.read()) {
        if (bytes.size() == LONGEST) {
          throw new BadInputException(
              "%s, line %d is longer than %d MB: this is no JSON-lines file"
                  .formatted(file, number, LONGEST >> 20));
        }
        bytes.write(b);
      }
      return new Line(decode(bytes.toByteArray(), file + ", line " + number), number);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws BadInputException where the bytes are no UTF-8 text
   */
  static String decode(byte[] bytes, String place) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadInputException(
          place + " is not UTF-8 text: convert it first, for example with iconv -t UTF-8", e);
    }
    if (text.indexOf('\0') >= 0) {
      throw new BadInputException(place + " is a binary file, not text");
    }
    return text;
  }

  private void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
