package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Guard;
import dev.forefront.guard.GuardModel;
import dev.forefront.guard.Judge;
import dev.forefront.release.Registry;
import dev.forefront.release.Release;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The guard that was released with a model, or the built-in one; with the model that it asks, where
 * it asks one. That is a release of the same registry: verified, loaded from what was signed, and
 * of the digest that the guard names.
 *
 * @param model that the guard asks; null where it asks none
 */
record GuardOfRelease(Guard guard, @Nullable LanguageModel model) implements AutoCloseable {

  /**
   * @throws BadInputException where the guard asks a model that is not in the registry
   * @throws dev.forefront.release.RefusedException where that model may not be used
   */
  static GuardOfRelease open(Release release) {
    Guard guard = release.guardFolder().map(Guard::open).orElseGet(Guard::builtIn);
    guard.prepare();
    return guard
        .model()
        .map(wanted -> open(guard, wanted, release.registryFolder()))
        .orElseGet(() -> new GuardOfRelease(guard, null));
  }

  private static GuardOfRelease open(Guard guard, GuardModel wanted, Path registry) {
    if (!Registry.at(registry).contains(wanted.release())) {
      throw new BadInputException(
          "the guard asks the model \"%s\", and %s has no release of that name: propose it there and have the board sign it"
              .formatted(wanted.release(), registry));
    }
    Release release = Release.open(registry, wanted.release());
    LoadedFiles loaded = new LoadedFiles();
    Engine engine = engine(wanted, release.modelFolder(), loaded);
    try {
      // It is asked in the words of the guard's description, not of its own template.
      release.requireUnchanged(loaded.hashes(), Set.of("chat_template.jinja"));
      LanguageModel watched = new StandingModel(engine, release::standing);
      return ready(guard.judgedBy(watched, release.modelDigest()), wanted, watched);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  /**
   * A guard to try out, with its model from a folder that nobody vouches for.
   *
   * @param folder null where the guard asks no model
   * @throws BadInputException where it does, or where it asks another one
   */
  static GuardOfRelease open(Guard guard, @Nullable Path folder) {
    if (folder == null) {
      guard
          .model()
          .ifPresent(
              wanted -> {
                throw new BadInputException(
                    "this guard asks the model \"%s\": name its folder with --guard-model"
                        .formatted(wanted.release()));
              });
      return new GuardOfRelease(guard, null);
    }
    GuardModel wanted =
        guard
            .model()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "this guard asks no model: add one with `forefront guard add-model`, or"
                            + " leave --guard-model out"));
    Engine engine = engine(wanted, folder, Loading.UNWITNESSED);
    try {
      return ready(guard.judgedBy(engine, ModelDigest.of(folder)), wanted, engine);
    } catch (RuntimeException | Error e) {
      engine.close();
      throw e;
    }
  }

  /**
   * Asks once before anyone waits: the first answer takes far longer than a deadline allows, and a
   * model that cannot be asked is noticed now.
   */
  private static GuardOfRelease ready(Guard guard, GuardModel wanted, LanguageModel model) {
    double score = new Judge(wanted, model).score(Conversation.of(Message.user("Hello!")));
    if (Double.isNaN(score)) {
      throw new BadInputException(
          "the guard's model \"%s\" answers \"Hello!\" with none of its answers: look at the template in %s"
              .formatted(wanted.release(), GuardModel.FILE));
    }
    return new GuardOfRelease(guard, model);
  }

  /** The engine for a guard model, with the template that the guard brings. */
  static Engine engine(GuardModel wanted, Path folder, Loading loading) {
    return wanted.template().isEmpty()
        ? Engine.open(folder, loading)
        : Engine.open(folder, wanted.template(), loading);
  }

  @Override
  public void close() {
    if (model != null) {
      model.close();
    }
  }
}
