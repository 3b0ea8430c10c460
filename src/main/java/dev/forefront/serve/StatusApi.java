package dev.forefront.serve;

import dev.forefront.audit.AuditLog;
import dev.forefront.guard.Guard;
import dev.forefront.release.Release;
import dev.forefront.release.Standing;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is served, under which policy, signed by whom; and whether all is well. */
final class StatusApi {
  private final Release release;
  private final Guard guard;
  private final AuditLog log;
  private final BoardWatch board;
  private final Bounds bounds;

  StatusApi(Release release, Guard guard, AuditLog log, BoardWatch board, Bounds bounds) {
    this.release = release;
    this.guard = guard;
    this.log = log;
    this.board = board;
    this.bounds = bounds;
  }

  void status(Call call) {
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.put("server", "forefront");
    answer.put("release", release.name());
    answer.put("created", release.created().toString());
    answer.put("model_digest", release.modelDigest());
    answer.put("policy", release.policyName());
    answer.put("policy_digest", release.policyDigest());
    answer.put("board", release.boardName());
    answer.put("demo_board", release.isDemoBoard());
    ArrayNode signers = answer.putArray("signers");
    release.signers().forEach(signers::add);
    ObjectNode standing = answer.putObject("standing");
    switch (board.now()) {
      case Standing.Serving _ -> standing.put("serving", true);
      case Standing.Stopped stopped ->
          standing
              .put("serving", false)
              .put("notice", Notice.sentence(stopped))
              .put("reason", stopped.reason())
              .put("by", stopped.by());
    }
    answer.put("context_length", bounds.contextLength());
    answer.put("tools", bounds.calls().isPresent());
    answer
        .putObject("guard")
        .put("hold_back", guard.settings().holdBack())
        .put("stride", guard.settings().stride());
    answer
        .putObject("audit")
        .put("healthy", log.isHealthy())
        .put("public_key", log.publicKey().base64());
    call.send(200, answer);
  }

  /**
   * 200 where requests are answered, 503 where the record cannot be written or the board says no.
   */
  void health(Call call) {
    String wrong = "";
    if (board.now() instanceof Standing.Stopped stopped) {
      wrong = Notice.sentence(stopped);
    }
    if (!log.isHealthy()) {
      wrong = "the audit log cannot be written";
    }
    ObjectNode answer = JsonMapper.shared().createObjectNode();
    answer.put("status", wrong.isEmpty() ? "ok" : wrong);
    call.send(wrong.isEmpty() ? 200 : 503, answer);
  }
}
