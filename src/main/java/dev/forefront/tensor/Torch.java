package dev.forefront.tensor;

import java.util.logging.Logger;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** The native library as a whole: loading, threads, gradient mode. */
public final class Torch {

  /** A stretch in which no gradients are recorded, on this thread. */
  public interface NoGrad extends AutoCloseable {
    @Override
    void close();
  }

  /** A stretch in which products are taken in {@link Computing#products}, on this thread. */
  public interface Casting extends AutoCloseable {
    @Override
    void close();
  }

  private static volatile Computing computing = Computing.PLAIN;

  private Torch() {}

  /**
   * From now on tensors are born on this device. Those that are there already stay where they are,
   * so it is said before a model is made.
   *
   * @throws IllegalArgumentException where the device is not there
   */
  public static void compute(Computing wanted) {
    if (!wanted.device().isThere()) {
      throw new IllegalArgumentException("there is no " + wanted.device() + " here");
    }
    wanted.device().use();
    torch.globalContext().setAllowTF32CuBLAS(wanted.tf32());
    computing = wanted;
  }

  /** Where tensors are born, and what products are taken in. */
  public static Computing computing() {
    return computing;
  }

  /** Opens a forward and backward pass. Close it on the thread that opened it. */
  public static Casting casting() {
    if (computing.products() == Computing.Products.FLOAT32) {
      return () -> {};
    }
    DeviceType device = computing.device().type;
    torch.set_autocast_dtype(device, ScalarType.BFloat16);
    torch.set_autocast_enabled(device, true);
    torch.increment_nesting();
    return () -> {
      // What is kept of a weight in sixteen bits is stale as soon as the weight changes.
      if (torch.decrement_nesting() == 0) {
        torch.clear_cache();
      }
      torch.set_autocast_enabled(device, false);
    };
  }

  /**
   * Loads the native library, once; later calls do nothing. libtorch starts as many compute threads
   * as there are cores.
   */
  public static void start() {
    Library.load();
  }

  /**
   * Has the JVM's compiler see what is computed in Java, which needs no library: while that is
   * being loaded, on another thread.
   */
  public static void rehearse() {
    Rehearsal.run();
  }

  /** Threads that one operation may use. */
  public static void threads(int threads) {
    start();
    torch.set_num_threads(threads);
  }

  /** Threads that an operation of this thread uses. */
  public static int threads() {
    start();
    return torch.get_num_threads();
  }

  /** Close it on the thread that opened it. */
  public static NoGrad noGrad() {
    start();
    NoGradGuard guard = new NoGradGuard();
    return guard::close;
  }

  /** Loading happens with the class, so that the JVM's class lock makes it happen once. */
  private static final class Library {
    /** Kept, since a logger that nobody holds forgets its filter. */
    private static final Logger LOADER = Logger.getLogger("org.bytedeco.javacpp.Loader");

    static {
      // The binding warns that OpenBLAS is of another release, at every start; pom.xml says why.
      LOADER.setFilter(told -> !told.getMessage().contains("openblas"));
      // Tensors live outside JavaCPP's books; its own limit would only look at the process's size.
      System.setProperty("org.bytedeco.javacpp.maxPhysicalBytes", "0");
      System.setProperty("org.bytedeco.javacpp.maxBytes", "0");
      passOverCudaWhereItIsNotBuiltIn();
      try (Unpacking unpacking = Unpacking.begin()) {
        torch.set_num_threads(Runtime.getRuntime().availableProcessors());
        unpacking.finish();
      }
    }

    /**
     * The loader looks for each of some forty libraries of CUDA along the whole class path
     * otherwise, which takes half a second, and loads those that the machine happens to have.
     */
    private static void passOverCudaWhereItIsNotBuiltIn() {
      String cards = "/org/bytedeco/pytorch/%s-gpu/".formatted(Loader.Detector.getPlatform());
      if (Library.class.getResource(cards + System.mapLibraryName("jnitorch")) == null) {
        // An extension that no library has; what has another one is not asked for.
        System.setProperty("org.bytedeco.javacpp.platform.extension", "-cpu");
      }
    }

    static void load() {}
  }
}
