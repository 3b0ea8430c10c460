package dev.forefront.release;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Releases that were called back by a file alone, as registries did before orders were signed. A
 * file of this kind still revokes, also one that cannot be read.
 */
record Revocations(Path folder) {
  static final String FOLDER = "revoked";

  /** Why a release is revoked; empty where it is not. */
  Optional<String> reason(String name) {
    Path file = folder.resolve(name + ".json");
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    String said = "no reason can be read";
    if (SmallFile.isPlain(file)) {
      List<String> problems = new ArrayList<>();
      Fields fields = Fields.ofJson(SmallFile.read(file), problems);
      String reason = fields.text("reason");
      said = reason.isEmpty() ? said : reason;
    }
    return Optional.of("it is revoked: " + said);
  }
}
