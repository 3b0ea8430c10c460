package dev.forefront.generate;

import dev.forefront.model.ModelConfig;
import dev.forefront.model.Trait;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Runs the kernels that a model needs, on parts of its own weights, until the JVM's compiler is
 * through with them. Before that each vector is an object, and what is computed with them takes
 * longer than with {@link Plain} loops, of which a model's first tokens are made.
 *
 * <p>It rests most of the time: the compiler needs a core, and so does whoever is served meanwhile.
 */
final class Rehearsal extends Thread {
  /** Kernels are used that take at most this part of the plain loops' time. */
  private static final double FAST = 0.5;

  /** How long nobody is asked for anything before it begins. */
  private static final long IDLE_MILLIS = 2_000;

  /** After which kernels are used even if they never got fast. */
  private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(20);

  private static final int ROWS = 5;

  /** One kernel, by either arithmetic. */
  @FunctionalInterface
  private interface Piece {
    void play(Kernels kernels);
  }

  private final Weights weights;
  private final Forward forward;
  private final CountDownLatch begin = new CountDownLatch(1);
  private final Scratch scratch = new Scratch();

  /**
   * @param forward is told to use vectors at the end
   */
  Rehearsal(String name, Weights weights, Forward forward) {
    super(name);
    setDaemon(true);
    this.weights = weights;
    this.forward = forward;
  }

  /** Says that the first tokens have been computed. */
  void begin() {
    begin.countDown();
  }

  @Override
  public void run() {
    try {
      begin.await(IDLE_MILLIS, TimeUnit.MILLISECONDS);
      long until = System.nanoTime() + ENOUGH_NANOS;
      List<Piece> pieces = pieces();
      while (!pieces.isEmpty() && System.nanoTime() < until) {
        for (Piece piece : List.copyOf(pieces)) {
          long vectors = nanos(piece, Kernels.VECTORS);
          if (vectors < FAST * nanos(piece, Kernels.PLAIN)) {
            pieces.remove(piece);
          } else {
            TimeUnit.NANOSECONDS.sleep(2 * vectors);
          }
        }
      }
      forward.use(Kernels.VECTORS);
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private static long nanos(Piece piece, Kernels kernels) {
    long from = System.nanoTime();
    piece.play(kernels);
    return System.nanoTime() - from;
  }

  private List<Piece> pieces() {
    List<Piece> pieces = new ArrayList<>();
    for (Panels kind : weights.kinds()) {
      pieces.add(product(kind, 1, 0));
      pieces.add(product(kind, ROWS, 0));
      if (kind instanceof CodePanels) {
        pieces.add(product(kind, 1, 1));
        pieces.add(product(kind, ROWS, ROWS));
      }
    }
    pieces.add(attention());
    pieces.add(activation());
    return pieces;
  }

  private Piece product(Panels w, int rows, int written) {
    Inputs x = new Inputs(rows, w.inputs());
    x.written(written);
    if (w instanceof CodePanels codes) {
      x.room(codes);
    }
    int stride = Panels.padded(w.outputs());
    float[] y = new float[rows * stride];
    return kernels -> {
      if (kernels == Kernels.PLAIN) {
        w.multiplyPlainly(0, x, rows, y, stride, scratch);
      } else {
        w.multiply(0, x, rows, y, stride, scratch);
      }
    };
  }

  /** Over a page that is full. */
  private Piece attention() {
    ModelConfig config = weights.config();
    KeyValueCache cache = new KeyValueCache(config);
    cache.advance(KeyValueCache.PAGE);
    Attention attention = new Attention(config);
    float[] query = new float[config.heads() * config.headSize()];
    float[] out = new float[query.length];
    int position = KeyValueCache.PAGE - 1;
    return kernels -> {
      attention.ask(0, position, 0);
      attention.answer(kernels, cache, 0, 0, query, out);
      attention.ask(0, position, 0);
      attention.ask(0, position, query.length - config.headSize());
      attention.answer(kernels, cache, 0, 0, query, out);
    };
  }

  private Piece activation() {
    boolean gelu = weights.config().architecture().has(Trait.GELU);
    int length = 16 * Panels.WIDTH;
    float[] gate = new float[length];
    float[] up = new float[length];
    return kernels -> Forward.activate(kernels, gelu, gate, up, 0, length);
  }
}
