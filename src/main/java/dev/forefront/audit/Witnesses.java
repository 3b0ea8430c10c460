package dev.forefront.audit;

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/** The witnesses that a log asks to cosign its checkpoints, each on a thread of its own. */
final class Witnesses {
  private static final System.Logger LOG = System.getLogger("forefront.audit");

  private final List<WitnessThread> threads;

  private Witnesses(List<WitnessThread> threads) {
    this.threads = List.copyOf(threads);
  }

  /**
   * @param record writes an entry and returns when it is durable
   */
  static Witnesses start(
      LogFolder files,
      WitnessPolicy policy,
      Chain chain,
      WitnessThread.Pace pace,
      Consumer<Committer.Draft> record)
      throws IOException {
    NoteKey log = NoteKey.ofLog(chain.publicKey());
    Checkpoint newest = chain.lastCheckpoint();
    List<WitnessThread> threads = new ArrayList<>();
    for (WitnessPolicy.Witness witness : policy.witnesses().values()) {
      URI url = witness.url();
      if (url != null) {
        WitnessThread thread =
            WitnessThread.start(
                files,
                log,
                witness.key(),
                url,
                chain.blocks(),
                pace,
                status -> record(status, record));
        if (newest != null) {
          thread.offer(newest);
        }
        threads.add(thread);
      }
    }
    return new Witnesses(threads);
  }

  /** That a witness fails, or no longer does, is an event of its own; that it cosigns is not. */
  private static void record(WitnessStatus status, Consumer<Committer.Draft> record) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", status.name());
    fields.put("cosigned", status.size());
    fields.put("failure", status.failure());
    try {
      record.accept(new Committer.Draft(Chain.WITNESS, JsonMapper.shared().valueToTree(fields)));
    } catch (AuditException closed) {
      LOG.log(System.Logger.Level.DEBUG, "the log closed before this was recorded", closed);
    }
    if (!status.failure().isEmpty()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the witness %s does not cosign: %s".formatted(status.name(), status.failure()));
    }
  }

  void offer(Checkpoint checkpoint) {
    threads.forEach(thread -> thread.offer(checkpoint));
  }

  List<WitnessStatus> status() {
    return threads.stream().map(WitnessThread::status).toList();
  }

  void close() {
    threads.forEach(WitnessThread::close);
  }
}
