package dev.forefront.tensor;

import java.time.Duration;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.PrefixStore;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;
import org.jspecify.annotations.Nullable;

/**
 * What ranks exchange between their graphics cards, by NVIDIA's NCCL. Its binding is part of builds
 * with the profile gpu alone, and the machine brings the library.
 */
final class Nccl {
  private Nccl() {}

  /**
   * Connects this rank's card with the others'. All ranks call it together.
   *
   * @param mostWaiting most that one rank may come later than another to the same place; who waits
   *     longer ends its process
   * @throws UnsupportedOperationException where this machine lacks NCCL, or the build its binding
   */
  static ProcessGroupNCCL join(Place place, Store store, Duration mostWaiting) {
    try {
      ProcessGroupNCCL.Options options = ProcessGroupNCCL.Options.create();
      options.timeout(new Milliseconds(mostWaiting.toMillis()));
      ProcessGroupNCCL nccl =
          StandardOutput.toError(
              () ->
                  new ProcessGroupNCCL(
                      new PrefixStore("nccl", store), place.rank(), place.size(), options));
      nccl.eagerConnectSingleDevice(Device.CUDA.pointer());
      return nccl;
    } catch (LinkageError e) {
      throw new UnsupportedOperationException(
          "graphics cards of several ranks exchange gradients by NCCL, which is missing here (%s): "
                  .formatted(e.getCause() != null ? e.getCause() : e)
              + "install NCCL 2 and build with the profile gpu, or set compute.device to cpu",
          e);
    } catch (RuntimeException e) {
      throw new RankLostException(
          "the ranks' graphics cards did not meet: " + Rendezvous.firstLine(e));
    }
  }

  /** In good order, when every rank does the same. */
  static void leave(@Nullable ProcessGroupNCCL nccl) {
    if (nccl != null) {
      nccl.shutdown();
      nccl.close();
    }
  }

  /** Where another rank is gone: nothing waits for it any more, and nothing is freed. */
  static void abandon(@Nullable ProcessGroupNCCL nccl) {
    if (nccl != null) {
      nccl.deallocate(false);
    }
  }
}
