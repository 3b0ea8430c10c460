package dev.forefront.guard;

import dev.forefront.guard.Word.Reading;
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
    private final Track plain;
    private final Track decoded;
    private final Track rotated;
    private final List<Signal> signals = new ArrayList<>();
    private final BitSet fired = new BitSet();
    private int position;

    RuleReader(Active side) {
      active = side.rules();
      byList = side.byList();
      plain = new Track();
      decoded = new Track();
      rotated = new Track();
    }

    @Override
    public void word(Word word) {
      position = word.position();
      Track track =
          switch (word.reading()) {
            case PLAIN, RESPELLED, JOINED -> plain;
            case DECODED -> decoded;
            case ROT13 -> rotated;
          };
      track.word(word);
    }

    @Override
    public void finish() {
      plain.decide(Integer.MAX_VALUE);
      decoded.decide(Integer.MAX_VALUE);
      rotated.decide(Integer.MAX_VALUE);
    }

    @Override
    public boolean settled() {
      return plain.waiting.isEmpty() && decoded.waiting.isEmpty() && rotated.waiting.isEmpty();
    }

    @Override
    public List<Signal> signals() {
      return signals;
    }

    private void fire(int rule) {
      if (!fired.get(rule)) {
        fired.set(rule);
        signals.add(active.get(rule).signal());
      }
    }

    /** A rule whose groups were all seen, waiting for the words after it. */
    private record Waiting(int rule, int from, int to) {}

    /** One way of reading the text: where each list was last seen, and terms half read. */
    private final class Track {
      private final int[] last = new int[lists];
      private final List<Waiting> waiting = new ArrayList<>();
      private int[] open = new int[4];
      private int[] going = new int[4];
      private int opened;
      private int gone;
      private int at = NEVER;

      Track() {
        Arrays.fill(last, NEVER);
      }

      void word(Word word) {
        if (word.position() != at) {
          int[] old = open;
          open = going;
          going = old;
          opened = word.position() == at + 1 ? gone : 0;
          gone = 0;
          at = word.position();
          if (!waiting.isEmpty()) {
            decide(at);
          }
        }
        if (word.reading() == Reading.JOINED) {
          terms.search(word.text(), this::hit);
          return;
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
          fire(index);
        } else {
          waiting.add(new Waiting(index, from, at));
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
              fire(candidate.rule());
              return true;
            });
      }
    }
  }
}
