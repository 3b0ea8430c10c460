package dev.forefront.cli;

import dev.forefront.audit.AuditLog;
import dev.forefront.release.Proposal;
import dev.forefront.release.Proposed;
import dev.forefront.release.Refused;
import dev.forefront.release.Signatures;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The record of a registry: who proposed, signed and called back what, and what the gate said. It
 * is opened before anything is done, so that nothing is done which could not be recorded.
 */
final class ReleaseRecord implements AutoCloseable {
  static final String FOLDER = ".audit";

  private final AuditLog log;

  private ReleaseRecord(AuditLog log) {
    this.log = log;
  }

  /**
   * @throws dev.forefront.conversation.BadInputException where another command is writing it
   */
  static ReleaseRecord of(Path registry) {
    return new ReleaseRecord(AuditLog.open(registry.resolve(FOLDER)));
  }

  /** What was done, by this machine's user. */
  void add(String kind, String release, Map<String, ?> more) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("release", release);
    fields.put("who", System.getProperty("user.name", ""));
    fields.putAll(more);
    log.append(kind, fields);
  }

  /** That a member stopped or called something back, and why; of a long reason the beginning. */
  void ordered(String kind, String release, String reason) {
    add(kind, release, Map.of("reason", reason.substring(0, Math.min(500, reason.length()))));
  }

  /** What the gate said about a proposal. */
  void proposed(String release, Proposal proposal) {
    String kind = "release.propose";
    switch (proposal) {
      case Refused refused -> refused(kind, release, refused.reasons());
      case Proposed proposed ->
          add(
              kind,
              release,
              Map.of("decision", "proposed", "model_digest", proposed.modelDigest()));
    }
  }

  void signed(String release, Signatures so) {
    add(
        "release.sign",
        release,
        Map.of("decision", "signed", "signers", so.signers(), "needed", so.needed()));
  }

  /**
   * @param weaknesses how many there are in which the policy asks for less than one in force
   */
  void adopted(Path policy, Signatures so, int weaknesses) {
    add(
        "policy.adopt",
        "*",
        Map.of(
            "policy",
            policy.toString(),
            "signers",
            so.signers(),
            "in_force",
            so.isEnough(),
            "weaknesses",
            weaknesses));
  }

  /** That the gate said no to it, and why; at most twenty reasons. */
  void refused(String kind, String release, List<String> reasons) {
    add(
        kind,
        release,
        Map.of("decision", "refused", "reasons", reasons.subList(0, Math.min(20, reasons.size()))));
  }

  @Override
  public void close() {
    log.close();
  }
}
