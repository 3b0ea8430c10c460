package dev.forefront.train;

import dev.forefront.model.Transformer;
import dev.forefront.model.Transformer.Parameter;
import dev.forefront.tensor.GradientHook;
import dev.forefront.tensor.Group;
import dev.forefront.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Adds up the ranks' gradients, bucket by bucket, while the last backward pass of an update is
 * still at work (Li et al. 2020, section 3.2). Buckets go out in one order on all ranks, that in
 * which the gradients are usually finished: from the last parameter to the first.
 *
 * <p>A hook is called before a gradient grows, so a bucket goes out at the first hook that follows
 * its own. Which parameters a last pass reaches is learnt from the one before; one that is reached
 * after its bucket went out is a bug, and is thrown.
 */
public final class Exchange implements AutoCloseable {
  /** Numbers in a bucket: 16 MB. */
  private static final long BUCKET = 4 << 20;

  private final Ranks ranks;
  private final List<Bucket> buckets = new ArrayList<>();
  private final List<GradientHook> hooks = new ArrayList<>();
  private final List<Group.Pending> pending = new ArrayList<>();
  private final BitSet expected = new BitSet();
  private final BitSet reached = new BitSet();
  private boolean last;

  private Exchange(Ranks ranks) {
    this.ranks = ranks;
  }

  /** Parameters by their number. */
  private record Bucket(List<Tensor> tensors, BitSet numbers) {
    long count() {
      return tensors.stream().mapToLong(Tensor::count).sum();
    }
  }

  static Exchange of(Transformer model, Ranks ranks) {
    return of(model, ranks, BUCKET);
  }

  /** With buckets that are closed once they hold so many numbers. */
  static Exchange of(Transformer model, Ranks ranks, long bucket) {
    Exchange exchange = new Exchange(ranks);
    if (ranks.size() > 1) {
      exchange.fill(model.parameters(), bucket);
    }
    return exchange;
  }

  /** Of a process that is alone: there is nobody to exchange with. */
  public static Exchange alone() {
    return new Exchange(Ranks.alone());
  }

  private void fill(List<Parameter> parameters, long most) {
    for (int i = parameters.size() - 1; i >= 0; i--) {
      if (buckets.isEmpty() || buckets.getLast().count() >= most) {
        buckets.add(new Bucket(new ArrayList<>(), new BitSet()));
      }
      Tensor tensor = parameters.get(i).tensor();
      buckets.getLast().tensors().add(tensor);
      buckets.getLast().numbers().set(i);
      int number = i;
      hooks.add(tensor.onGradient(() -> heard(number)));
    }
    expected.set(0, parameters.size());
  }

  public Ranks ranks() {
    return ranks;
  }

  /** Gives all ranks the leader's weights. */
  void spread(Transformer model) {
    if (ranks.size() > 1) {
      model.parameters().forEach(one -> ranks.group().broadcast(0, one.tensor()));
    }
  }

  /**
   * Runs the last backward pass of an update, after which no gradient grows any more, and sends out
   * what is finished while it runs. {@link #finish} follows.
   */
  public void last(Runnable backward) {
    reached.clear();
    last = true;
    try {
      backward.run();
    } finally {
      last = false;
    }
    expected.clear();
    expected.or(reached);
  }

  private void heard(int number) {
    if (!last) {
      return;
    }
    while (pending.size() < buckets.size() && isFinished(buckets.get(pending.size()))) {
      send();
    }
    for (Bucket sent : buckets.subList(0, pending.size())) {
      if (sent.numbers().get(number)) {
        throw new IllegalStateException(
            "the gradient of parameter %d grew after it was sent".formatted(number));
      }
    }
    reached.set(number);
  }

  private boolean isFinished(Bucket bucket) {
    BitSet missing = (BitSet) bucket.numbers().clone();
    missing.and(expected);
    missing.andNot(reached);
    return missing.isEmpty();
  }

  private void send() {
    Bucket bucket = buckets.get(pending.size());
    List<Tensor> gradients = new ArrayList<>();
    for (Tensor tensor : bucket.tensors()) {
      tensor.fillGradient();
      gradients.add(tensor.gradient());
    }
    pending.add(ranks.group().sum(gradients));
  }

  /**
   * Sends what was not sent and waits for all: every rank then holds the sum of all ranks'
   * gradients. Where one rank calls it, all do.
   */
  public void finish() {
    while (pending.size() < buckets.size()) {
      send();
    }
    pending.forEach(Group.Pending::await);
    pending.clear();
  }

  @Override
  public void close() {
    hooks.forEach(GradientHook::close);
  }
}
