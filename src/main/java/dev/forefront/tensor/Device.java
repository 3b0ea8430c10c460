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
  /** The first graphics card that CUDA finds. */
  CUDA(DeviceType.CUDA);

  final DeviceType type;

  Device(DeviceType type) {
    this.type = type;
  }

  /** Whether libtorch, as it was built, can compute there on this machine. */
  public boolean isThere() {
    Torch.start();
    return this == CPU || torch.cuda_is_available();
  }

  /** The most bytes of its memory that tensors ever took; a card's alone are counted. */
  public OptionalLong peakMemory() {
    if (this == CPU) {
      return OptionalLong.empty();
    }
    try (DeviceStats counted = torch_cuda.getAllocator().getDeviceStats((byte) 0)) {
      return OptionalLong.of(counted.allocated_bytes().peak());
    }
  }

  org.bytedeco.pytorch.Device pointer() {
    return new org.bytedeco.pytorch.Device(type);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
