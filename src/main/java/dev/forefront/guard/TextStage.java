package dev.forefront.guard;

import dev.forefront.guard.Word.Reading;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Trained heads over the words of a text. A request is judged by windows of forty words that
 * overlap by half; a reply as it grows, and blocked where two looks in a row say so, for half a
 * sentence is often worse than the whole. What was decoded is read like what stands there. Requests
 * are judged by the sum of the linear head's log odds, those of the phrases and the encoder's.
 */
final class TextStage implements Stage {
  private static final int FIRST_LOOK = 8;
  private static final int NEXT_LOOK = 4;
  private static final int APART = 12;
  private static final int LEAST_APART = 4;
  private static final int MOST_DECODED = 8;
  private static final List<String> RESPELLED = List.of("respelled");

  // Less than this share of a limit counts nowhere; without limits, scores are wanted themselves.
  private static final double COUNTS = 0.5;
  private static final double NO_LIMIT = 1;
  // Below any limit that somebody would choose.
  private static final double LEAST_LIMIT = 1e-3;

  // Log odds that a request must have beyond what is asked of one that stands there as it is:
  // half of what is decoded was never written, and sounds like anything.
  static final double DECODED = 1.5;

  private final TextHeads heads;
  private final @Nullable PhraseHead phrases;
  private final @Nullable EncoderHead encoder;
  private final TextViews input;
  private final TextViews output;

  TextStage(TextWeights weights, Calibration calibration) {
    heads = weights.heads();
    phrases = weights.phrases();
    encoder = weights.encoder();
    input = TextViews.input(heads, calibration);
    output = TextViews.output(heads, calibration);
  }

  @Override
  public String name() {
    return "text";
  }

  @Override
  public void prepare() {
    if (encoder != null) {
      encoder.prepare();
    }
  }

  @Override
  public Reader open(Side side) {
    return new TextReader(side);
  }

  private final class TextReader implements Reader {
    private final Side side;
    private final PackedHeads verdicts;
    private final List<TextViews.View> views;
    private final Track plain;
    private @Nullable Track respelled;
    // What a word that is spelled with figures is put among.
    private final Deque<String> recent = new ArrayDeque<>(TextWindow.WORDS);
    private final Map<List<String>, Track> decoded = new LinkedHashMap<>();
    private final @Nullable Look[] worst;
    // What the encoder will be asked about.
    private final OpenWindows open = new OpenWindows();
    private String pending = "";
    private int pendingAt = Integer.MIN_VALUE;
    private int respellings;
    private int plainWords;

    TextReader(Side side) {
      this.side = side;
      TextViews judged = side == Side.INPUT ? input : output;
      verdicts = judged.verdicts();
      views = judged.views();
      worst = new Look[views.size()];
      plain = new Track();
    }

    @Override
    public void word(Word word) {
      if (side == Side.OUTPUT) {
        passagesEnd(word.layers());
      }
      if (!word.layers().isEmpty()) {
        decoded(word.layers()).decodedWord(word, plainWords);
      } else if (word.reading() == Reading.PLAIN) {
        takePending();
        pending = word.text();
        pendingAt = word.position();
        plainWords += separates(word.text()) ? 1 : 0;
        plain.word(word.text(), List.of());
      } else if (word.position() == pendingAt) {
        pending = word.text();
        pendingAt = Integer.MIN_VALUE;
        respellings++;
      }
    }

    /** A decoded passage has ended where the text around it goes on. */
    private void passagesEnd(List<String> layers) {
      for (Track track : decoded.values()) {
        if (track.layers.size() >= layers.size() && !track.layers.equals(layers)) {
          track.passageEnds();
        }
      }
    }

    /** What was read under these layers; of many as deep, those read last are known. */
    private Track decoded(List<String> layers) {
      Track track = decoded.remove(layers);
      if (track == null) {
        List<List<String>> asDeep =
            decoded.keySet().stream().filter(other -> other.size() == layers.size()).toList();
        if (asDeep.size() == MOST_DECODED) {
          Objects.requireNonNull(decoded.remove(asDeep.getFirst())).end();
        }
        track = new Track();
      }
      decoded.put(layers, track);
      return track;
    }

    /** What is encoded stands there as plain words too, and separates nothing. */
    private static boolean separates(String word) {
      return word.length() >= LEAST_APART && Chunks.odd(word, 0, word.length()) == 0;
    }

    /** The text as it reads with figures for letters; read only from where there are such. */
    private void takePending() {
      if (pending.isEmpty()) {
        return;
      }
      if (respellings > 0) {
        Track track = respelled == null ? new Track() : respelled;
        respelled = track;
        while (!recent.isEmpty()) {
          track.word(recent.removeFirst(), RESPELLED);
        }
        track.word(pending, RESPELLED);
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
      if (respelled != null) {
        respelled.end();
      }
      decoded.values().forEach(Track::end);
      recent.clear();
      respellings = 0;
    }

    @Override
    public void finish() {
      pause();
    }

    @Override
    public List<Signal> signals() {
      settle();
      List<Signal> signals = new ArrayList<>(worst.length);
      for (int at = 0; at < worst.length; at++) {
        Look look = worst[at];
        if (look != null) {
          signals.add(look.signal(heads, views.get(at)));
        }
      }
      return signals;
    }

    @Override
    public Map<Hazard, Double> hazards() {
      settle();
      Map<Hazard, Double> hazards = new EnumMap<>(Hazard.class);
      for (int at = 0; at < worst.length; at++) {
        Look look = worst[at];
        if (look != null) {
          look.hazards(heads, views.get(at))
              .forEach((hazard, score) -> hazards.merge(hazard, score, Math::max));
        }
      }
      return hazards;
    }

    private boolean isWorst(int view, double score) {
      Look before = worst[view];
      // What was no number once stays the worst.
      return before == null || !Double.isNaN(before.score()) && !(score <= before.score());
    }

    /**
     * Whether a request can be blocked by what is not known yet, or count at all.
     *
     * @param most log odds that may come of it
     * @param least the score that decides something
     */
    private boolean decides(double most, double limit, double least) {
      double score = TextHeads.probability(most);
      // Without limits scores are wanted themselves.
      return limit == NO_LIMIT
          ? score >= LEAST_LIMIT
          : !(score < least) && isWorst(TextViews.REQUEST, score);
    }

    private void settle() {
      double limit = views.get(TextViews.REQUEST).limit();
      for (OpenWindows.Window one : open.takeAll()) {
        judge(
            one,
            encoder != null && decides(one.logOdds() + one.most(), limit, limit)
                ? Math.min(encoder.score(one.words()), one.most())
                : 0);
      }
    }

    private void judge(OpenWindows.Window one, float more) {
      double score = TextHeads.probability(one.logOdds() + more);
      if (isWorst(TextViews.REQUEST, score)) {
        worst[TextViews.REQUEST] = new Look(score, one.words(), one.layers());
      }
    }

    /** The newest words of one way of reading. */
    private final class Track implements TextFeatures.Sink {
      private final int heads = verdicts.size();
      private final float[] said = new float[TextWindow.WORDS * heads];
      private final String[] read = new String[TextWindow.WORDS];
      private final double[] squares = new double[TextWindow.WORDS];
      private final double[] sums = new double[heads];
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
        if (plainNow - plainBefore > APART) {
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
        int from = place * heads;
        for (int head = 0; head < heads; head++) {
          sums[head] -= said[from + head];
          said[from + head] = 0;
        }
        mass -= squares[place];
        squares[place] = 0;
        read[place] = text;
        features.word(text, this);
        for (int head = 0; head < heads; head++) {
          sums[head] += said[from + head];
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
        verdicts.add(bucket, value, said, place * heads);
        squares[place] += value * value;
      }

      void end() {
        if (words > 0) {
          look(Sure.AT_ONCE);
          Arrays.fill(said, 0);
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
        // A reply that stands there as it is asks for its words only where it is the worst.
        List<String> newest = side == Side.OUTPUT && layers.isEmpty() ? List.of() : newest();
        if (!layers.isEmpty() && !knowsAny(newest)) {
          return;
        }
        float scale = TextWindow.scale(mass);
        for (int at = 0; at < heads; at++) {
          double limit = views.get(at).limit();
          double logOdds = sums[at] * scale + verdicts.bias(at);
          if (side == Side.INPUT && at == TextViews.REQUEST) {
            logOdds -= layers.isEmpty() ? 0 : DECODED;
            logOdds += phrases(newest, logOdds, limit);
            if (staysOpen(newest, logOdds, limit)) {
              continue;
            }
          }
          double score = TextHeads.probability(logOdds);
          boolean reached = !(score < limit);
          boolean counts = sure == Sure.AT_ONCE || !reached || high[at];
          high[at] = reached;
          // What is seen for the first time makes suspicious, and no more.
          double shown = counts ? score : Math.min(score, limit * 0.99);
          if (isWorst(at, shown)) {
            worst[at] = new Look(shown, newest.isEmpty() ? newest() : newest, layers);
          }
        }
      }

      /** Keeps a window for the encoder where that may decide, and says whether. */
      private boolean staysOpen(List<String> newest, double logOdds, double limit) {
        if (encoder == null) {
          return false;
        }
        // Of a code an encoder makes noise too: it may only excuse it.
        float most = Chunks.areCode(newest) && !knowsAny(newest) ? 0 : EncoderHead.MOST;
        if (!decides(logOdds + most, limit, limit)) {
          return false;
        }
        open.add(new OpenWindows.Window(logOdds, most, newest, layers))
            .ifPresent(least -> judge(least, 0));
        return true;
      }

      /**
       * Whether a word of the newest is known that is no single letter. Almost anything can be
       * decoded to something, and any figure read as a letter: where no word comes of it, what the
       * heads say is the noise of their buckets.
       */
      private boolean knowsAny(List<String> newest) {
        return phrases == null
            || newest.stream().anyMatch(word -> word.length() > 1 && phrases.knows(word));
      }

      /** What phrases add; 0 where nothing that may be added decides, however harmful it is. */
      private float phrases(List<String> newest, double logOdds, double limit) {
        float later = encoder == null ? 0 : EncoderHead.MOST;
        return phrases != null && decides(logOdds + PhraseHead.MOST + later, limit, limit * COUNTS)
            ? phrases.score(newest)
            : 0;
      }

      private List<String> newest() {
        List<String> newest = new ArrayList<>(TextWindow.WORDS);
        for (int back = Math.min(words, TextWindow.WORDS); back > 0; back--) {
          newest.add(read[(words - back) % TextWindow.WORDS]);
        }
        return newest;
      }
    }
  }

  /** Whether one look suffices. */
  private enum Sure {
    AT_ONCE,
    SECOND_TIME
  }
}
