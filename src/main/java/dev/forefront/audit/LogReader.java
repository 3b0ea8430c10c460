package dev.forefront.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Lines of the log one by one, in bounded memory. */
final class LogReader implements AutoCloseable {
  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int at;
  private int filled;
  private long read;

  LogReader(Path log, long offset) throws IOException {
    in = Files.newInputStream(log);
    in.skipNBytes(offset);
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
    ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
    while (line.size() <= Line.LONGEST && (at < filled || fill())) {
      int end = at;
      while (end < filled && buffer[end] != '\n') {
        end++;
      }
      line.write(buffer, at, end - at);
      boolean terminated = end < filled;
      at = terminated ? end + 1 : end;
      if (terminated && line.size() <= Line.LONGEST) {
        read = offset + line.size() + 1;
        return new RawLine(line.toByteArray(), offset, true);
      }
    }
    read = offset + line.size();
    return line.size() == 0 ? null : new RawLine(line.toByteArray(), offset, false);
  }

  private boolean fill() throws IOException {
    at = 0;
    filled = Math.max(0, in.read(buffer));
    return filled > 0;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
