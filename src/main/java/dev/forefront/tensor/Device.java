package dev.forefront.tensor;

import java.util.Locale;
import java.util.OptionalLong;
import org.bytedeco.pytorch.cuda.DeviceStats;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch_cuda;

/** What tensors lie on and are computed by. */
public enum Device {
  /** The machine's processors and memory. */
  CPU(DeviceType.CPU),
  /** The graphics card of this process: the first that CUDA finds, or the one it took. */
  CUDA(DeviceType.CUDA);

  /** Of this process. */
  private static volatile byte card;

  final DeviceType type;

  Device(DeviceType type) {
    this.type = type;
  }

  /**
   * Each of several processes on a machine takes a card of its own, before anything is computed.
   *
   * @param number of the card as CUDA counts them, from 0
   */
  public static void takeCard(int number) {
    if (number < 0 || number > Byte.MAX_VALUE) {
      throw new IllegalArgumentException("there is no graphics card " + number);
    }
    card = (byte) number;
  }

  /** Whether libtorch, as it was built, can compute there on this machine. */
  public boolean isThere() {
    Torch.start();
    return this == CPU || card < torch.cuda_device_count();
  }

  /** What this thread asks of libtorch without naming a device is meant for this one. */
  void use() {
    if (this == CUDA) {
      torch_cuda.set_device(card);
    }
  }

  /** The most bytes of its memory that tensors ever took; a card's alone are counted. */
  public OptionalLong peakMemory() {
    if (this == CPU) {
      return OptionalLong.empty();
    }
    try (DeviceStats counted = torch_cuda.getAllocator().getDeviceStats(card)) {
      return OptionalLong.of(counted.allocated_bytes().peak());
    }
  }

  org.bytedeco.pytorch.Device pointer() {
    return this == CPU
        ? new org.bytedeco.pytorch.Device(type)
        : new org.bytedeco.pytorch.Device(type, card);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
