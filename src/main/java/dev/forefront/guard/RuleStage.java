package dev.forefront.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Rules over word lists: fast, readable by anyone, and blind to everything they do not name. */
final class RuleStage implements Stage {

  private static final int NEVER = Integer.MIN_VALUE / 2;

  private final Terms terms;
  private final int lists;
  private final Map<Side, Active> active = new EnumMap<>(Side.class);

  RuleStage(Terms terms, int lists, List<Rule> rules) {
    this.terms = terms;
    this.lists = lists;
    for (Side side : Side.values()) {
      active.put(
          side,
          Active.of(rules.stream().filter(rule -> rule.sides().contains(side)).toList(), lists));
    }
  }

  /**
   * The rules of one side.
   *
   * @param byList numbers of the rules that need each list
   */
  private record Active(List<Rule> rules, int[][] byList) {
    static Active of(List<Rule> rules, int lists) {
      int[][] byList = new int[lists][];
      for (int list = 0; list < lists; list++) {
        int wanted = list;
        byList[list] =
            IntStream.range(0, rules.size())
                .filter(rule -> rules.get(rule).all().stream().anyMatch(g -> g.get(wanted)))
                .toArray();
      }
      return new Active(rules, byList);
    }
  }

  @Override
  public String name() {
    return "rules";
  }

  @Override
  public Reader open(Side side) {
    return new RuleReader(Objects.requireNonNull(active.get(side)));
  }

  private final class RuleReader implements Reader {
    private final List<Rule> active;
    private final int[][] byList;
    // One for each depth of decoding that was reached: most texts have none.
    private final List<Track> tracks = new ArrayList<>();
    private final List<Signal> signals = new ArrayList<>();
    private final BitSet fired = new BitSet();

    RuleReader(Active side) {
      active = side.rules();
      byList = side.byList();
    }

    @Override
    public void word(Word word) {
      int depth = word.layers().size();
      for (int below = depth + 1; below < tracks.size(); below++) {
        // A decoded passage has ended where the text around it goes on.
        tracks.get(below).decide(Integer.MAX_VALUE);
      }
      while (tracks.size() <= depth) {
        tracks.add(new Track());
      }
      tracks.get(depth).word(word);
    }

    @Override
    public void finish() {
      tracks.forEach(track -> track.decide(Integer.MAX_VALUE));
    }

    @Override
    public boolean settled() {
      for (Track track : tracks) {
        if (!track.waiting.isEmpty()) {
          return false;
        }
      }
      return true;
    }

    @Override
    public List<Signal> signals() {
      return signals;
    }

    private void fire(int rule, List<String> layers) {
      if (!fired.get(rule)) {
        fired.set(rule);
        signals.add(active.get(rule).signal(layers));
      }
    }

    /** A rule whose groups were all seen, waiting for the words after it. */
    private record Waiting(int rule, int from, int to, List<String> layers) {}

    /** One way of reading the text: where each list was last seen, and terms half read. */
    private final class Track {
      private final int[] last = new int[lists];
      private final List<Waiting> waiting = new ArrayList<>();
      private int[] open = new int[4];
      private int[] going = new int[4];
      private int opened;
      private int gone;
      private int at = NEVER;
      private List<String> layers = List.of();

      Track() {
        Arrays.fill(last, NEVER);
      }

      void word(Word word) {
        layers = word.layers();
        if (word.position() != at) {
          int[] old = open;
          open = going;
          going = old;
          opened = word.position() == at + 1 ? gone : 0;
          gone = 0;
          at = word.position();
          decide(at);
        }
        step(0, word.text());
        for (int thread = 0; thread < opened; thread++) {
          step(open[thread], word.text());
        }
      }

      private void step(int node, String text) {
        int then = terms.walk(node, text, this::hit);
        if (then != 0) {
          if (gone == going.length) {
            going = Arrays.copyOf(going, gone * 2);
          }
          going[gone++] = then;
        }
      }

      private void hit(int list) {
        last[list] = at;
        for (int rule : byList[list]) {
          if (!fired.get(rule)) {
            consider(rule);
          }
        }
      }

      private void consider(int index) {
        Rule rule = active.get(index);
        int from = at;
        for (BitSet group : rule.all()) {
          int seen = latest(group);
          if (at - seen > rule.near()) {
            return;
          }
          from = Math.min(from, seen);
        }
        if (rule.unless().isEmpty()) {
          fire(index, layers);
        } else {
          waiting.add(new Waiting(index, from, at, layers));
        }
      }

      private int latest(BitSet group) {
        int seen = NEVER;
        for (int list = group.nextSetBit(0); list >= 0; list = group.nextSetBit(list + 1)) {
          seen = Math.max(seen, last[list]);
        }
        return seen;
      }

      /** Fires what has waited long enough, and drops what an exception stands near. */
      private void decide(int now) {
        if (waiting.isEmpty()) {
          return;
        }
        waiting.removeIf(
            candidate -> {
              Rule rule = active.get(candidate.rule());
              int seen = latest(rule.unless());
              if (seen >= candidate.from() - rule.near() && seen <= candidate.to() + rule.near()) {
                return true;
              }
              if (now <= candidate.to() + Rules.AFTER) {
                return false;
              }
              fire(candidate.rule(), candidate.layers());
              return true;
            });
      }
    }
  }
}
