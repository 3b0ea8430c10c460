package dev.forefront.train;

import dev.forefront.conversation.BadInputException;
import dev.forefront.tensor.Device;
import dev.forefront.tensor.Group;
import dev.forefront.tensor.Place;
import dev.forefront.tensor.RankLostException;
import dev.forefront.tensor.Torch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/**
 * The processes that train one model together; mostly it is one alone. Rank 0 leads: it prepares
 * data, looks at the model, and writes all files. All ranks ask the same things in the same order;
 * what waits for a rank that is gone ends with a {@link RankLostException}.
 */
public final class Ranks implements AutoCloseable {
  /** Until all ranks must have started. */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final @Nullable Group group;
  private boolean wantsStop;
  private boolean stopWanted;

  private Ranks(@Nullable Group group) {
    this.group = group;
  }

  /** This process and no other. */
  public static Ranks alone() {
    return new Ranks(null);
  }

  static Ranks of(Group group) {
    return new Ranks(group);
  }

  /**
   * Meets the others, where the environment tells of them as torchrun does, and takes its share of
   * the machine's cores and its own graphics card.
   *
   * @throws BadInputException where it tells half of it
   * @throws RankLostException where a rank does not come
   */
  public static Ranks join(Map<String, String> environment) {
    RankVariables variables = RankVariables.of(environment);
    if (variables.place().isEmpty()) {
      return alone();
    }
    Place place = variables.place().get();
    Device.takeCard(variables.localRank());
    Torch.threads(variables.threads(Runtime.getRuntime().availableProcessors()));
    return of(Group.join(place, PATIENCE));
  }

  /**
   * For what one process does alone.
   *
   * @throws BadInputException where the environment tells of several
   */
  public static void requireAlone(Map<String, String> environment, String what) {
    if (RankVariables.of(environment).place().isPresent()) {
      throw new BadInputException(
          "%s runs in one process, but WORLD_SIZE is %s: start it once, without RANK and WORLD_SIZE"
              .formatted(what, environment.get("WORLD_SIZE")));
    }
  }

  public int rank() {
    return group == null ? 0 : group.rank();
  }

  /** Ranks in all. */
  public int size() {
    return group == null ? 1 : group.size();
  }

  /** Whether this is rank 0. */
  public boolean leads() {
    return rank() == 0;
  }

  Group group() {
    if (group == null) {
      throw new IllegalStateException("this process is alone");
    }
    return group;
  }

  /** Whether every rank has a graphics card of its own; all ask it together. */
  boolean haveCards() {
    boolean mine = Device.CUDA.isThere();
    return group == null ? mine : sum(mine ? 1 : 0)[0] == size();
  }

  /**
   * Lets the ranks exchange what lies on their graphics cards; all call it together.
   *
   * @throws BadInputException where this machine lacks what that takes
   */
  void exchangeBetweenCards() {
    if (group == null) {
      return;
    }
    try {
      group.exchangeBetweenCards();
    } catch (UnsupportedOperationException e) {
      throw new BadInputException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Adds up numbers over all ranks. */
  public double[] sum(double... numbers) {
    if (group == null) {
      return numbers;
    }
    // The wish to stop rides along, so that all ranks learn of it at the same place.
    double[] all = Arrays.copyOf(numbers, numbers.length + 1);
    all[numbers.length] = wantsStop ? 1 : 0;
    double[] sums = group.sum(all);
    stopWanted = sums[numbers.length] > 0;
    return Arrays.copyOf(sums, numbers.length);
  }

  /** This rank wants to stop; all will know after the next {@link #sum}. */
  void wantStop() {
    wantsStop = true;
    stopWanted |= group == null;
  }

  /** Whether some rank wanted to stop at the last {@link #sum}; the same on all ranks. */
  boolean isStopWanted() {
    return stopWanted;
  }

  /** The leader's numbers, on every rank. */
  List<Double> ofLeader(List<Double> numbers) {
    if (group == null) {
      return numbers;
    }
    int count = (int) group.broadcast(0, numbers.size())[0];
    if (count == 0) {
      return List.of();
    }
    double[] mine = new double[count];
    if (leads()) {
      Arrays.setAll(mine, numbers::get);
    }
    return Arrays.stream(group.broadcast(0, mine)).boxed().toList();
  }

  /** The leader's number, on every rank. */
  int ofLeader(int number) {
    return group == null ? number : (int) group.broadcast(0, number)[0];
  }

  /**
   * Waits until all have come here: a rank that is done early and ends could not be started again
   * together with one that fails later.
   */
  public void awaitAll() {
    sum();
  }

  /** Says something to the others under a name, once and for all. */
  public void announce(String name, String words) {
    if (group != null) {
      group.announce(name, words);
    }
  }

  /** Waits until it is said. */
  public String hear(String name) {
    return group().hear(name);
  }

  /** Does work; where it fails, the others are told so, and why. */
  public void together(Runnable work) {
    try {
      work.run();
    } catch (RankLostException | CancellationException e) {
      // All know of it already.
      throw e;
    } catch (RuntimeException | Error e) {
      leave(Objects.requireNonNullElse(e.getMessage(), e.toString()));
      throw e;
    }
  }

  private void leave(String why) {
    if (group != null) {
      group.leave(why);
    }
  }

  @Override
  public void close() {
    if (group != null) {
      group.close();
    }
  }
}
