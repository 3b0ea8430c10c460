package dev.forefront.guard;

import dev.forefront.conversation.Probe;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Guards' folders with a probe that reads nothing, for tests of what uses them. */
public final class ProbeFolder {

  private ProbeFolder() {}

  /**
   * The same guard with a probe of four heads for whatever model it gets, blocking from log odds 3
   * on.
   */
  public static Guard watching(Guard guard) {
    return guard.with(WatchedModel.probes());
  }

  /**
   * @param model digest of the model that it is for
   * @param width of that model
   * @param odds what its heads say of every token
   * @param limit from which on it blocks
   */
  public static Guard write(Path folder, String model, int width, float odds, double limit) {
    ProbeFile.Named named =
        new ProbeFile.Named(
            new Probe(
                model,
                "float32",
                List.of(0),
                width,
                new float[] {odds, odds},
                new float[2 * width]),
            List.of("request", "reply"));
    byte[] probe = ProbeFile.write(named);
    ProbeCalibration limits =
        new ProbeCalibration(model, GuardFiles.digest(probe), "float32", 0.01, 1000, limit, limit);
    GuardFiles.write(
        folder,
        Map.of(
            GuardFiles.RULES,
            GuardTraining.builtInRules(),
            ProbeFile.NAME,
            probe,
            ProbeCalibration.FILE,
            limits.json()));
    return Guard.open(folder);
  }
}
