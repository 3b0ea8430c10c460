package dev.forefront.train;

import dev.forefront.model.TokenInput;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import dev.forefront.tensor.Torch;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Writes on, to see what a model in training would say: every token reads all before it anew, which
 * is slow and needs nothing but the model. The dice are its own.
 */
public final class Continuation {
  private final double temperature;
  private final int end;

  /**
   * @param temperature above 0; below 1 the likely becomes likelier
   * @param end the token after which nothing comes
   */
  public Continuation(double temperature, int end) {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("a temperature is above 0, not " + temperature);
    }
    this.temperature = temperature;
    this.end = end;
  }

  /**
   * @param prompt at least one token
   * @param most tokens to add
   * @return the added tokens alone, the one that ends left out
   */
  public int[] of(Transformer model, int[] prompt, int most, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int context = model.config().contextLength();
    int[] ids = prompt.clone();
    for (int added = 0; added < most; added++) {
      int[] read = Arrays.copyOfRange(ids, Math.max(0, ids.length - context), ids.length);
      int next = draw(probabilities(model, read), random.nextDouble());
      if (next == end) {
        break;
      }
      ids = Arrays.copyOf(ids, ids.length + 1);
      ids[ids.length - 1] = next;
    }
    return Arrays.copyOfRange(ids, prompt.length, ids.length);
  }

  private float[] probabilities(Transformer model, int[] read) {
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      Tensor hidden_BTD = model.hidden(TokenInput.of(new int[][] {read}));
      Tensor logits_V = model.logits(hidden_BTD.narrow(1, read.length - 1, 1)).view(-1);
      return logits_V.times(1 / temperature).logSoftmax(0).exp().floats();
    }
  }

  private static int draw(float[] probabilities, double dice) {
    double sum = 0;
    for (int id = 0; id < probabilities.length; id++) {
      sum += probabilities[id];
      if (dice < sum) {
        return id;
      }
    }
    return probabilities.length - 1;
  }
}
