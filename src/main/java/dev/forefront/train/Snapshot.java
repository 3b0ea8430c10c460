package dev.forefront.train;

import dev.forefront.model.ModelConfig;
import dev.forefront.model.SafeTensors;
import java.util.List;
import java.util.OptionalDouble;

/**
 * A run between two updates. The numbers are not copied: it is written before the next update is
 * made, while its gradients are computed.
 *
 * @param step updates done
 * @param heldOut mean loss on text that is not learnt, where it was measured here
 */
record Snapshot(
    int step,
    ModelConfig config,
    List<SafeTensors.Entry> weights,
    List<SafeTensors.Entry> optimizer,
    OptionalDouble heldOut) {}
