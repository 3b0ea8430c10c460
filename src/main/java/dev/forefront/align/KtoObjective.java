package dev.forefront.align;

import dev.forefront.align.JudgedReplies.Reply;
import dev.forefront.model.Pass;
import dev.forefront.model.Recall;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import dev.forefront.train.LanguageModeling;
import dev.forefront.train.Objective;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@link KtoLoss} over the judged replies of each update. Its figures carry the names that the
 * field knows from TRL.
 *
 * @param replies with mismatched ones beside them, or without: then nothing is taken to be gained
 * @param start of both
 * @param length most places of a row
 */
record KtoObjective(
    List<Reply> replies,
    StartScores start,
    PairOrder order,
    KtoLoss loss,
    int length,
    Recall recall)
    implements Objective {

  @Override
  public Measured gradients(Transformer policy, int step) {
    List<Integer> indices = order.at(step);
    List<Reply> seen = indices.stream().map(replies::get).toList();
    float[] startScores = start.at(indices);
    Map<String, Double> figures = new TreeMap<>();
    double gain = 0;
    long tokens = 0;
    if (startScores.length > seen.size()) {
      ReplyBatch mismatched = only(seen, 1);
      float[] before = Arrays.copyOfRange(startScores, seen.size(), startScores.length);
      gain = gain(policy, mismatched, before);
      tokens = tokens(mismatched);
      figures.put("kl", gain);
    }
    ReplyBatch batch = only(seen, 0);
    tokens += tokens(batch);
    try (Pass pass = policy.pass(LanguageModeling.input(batch.tokens()), recall)) {
      KtoLoss.Value value =
          loss.value(
              ReplyScores.of(policy, pass.hidden(), batch),
              Tensor.of(Arrays.copyOf(startScores, seen.size()), seen.size()),
              gain,
              seen.stream().map(Reply::label).toList());
      pass.backward(value.loss(), Tensor.ones());
      figures.putAll(value.figures());
      return new Measured(value.loss().item(), tokens, figures);
    }
  }

  /** A batch of the replies' own sequences (0), or of the mismatched ones (1). */
  private ReplyBatch only(List<Reply> seen, int which) {
    return ReplyBatch.of(
        seen.stream().map(reply -> (Example) () -> List.of(reply.sequences().get(which))).toList(),
        length);
  }

  private static long tokens(ReplyBatch batch) {
    return (long) batch.tokens().rows() * batch.tokens().length();
  }

  /**
   * By how much likelier the policy finds mismatched replies than the start model, on average; at
   * least 0, without history.
   */
  static double gain(Transformer policy, ReplyBatch mismatched, float[] start) {
    try (Torch.NoGrad _ = Torch.noGrad()) {
      Tensor ratios = ReplyScores.of(policy, mismatched).minus(Tensor.of(start, start.length));
      return Math.max(0, ratios.mean().item());
    }
  }
}
