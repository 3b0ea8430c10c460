package dev.forefront.cli;

import dev.forefront.conversation.Conversation;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Inside;
import java.util.Set;

/** The engine's model, its residual stream shown to the training of probes. */
record ModelInside(Engine engine) implements Inside {

  @Override
  public String digest() {
    return engine.digest();
  }

  @Override
  public String dtype() {
    return engine.dtype();
  }

  @Override
  public int layers() {
    return engine.ids().config().layers();
  }

  @Override
  public int width() {
    return engine.ids().config().hiddenSize();
  }

  @Override
  public int countTokens(Conversation conversation) {
    return engine.countTokens(conversation);
  }

  @Override
  public int contextLength() {
    return engine.contextLength();
  }

  @Override
  public void read(Conversation conversation, Set<Integer> layers, Rows rows) {
    engine.ids().read(engine.prompt(conversation), layers, rows::row);
  }
}
