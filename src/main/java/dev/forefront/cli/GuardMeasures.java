package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.data.sets.DataSet;
import dev.forefront.data.sets.Labelled;
import dev.forefront.data.sets.Ordinary;
import dev.forefront.evaluate.Interval;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardSettings;
import dev.forefront.guard.GuardTraining;
import dev.forefront.guard.Ranking;
import dev.forefront.guard.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What a guard is measured to do, on sets that it never learnt from. */
final class GuardMeasures {
  static final List<String> HARMFUL =
      List.of(
          "eval-advbench",
          "eval-jailbreakbench",
          "eval-xstest",
          "noncommercial-do-not-answer",
          "noncommercial-safety-tuned-llamas");

  /** What people typed to an assistant. */
  private static final String TYPED = "noncommercial-toxicchat-train";

  static final List<String> RANKED = List.of(TYPED, "eval-xstest", "safety-dices");
  private static final int ORDINARY = 5_000;
  private static final long ORDINARY_SEED = 1;

  /**
   * A share of texts.
   *
   * @param blocked of {@code of}
   */
  record Share(String name, int blocked, int of) {
    double value() {
      return of == 0 ? Double.NaN : blocked / (double) of;
    }

    Interval interval() {
      return Interval.ofRate(blocked, of);
    }
  }

  private final Path data;

  GuardMeasures(Path data) {
    this.data = data;
  }

  /** Harmless requests that no guard learns from: to calibrate with, and to count false alarms. */
  List<String> ordinaryRequests() {
    return ordinaryRequests(ORDINARY_SEED);
  }

  /** Another sample of them with another seed; some may be in both. */
  List<String> ordinaryRequests(long seed) {
    return Ordinary.prompts(data, seed, ORDINARY).stream().map(Labelled::text).toList();
  }

  /**
   * All texts, harmful or not, that any figure of a guard's card is counted on; but none of {@link
   * GuardTries#SET}, whose words may be read.
   *
   * @throws BadInputException where a set that is to measure holds no harmful request
   */
  Set<String> texts() {
    Set<String> texts = new HashSet<>();
    for (String set : HARMFUL) {
      List<Labelled> asked = asked(set);
      if (harmful(asked).isEmpty()) {
        throw new BadInputException(
            "set %s in %s holds no request that is known to be harmful: pull it again"
                .formatted(set, data));
      }
      asked.forEach(one -> texts.add(one.text()));
    }
    for (String set : RANKED) {
      ranked(set).forEach(one -> texts.add(one.text()));
    }
    texts.addAll(ordinaryRequests());
    texts.addAll(ordinaryReplies());
    return texts;
  }

  /** Requests of all sets that were written to be harmful. */
  List<String> harmfulRequests() {
    return HARMFUL.stream().flatMap(set -> harmful(asked(set)).stream()).toList();
  }

  /** A set's requests; what stands there twice is asked once. */
  private List<Labelled> asked(String set) {
    Set<String> known = new HashSet<>();
    return Labelled.read(data, set, DataSet.Use.MEASURE).stream()
        .filter(one -> one.kind() == Labelled.Kind.REQUEST && known.add(one.text()))
        .toList();
  }

  /** Harmless requests that were written to sound harmful. */
  List<String> soundsHarmful() {
    return safe(ranked("eval-xstest"));
  }

  /** Harmless replies of the same sets. */
  List<String> ordinaryReplies() {
    List<String> replies = new ArrayList<>();
    for (String set : Ordinary.sources(DataSet.Use.MEASURE)) {
      Labelled.read(data, set, DataSet.Use.MEASURE).stream()
          .filter(one -> one.kind() == Labelled.Kind.REPLY)
          .map(Labelled::text)
          .limit(ORDINARY)
          .forEach(replies::add);
    }
    return replies;
  }

  static boolean blocks(Guard guard, String text) {
    return verdict(guard, text) instanceof Verdict.Block;
  }

  static Verdict verdict(Guard guard, String text) {
    return guard.input(Conversation.of(Message.user(text)));
  }

  /** The same guard without haste: what is trained must not hang on how busy the machine is. */
  static Guard unhurried(Guard guard) {
    GuardSettings usual = GuardSettings.standard();
    return guard.with(
        new GuardSettings(usual.holdBack(), usual.stride(), Duration.ofHours(1), usual.threads()));
  }

  /**
   * Blocks among the ordinary, the safe that sound alike, the harmful, what people typed, and the
   * requests that chose a seed, where they are there.
   */
  List<Share> shares(Guard guard, List<String> ordinary, Consumer<String> progress) {
    return shares(text -> blocks(guard, text), ordinary, progress);
  }

  /** Likewise, whatever blocks. */
  List<Share> shares(Predicate<String> blocks, List<String> ordinary, Consumer<String> progress) {
    List<Share> shares = new ArrayList<>();
    progress.accept("ordinary requests");
    shares.add(share("ordinary requests", blocks, ordinary));
    for (String set : HARMFUL) {
      progress.accept(set);
      add(set, asked(set), blocks, shares);
    }
    progress.accept(TYPED);
    add(TYPED, ranked(TYPED), blocks, shares);
    if (GuardTries.hasSet(data)) {
      progress.accept(GuardTries.SET);
      add(GuardTries.SET, asked(GuardTries.SET), blocks, shares);
    }
    return shares;
  }

  private static void add(
      String set, List<Labelled> asked, Predicate<String> blocks, List<Share> to) {
    List<String> safe = safe(asked);
    if (!safe.isEmpty()) {
      to.add(share(set + ", safe", blocks, safe));
    }
    to.add(share(set + ", harmful", blocks, harmful(asked)));
  }

  private static List<String> safe(List<Labelled> asked) {
    return asked.stream()
        .filter(one -> one.judged() && !one.harmful())
        .map(Labelled::text)
        .toList();
  }

  private static List<String> harmful(List<Labelled> asked) {
    return asked.stream().filter(Labelled::harmful).map(Labelled::text).toList();
  }

  private static Share share(String name, Predicate<String> blocks, List<String> texts) {
    int blocked = (int) texts.parallelStream().filter(blocks).count();
    return new Share(name, blocked, texts.size());
  }

  private List<Labelled> ranked(String set) {
    return Labelled.read(data, set, DataSet.Use.MEASURE).stream().filter(Labelled::judged).toList();
  }

  /** How well the heads rank sets that were not trained on, whatever the limits. */
  Map<String, Ranking> rankings(GuardTraining.Trained trained, Consumer<String> progress) {
    Map<String, Ranking> rankings = new LinkedHashMap<>();
    for (String set : RANKED) {
      progress.accept(set);
      List<Labelled> texts = ranked(set);
      double[] scores =
          texts.parallelStream()
              .mapToDouble(one -> Math.max(trained.request(one.text()), trained.post(one.text())))
              .toArray();
      boolean[] harmful = new boolean[scores.length];
      for (int at = 0; at < harmful.length; at++) {
        harmful[at] = texts.get(at).harmful();
      }
      rankings.put(set, Ranking.of(scores, harmful));
    }
    return rankings;
  }
}
