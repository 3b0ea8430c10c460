package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Releases that were called back. One person may do that: stopping must be easier than letting out.
 * A revocation that cannot be read revokes all the same.
 */
record Revocations(Path folder) {
  static final String FOLDER = "revoked";

  void add(String name, String reason, Instant now) {
    ObjectNode node = JsonMapper.shared().createObjectNode();
    node.put("name", name);
    node.put("reason", reason);
    node.put("created", now.toString());
    AtomicFile.write(file(name), node.toPrettyString() + "\n");
  }

  /** Why a release is revoked; empty where it is not. */
  Optional<String> reason(String name) {
    Path file = file(name);
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

  private Path file(String name) {
    return folder.resolve(name + ".json");
  }
}
