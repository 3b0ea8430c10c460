package dev.forefront.train;

import dev.forefront.model.SafeTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * A run between two updates. The numbers are not copied: it is written before the next update is
 * made, while its gradients are computed.
 *
 * @param step updates done
 * @param model writes what of it changes
 * @param heldOut mean loss on text that is not learnt, where it was measured here
 */
record Snapshot(
    int step, Consumer<Path> model, List<SafeTensors.Entry> optimizer, OptionalDouble heldOut) {}
