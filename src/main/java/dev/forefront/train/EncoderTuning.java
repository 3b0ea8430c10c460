package dev.forefront.train;

import dev.forefront.model.Bert;
import dev.forefront.model.Transformer.Kind;
import dev.forefront.model.Transformer.Parameter;
import dev.forefront.tensor.AdamWKernel;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * Teaches an encoder to answer yes or no about a text: the log odds are a linear function of the
 * mean of its last layer. All texts of a batch are of one length, so that none is filled up. The
 * same texts and seed give the same bits on one kind of machine.
 */
public final class EncoderTuning {
  private static final double MOST_NORM = 1;
  private static final double SPREAD = 0.02;

  /**
   * A text and its answer.
   *
   * @param target 0 for no to 1 for yes
   * @param weight what an error costs, 1 for usual ones
   */
  public record Example(int[] ids, float target, float weight) {}

  /**
   * @param batch texts at once
   * @param rate the peak learning rate of the encoder
   * @param headRate of what answers
   * @param warmup updates
   */
  public record Settings(
      int batch, double rate, double headRate, double decay, int warmup, int epochs, long seed) {

    /** Those that the built-in guard was trained with. */
    public static Settings standard(long seed) {
      return new Settings(64, 5e-5, 1e-3, 0.01, 50, 1, seed);
    }
  }

  /**
   * What answers: log odds are {@code bias} and the sum of {@code weights} times what the text is.
   */
  public record Head(float[] weights, float bias) {}

  /** Hears how far it is. */
  @FunctionalInterface
  public interface Watching {
    /**
     * @param loss of the texts that an update learnt from, the mean over texts
     */
    void updated(int done, int of, double loss);
  }

  private EncoderTuning() {}

  /** Changes an encoder, and gives what answers from what it says. */
  public static Head tune(
      Bert encoder, List<Example> examples, Settings settings, Watching watching) {
    Random random = new Random(settings.seed());
    List<List<Example>> batches = new ArrayList<>();
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      batches.addAll(batches(examples, settings.batch(), random));
    }
    int width = encoder.shape().width();
    try (Scope _ = Scope.open();
        Tensor weight = Scope.keep(Tensor.of(first(width, random), 1, width));
        Tensor bias = Scope.keep(Tensor.zeros(1))) {
      List<Parameter> head =
          List.of(
              new Parameter("weight", weight.requireGradient(), Kind.MATRIX, List.of(1L)),
              new Parameter("bias", bias.requireGradient(), Kind.VECTOR, List.of(1L)));
      try (Optimizer body = adamW(encoder.parameters(), settings.rate(), settings.decay());
          Optimizer top = adamW(head, settings.headRate(), settings.decay())) {
        Schedule shares = new Schedule.Linear(1, settings.warmup(), batches.size());
        Gradients all = new Gradients(encoder.parameters());
        for (int step = 0; step < batches.size(); step++) {
          double loss = backward(encoder, weight, bias, batches.get(step), settings.batch());
          double share = shares.rate(step);
          body.update(share, AdamWKernel.clipping(all.norm(), MOST_NORM));
          top.update(share, 1);
          all.clear();
          new Gradients(head).clear();
          watching.updated(step + 1, batches.size(), loss);
        }
      }
      return new Head(weight.detach().floats(), bias.detach().floats()[0]);
    }
  }

  private static Optimizer adamW(List<Parameter> parameters, double rate, double decay) {
    return Optimizer.of(parameters, new Recipe.Optimizer(rate, 0.9, 0.999, 1e-8, decay));
  }

  private static float[] first(int width, Random random) {
    float[] numbers = new float[width];
    for (int at = 0; at < width; at++) {
      numbers[at] = (float) (random.nextGaussian() * SPREAD);
    }
    return numbers;
  }

  private static double backward(
      Bert encoder, Tensor weight, Tensor bias, List<Example> batch, int usual) {
    try (Scope _ = Scope.open()) {
      int[][] ids = new int[batch.size()][];
      float[] yes = new float[ids.length];
      float[] no = new float[ids.length];
      double sum = 0;
      for (int at = 0; at < ids.length; at++) {
        Example one = batch.get(at);
        ids[at] = one.ids();
        yes[at] = one.weight() * one.target();
        no[at] = one.weight() * (1 - one.target());
        sum += one.weight();
      }
      Tensor odds = encoder.encode(Tensor.of(ids)).mean(1).linear(weight, bias).view(ids.length);
      Tensor likely = odds.logSigmoid().times(Tensor.of(yes, ids.length));
      Tensor unlikely = odds.negate().logSigmoid().times(Tensor.of(no, ids.length));
      Tensor loss = likely.plus(unlikely).sum().negate();
      // A batch of few texts is not to weigh like a full one.
      loss.times(1.0 / usual).backward();
      return loss.item() / sum;
    }
  }

  private static List<List<Example>> batches(List<Example> examples, int size, Random random) {
    List<Example> order = new ArrayList<>(examples);
    Collections.shuffle(order, random);
    TreeMap<Integer, List<Example>> byLength = new TreeMap<>();
    for (Example one : order) {
      byLength.computeIfAbsent(one.ids().length, none -> new ArrayList<>()).add(one);
    }
    List<List<Example>> batches = new ArrayList<>();
    for (List<Example> alike : byLength.values()) {
      for (int from = 0; from < alike.size(); from += size) {
        batches.add(alike.subList(from, Math.min(alike.size(), from + size)));
      }
    }
    Collections.shuffle(batches, random);
    return batches;
  }
}
