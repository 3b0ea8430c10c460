package dev.forefront.align;

import dev.forefront.model.Transformer;
import dev.forefront.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** What a reward model says at the end of each reply of a batch, differentiable. */
final class Rewards {

  private Rewards() {}

  /** Replies as they are read for a reward: to their last token, where it stands. */
  static ReplyBatch batch(List<? extends Example> examples, int length) {
    return ReplyBatch.of(
        examples.stream()
            .map(
                example ->
                    (Example) () -> example.sequences().stream().map(Sequence::closed).toList())
            .toList(),
        length);
  }

  /**
   * @param batch of {@link #batch}
   * @return {@code [replies]}, in the batch's order
   */
  static Tensor of(Transformer model, Tensor hidden_BTD, ReplyBatch batch) {
    long all = hidden_BTD.size(0) * hidden_BTD.size(1);
    long[] ends = Arrays.copyOf(batch.places(), batch.replies());
    Tensor hidden_RD =
        hidden_BTD
            .reshape(all, hidden_BTD.size(2))
            .indexSelect(0, Tensor.of(ends, batch.replies()));
    return model.logits(hidden_RD).view(batch.replies());
  }
}
