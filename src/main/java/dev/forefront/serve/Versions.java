package dev.forefront.serve;

import dev.forefront.conversation.Sha256;
import dev.forefront.guard.Guard;
import dev.forefront.release.Release;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Under what a reply is written: each entry about a reply names it, so that one entry alone says
 * what answered, under which policy, behind which guard.
 *
 * @param guardDigest over the guard's files: {@code sha256:} and the hash of lines with each file's
 *     hash, two spaces and its name, by name
 */
record Versions(String release, String modelDigest, String policyDigest, String guardDigest) {

  static Versions of(Release release) {
    return new Versions(
        release.name(),
        release.modelDigest(),
        release.policyDigest(),
        guardDigest(release.guardFolder()));
  }

  private static String guardDigest(Optional<Path> released) {
    try {
      if (released.isPresent()) {
        return digest(released.get());
      }
      Path builtIn = Files.createTempDirectory("forefront-guard");
      try {
        Guard.writeBuiltIn(builtIn);
        return digest(builtIn);
      } finally {
        try (Stream<Path> files = Files.list(builtIn)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(builtIn);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String digest(Path folder) throws IOException {
    StringBuilder lines = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        lines.append(Sha256.hex(file)).append("  ").append(name).append('\n');
      }
    }
    return "sha256:" + Sha256.hex(lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  void addTo(Map<String, Object> fields) {
    fields.put("release", release);
    fields.put("model_digest", modelDigest);
    fields.put("policy_digest", policyDigest);
    fields.put("guard_digest", guardDigest);
  }
}
