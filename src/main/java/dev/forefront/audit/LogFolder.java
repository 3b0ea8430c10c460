package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which files a log consists of. */
record LogFolder(Path folder) {

  /** The entries. */
  Path log() {
    return folder.resolve("log.jsonl");
  }

  /** The newest checkpoint, beside the log so that a shortened log shows. */
  Path checkpoint() {
    return folder.resolve("checkpoint");
  }

  /** The server's private key. */
  Path key() {
    return folder.resolve("audit-key.pem");
  }

  /** Where each full block of 256 entries ends, and its root; can be computed anew. */
  Path blocks() {
    return folder.resolve("blocks");
  }

  /** The newest checkpoint that each witness cosigned, one file a witness. */
  Path cosigned() {
    return folder.resolve("cosigned");
  }

  /** Texts that entries hold commitments to, and nothing else knows. */
  Path texts() {
    return folder.resolve("private");
  }

  /** Whose lock the one writing process holds. */
  Path lock() {
    return folder.resolve("lock");
  }

  boolean exists() {
    return Files.isRegularFile(log());
  }

  void requireLog() {
    if (!exists()) {
      throw new BadInputException(folder + " holds no audit log: there is no log.jsonl in it");
    }
  }
}
