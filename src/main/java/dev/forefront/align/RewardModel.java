package dev.forefront.align;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.model.Head;
import dev.forefront.model.ModelFolder;
import dev.forefront.model.Transformer;
import dev.forefront.tensor.Scope;
import dev.forefront.tensor.Torch;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import dev.forefront.train.LanguageModeling;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A model that says how good a reply is. Lives on one platform thread. */
public final class RewardModel implements AutoCloseable {
  private final Transformer model;
  private final ChatTemplate template;

  private RewardModel(Transformer model, ChatTemplate template) {
    this.model = model;
    this.template = template;
  }

  /** Whether a folder holds one. */
  public static boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve("config.json"))
        && ModelFolder.config(folder).head() == Head.REWARD;
  }

  /**
   * @throws BadInputException where the folder holds no reward model, or has no chat template
   */
  public static RewardModel open(Path folder) {
    ChatTemplate template = ChatTemplate.open(folder, Tokenizer.open(folder));
    return new RewardModel(Transformer.loadReward(folder), template);
  }

  /**
   * The reward of a conversation's last reply. Rewards of one prompt's replies compare with each
   * other; those of different prompts need not.
   *
   * @param conversation ends with a reply
   * @throws BadInputException where it is longer than what the model reads
   */
  public double reward(Conversation conversation) {
    var rendered = template.render(conversation, AddGenerationPrompt.NO);
    Sequence closed = new Sequence(rendered.ids(), rendered.assistantMask()).closed();
    int context = model.config().contextLength();
    if (closed.places() > context) {
      throw new BadInputException(
          "prompt and reply have %,d tokens, and the model reads at most %,d"
              .formatted(closed.places(), context));
    }
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      ReplyBatch batch = ReplyBatch.of(List.of((Example) () -> List.of(closed)), context);
      return Rewards.of(model, model.hidden(LanguageModeling.input(batch.tokens())), batch).item();
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
