package dev.forefront.guard;

import dev.forefront.guard.Word.Reading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Trained heads over the words of a text. A request is judged by windows of forty words that
 * overlap by half; a reply as it grows, and blocked where two looks in a row say so, for half a
 * sentence is often worse than the whole. What was decoded is read like what stands there.
 */
final class TextStage implements Stage {
  private static final int FIRST_LOOK = 8;
  private static final int NEXT_LOOK = 4;
  private static final int APART = 12;
  private static final List<String> RESPELLED = List.of("respelled");

  private final Views input;
  private final Views output;

  /** One verdict head and the heads that say which hazard it is. */
  private record View(int head, double limit, int[] hazards, Hazard[] named, String explanation) {}

  /**
   * What one side is judged by.
   *
   * @param heads those that the views name, and no others: every word is weighed by all of them
   */
  private record Views(TextHeads heads, List<View> views) {}

  TextStage(TextHeads heads, Calibration calibration) {
    View request =
        view(
            heads,
            TextClassifier.REQUEST,
            calibration.limit(Calibration.Use.REQUEST),
            "it reads like a request for harm");
    View asked = post(heads, calibration.limit(Calibration.Use.POST));
    input = new Views(heads, List.of(request, asked));
    TextHeads posts = heads.of(TextClassifier.POST);
    output = new Views(posts, List.of(post(posts, calibration.limit(Calibration.Use.REPLY))));
  }

  private static View post(TextHeads heads, double limit) {
    return view(heads, TextClassifier.POST, limit, "it reads like harmful text");
  }

  private static View view(TextHeads heads, String kind, double limit, String explanation) {
    List<Hazard> named = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (Hazard hazard : Hazard.values()) {
      int at = heads.names().indexOf(TextClassifier.head(kind, hazard));
      if (at >= 0) {
        named.add(hazard);
        numbers.add(at);
      }
    }
    return new View(
        heads.head(kind),
        limit,
        numbers.stream().mapToInt(Integer::intValue).toArray(),
        named.toArray(Hazard[]::new),
        explanation);
  }

  @Override
  public String name() {
    return "text";
  }

  @Override
  public Reader open(Side side) {
    return new TextReader(side);
  }

  private final class TextReader implements Reader {
    private final Side side;
    private final TextHeads heads;
    private final List<View> views;
    private final Track plain;
    private final Track respelled;
    // What a word that is spelled with figures is put among.
    private final Deque<String> recent = new ArrayDeque<>(TextWindow.WORDS);
    private final List<Track> decoded = new ArrayList<>();
    private final Signal[] worst;
    private String pending = "";
    private int pendingAt = Integer.MIN_VALUE;
    private int respellings;
    private int plainWords;

    TextReader(Side side) {
      this.side = side;
      Views judged = side == Side.INPUT ? input : output;
      heads = judged.heads;
      views = judged.views;
      worst = new Signal[views.size()];
      plain = new Track();
      respelled = new Track();
    }

    @Override
    public void word(Word word) {
      int depth = word.layers().size();
      for (int below = depth; below < decoded.size(); below++) {
        // A decoded passage has ended where the text around it goes on.
        decoded.get(below).passageEnds();
      }
      if (depth > 0) {
        while (decoded.size() < depth) {
          decoded.add(new Track());
        }
        decoded.get(depth - 1).decodedWord(word, plainWords);
      } else if (word.reading() == Reading.PLAIN) {
        takePending();
        pending = word.text();
        pendingAt = word.position();
        plainWords++;
        plain.word(word.text(), List.of());
      } else if (word.position() == pendingAt) {
        pending = word.text();
        pendingAt = Integer.MIN_VALUE;
        respellings++;
      }
    }

    /** The text as it reads with figures for letters; read only from where there are such. */
    private void takePending() {
      if (pending.isEmpty()) {
        return;
      }
      if (respellings > 0) {
        while (!recent.isEmpty()) {
          respelled.word(recent.removeFirst(), RESPELLED);
        }
        respelled.word(pending, RESPELLED);
      } else {
        if (recent.size() == TextWindow.WORDS) {
          recent.removeFirst();
        }
        recent.addLast(pending);
      }
      pending = "";
    }

    @Override
    public void pause() {
      takePending();
      plain.end();
      respelled.end();
      decoded.forEach(Track::end);
      recent.clear();
      respellings = 0;
    }

    @Override
    public void finish() {
      pause();
    }

    @Override
    public List<Signal> signals() {
      List<Signal> signals = new ArrayList<>(worst.length);
      for (Signal signal : worst) {
        if (signal != null) {
          signals.add(signal);
        }
      }
      return signals;
    }

    /** The newest words of one way of reading. */
    private final class Track implements TextFeatures.Sink {
      private final float[][] said = new float[TextWindow.WORDS][heads.size()];
      private final double[] squares = new double[TextWindow.WORDS];
      private final double[] sums = new double[heads.size()];
      private double mass;
      private TextFeatures features = new TextFeatures();
      private List<String> layers = List.of();
      private int words;
      private int lastPosition = Integer.MIN_VALUE;
      private int plainBefore;
      private int lookedAt;
      private final boolean[] high = new boolean[views.size()];

      /**
       * A long code is decoded in passages that overlap: what follows under the same layers belongs
       * together.
       *
       * @param plainNow how many words stood there as they are
       */
      void decodedWord(Word word, int plainNow) {
        if (!word.layers().equals(layers) || plainNow - plainBefore > APART) {
          end();
        }
        plainBefore = plainNow;
        // Decoded words come once as they stand, then as they may be respelled.
        if (word.position() != lastPosition) {
          lastPosition = word.position();
          word(word.text(), word.layers());
        }
      }

      void passageEnds() {
        if (words > 0 && words != lookedAt) {
          look(Sure.AT_ONCE);
          lookedAt = words;
        }
      }

      void word(String text, List<String> under) {
        layers = under;
        int place = words % TextWindow.WORDS;
        for (int head = 0; head < sums.length; head++) {
          sums[head] -= said[place][head];
        }
        mass -= squares[place];
        Arrays.fill(said[place], 0);
        squares[place] = 0;
        features.word(text, this);
        for (int head = 0; head < sums.length; head++) {
          sums[head] += said[place][head];
        }
        mass += squares[place];
        words++;
        if (side == Side.INPUT) {
          if (words >= TextWindow.WORDS && (words - TextWindow.WORDS) % TextWindow.STRIDE == 0) {
            look(Sure.AT_ONCE);
          }
        } else if (words >= FIRST_LOOK && words % NEXT_LOOK == 0) {
          look(Sure.SECOND_TIME);
        }
      }

      @Override
      public void feature(int bucket, float value) {
        int place = words % TextWindow.WORDS;
        heads.add(bucket, value, said[place]);
        squares[place] += value * value;
      }

      void end() {
        if (words > 0) {
          look(Sure.AT_ONCE);
          for (float[] one : said) {
            Arrays.fill(one, 0);
          }
          Arrays.fill(squares, 0);
          Arrays.fill(sums, 0);
          Arrays.fill(high, false);
          mass = 0;
          words = 0;
          lookedAt = 0;
          features = new TextFeatures();
        }
      }

      private void look(Sure sure) {
        float scale = TextWindow.scale(mass);
        for (int at = 0; at < views.size(); at++) {
          View view = views.get(at);
          double score = TextHeads.probability(sums[view.head] * scale + heads.bias(view.head));
          boolean reached = !(score < view.limit);
          boolean counts = sure == Sure.AT_ONCE || !reached || high[at];
          high[at] = reached;
          // What is seen for the first time makes suspicious, and no more.
          double shown = counts ? score : Math.min(score, view.limit * 0.99);
          Signal before = worst[at];
          if (before == null || !(shown <= before.score())) {
            worst[at] =
                new Signal(hazard(view, scale), shown, view.limit, view.explanation, layers);
          }
        }
      }

      private Hazard hazard(View view, float scale) {
        Hazard likeliest = Hazard.UNKNOWN;
        double highest = Double.NEGATIVE_INFINITY;
        for (int at = 0; at < view.hazards.length; at++) {
          int head = view.hazards[at];
          double score = sums[head] * scale + heads.bias(head);
          if (score > highest) {
            highest = score;
            likeliest = view.named[at];
          }
        }
        return likeliest;
      }
    }
  }

  /** Whether one look suffices. */
  private enum Sure {
    AT_ONCE,
    SECOND_TIME
  }
}
