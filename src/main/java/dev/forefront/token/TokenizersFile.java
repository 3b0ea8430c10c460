package dev.forefront.token;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Loads the Hugging Face library's native code. Its Java side unpacks that once, and from then on
 * only looks for graphics cards before it takes the file, for longer than a short text takes to
 * write; so where the file lies in its usual place we take it ourselves.
 */
final class TokenizersFile {
  /** Held, for an unheld logger forgets its level; the library tells at INFO what it unpacks. */
  private static final Logger LIBRARY_LOG = Logger.getLogger("ai.djl");

  private static final String VERSION = "/native/lib/tokenizers.properties";

  private TokenizersFile() {}

  static void load() {
    Optional<Path> usual = usual().filter(Files::isRegularFile);
    if (usual.isPresent()) {
      System.load(usual.get().toString());
      return;
    }
    // The native code in the jar is for the CPU; any other flavour would be fetched over the net.
    if (isUnset("RUST_FLAVOR")) {
      System.setProperty("RUST_FLAVOR", "cpu");
    }
    LIBRARY_LOG.setLevel(Level.SEVERE);
    LibUtils.checkStatus();
  }

  /** Where the library's Java side would have unpacked it, where nobody said otherwise. */
  private static Optional<Path> usual() {
    Path home = Path.of(System.getProperty("user.home"));
    boolean asUsual =
        Stream.of("RUST_LIBRARY_PATH", "RUST_FLAVOR", "ENGINE_CACHE_DIR", "DJL_CACHE_DIR")
            .allMatch(TokenizersFile::isUnset);
    if (!asUsual || !System.getProperty("os.name").startsWith("Linux") || !Files.isWritable(home)) {
      return Optional.empty();
    }
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return Optional.of(
        home.resolve(".djl.ai/tokenizers")
            .resolve(
                "%s-cpu-linux-%s"
                    .formatted(version(), processor.equals("amd64") ? "x86_64" : processor))
            .resolve("libtokenizers.so"));
  }

  private static boolean isUnset(String name) {
    return System.getenv(name) == null && System.getProperty(name) == null;
  }

  private static String version() {
    try (InputStream file = LibUtils.class.getResourceAsStream(VERSION)) {
      Properties properties = new Properties();
      if (file != null) {
        properties.load(file);
      }
      return properties.getProperty("version", "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
