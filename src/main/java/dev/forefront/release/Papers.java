package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What is written into a proposal for people and for other tools: model card, bill of materials and
 * safety case. They follow from the files beside them, and the board signs them with these.
 */
final class Papers {

  private Papers() {}

  /**
   * @param folder of the proposal, as the candidate was read from it
   */
  static void write(Path folder, String name, Candidate candidate, Policy policy, Instant now) {
    Evidence evidence = Evidence.of(candidate, candidate.reports(), policy, now);
    Dossier dossier = new Dossier(name, candidate, policy, evidence, now);
    AtomicFile.write(folder.resolve(ReleaseFiles.MODEL_CARD), ModelCard.markdown(dossier));
    AtomicFile.write(folder.resolve(ReleaseFiles.ML_BOM), MlBom.json(dossier));
    AtomicFile.write(
        folder.resolve(ReleaseFiles.SAFETY_CASE),
        new SafetyCase(dossier, new SafetyCase.Standing.Proposed()).html());
  }
}
