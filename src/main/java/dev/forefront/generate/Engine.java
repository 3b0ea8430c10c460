package dev.forefront.generate;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A model folder run on the CPU in plain Java. Requests from any number of threads are batched on
 * the engine's own threads, one per core; callers turn tokens into text on theirs.
 */
public final class Engine implements LanguageModel {
  private final String name;
  private final IdModel model;
  private final Tokenizer tokenizer;
  private final ChatTemplate template;

  private Engine(String name, IdModel model, Tokenizer tokenizer, ChatTemplate template) {
    this.name = name;
    this.model = model;
    this.tokenizer = tokenizer;
    this.template = template;
  }

  /**
   * Opens a Hugging Face folder: config.json, safetensors, tokenizer.json and, where it has one,
   * its chat template.
   *
   * @throws dev.forefront.conversation.BadInputException naming what is missing or not understood
   */
  public static Engine open(Path folder) {
    Tokenizer tokenizer = Tokenizer.open(folder);
    ChatTemplate template = ChatTemplate.open(folder, tokenizer);
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "model" : last.toString();
    return new Engine(name, IdModel.open(folder), tokenizer, template);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int contextLength() {
    return model.config().contextLength();
  }

  @Override
  public int countTokens(Conversation conversation) {
    return template.render(conversation, AddGenerationPrompt.YES).length();
  }

  /** The model below, which knows ids only. */
  public IdModel ids() {
    return model;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    int[] prompt = template.render(conversation, AddGenerationPrompt.YES).ids();
    return reply(prompt, sampling, listener);
  }

  /** Continues plain text, without any template. */
  public Reply complete(String text, Sampling sampling, Listener listener) {
    return reply(parted(tokenizer.encode(text)), sampling, listener);
  }

  private Reply reply(int[] prompt, Sampling sampling, Listener listener) {
    if (prompt.length >= contextLength()) {
      throw new PromptTooLongException(prompt.length, contextLength());
    }
    Writing writing = new Writing(tokenizer.stream(), sampling.stops(), listener);
    StopReason stop = model.write(prompt, sampling, this::endsTurn, writing::token);
    return writing.finish(stop, prompt.length);
  }

  @Override
  public Score score(String context, String continuation) {
    int[] whole = tokenizer.encode(context + continuation);
    int[] before = tokenizer.encode(context);
    int from = Math.min(before.length, whole.length);
    List<IdModel.ScoredToken> scored = scoreTail(whole, from);
    double sum = scored.stream().mapToDouble(IdModel.ScoredToken::logprob).sum();
    boolean greedy = scored.stream().allMatch(IdModel.ScoredToken::greedy);
    return new Score(sum, scored.size(), greedy);
  }

  /**
   * Scores tokens from place {@code from}; what does not fit into the context is dropped at the
   * left. A text without context begins after the token that parts documents.
   */
  private List<IdModel.ScoredToken> scoreTail(int[] whole, int from) {
    int[] ids = from == 0 ? parted(whole) : whole;
    int start = Math.max(1, from);
    int surplus = Math.max(0, ids.length - contextLength());
    if (surplus >= start) {
      throw new PromptTooLongException(ids.length - start + 1, contextLength());
    }
    int[] kept = Arrays.copyOfRange(ids, surplus, ids.length);
    return start - surplus >= kept.length ? List.of() : model.score(kept, start - surplus);
  }

  /** A text as training saw it: after the token that parts documents, where there is one. */
  private int[] parted(int[] text) {
    OptionalInt parting = tokenizer.specialId("<|endoftext|>");
    return parting.isEmpty()
        ? text
        : IntStream.concat(IntStream.of(parting.getAsInt()), IntStream.of(text)).toArray();
  }

  /** The end of a turn, or any other control token: none of them is part of a reply. */
  private boolean endsTurn(int id) {
    return id == model.config().eosId() || tokenizer.isControl(id);
  }

  @Override
  public void close() {
    model.close();
  }
}
