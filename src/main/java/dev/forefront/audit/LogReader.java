package dev.forefront.audit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Lines of the log one by one, in bounded memory. */
final class LogReader implements AutoCloseable {
  private final InputStream in;
  private long read;

  LogReader(Path log, long offset) throws IOException {
    InputStream file = Files.newInputStream(log);
    file.skipNBytes(offset);
    in = new BufferedInputStream(file, 1 << 16);
    read = offset;
  }

  /**
   * @param bytes without the line's end
   * @param offset of the first byte in the file
   * @param terminated whether the line's end is there
   */
  record RawLine(byte[] bytes, long offset, boolean terminated) {}

  /** The next line, or null at the end; a line that is too long comes cut, as not terminated. */
  @Nullable RawLine next() throws IOException {
    long offset = read;
    int b = in.read();
    if (b < 0) {
      return null;
    }
    ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    while (b >= 0 && b != '\n' && line.size() <= Line.LONGEST) {
      line.write(b);
      b = in.read();
    }
    read = offset + line.size() + (b == '\n' ? 1 : 0);
    return new RawLine(line.toByteArray(), offset, b == '\n');
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
