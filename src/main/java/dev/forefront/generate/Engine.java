package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A model folder run on the CPU in plain Java. Requests from any number of threads are batched on
 * the engine's own threads, one per core; callers turn tokens into text on theirs.
 */
public final class Engine implements LanguageModel {
  private final String name;
  private final IdModel model;
  private final Tokenizer tokenizer;
  private final Supplier<ChatTemplate> template;

  private Engine(String name, IdModel model, Tokenizer tokenizer, Supplier<ChatTemplate> template) {
    this.name = name;
    this.model = model;
    this.tokenizer = tokenizer;
    this.template = template;
  }

  /**
   * Opens a Hugging Face folder: config.json, safetensors, tokenizer.json and, where it has one,
   * its chat template. A model of plain text needs none before someone talks to it.
   *
   * @throws dev.forefront.conversation.BadInputException naming what is missing or not understood
   */
  public static Engine open(Path folder) {
    return open(folder, Loading.UNWITNESSED);
  }

  /**
   * Likewise, telling which bytes of which file it takes: whoever vouches for a folder compares
   * these, not what the folder holds by then.
   */
  public static Engine open(Path folder, Loading loading) {
    Tokenizer tokenizer = Tokenizer.open(folder, loading);
    Supplier<ChatTemplate> template = template(folder, tokenizer, loading);
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "model" : last.toString();
    return new Engine(name, IdModel.open(folder, loading), tokenizer, template);
  }

  /** The template, or something that says why there is none. */
  private static Supplier<ChatTemplate> template(
      Path folder, Tokenizer tokenizer, Loading loading) {
    try {
      ChatTemplate template = ChatTemplate.open(folder, tokenizer, loading);
      return () -> template;
    } catch (BadInputException none) {
      if (Files.exists(folder.resolve(ChatTemplate.FILE))) {
        throw none;
      }
      return () -> {
        throw new BadInputException(
            folder + " has no chat template and takes plain text only: " + none.getMessage(), none);
      };
    }
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
    return prompt(conversation).length;
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
    return reply(prompt(conversation), sampling, listener);
  }

  /** Continues plain text, without any template. */
  public Reply complete(String text, Sampling sampling, Listener listener) {
    return reply(prompt(text), sampling, listener);
  }

  /** The ids that are read before a reply. */
  public int[] prompt(Conversation conversation) {
    return template.get().render(conversation, AddGenerationPrompt.YES).ids();
  }

  /** The ids that are read before a plain text's continuation. */
  public int[] prompt(String text) {
    return parted(tokenizer.encode(text));
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
    List<IdModel.ScoredToken> scored = scoreTokens(context, continuation);
    double sum = scored.stream().mapToDouble(IdModel.ScoredToken::logprob).sum();
    boolean greedy = scored.stream().allMatch(IdModel.ScoredToken::greedy);
    return new Score(sum, scored.size(), greedy);
  }

  /**
   * The tokens of a continuation, each after all before it. Both texts are encoded as one, and
   * spaces at the context's end belong to the continuation, as tokenizers have it.
   *
   * @throws PromptTooLongException where the continuation alone is longer than the context length
   */
  public List<IdModel.ScoredToken> scoreTokens(String context, String continuation) {
    String before = context.stripTrailing();
    int[] whole = tokenizer.encode(context + continuation);
    return scoreTail(whole, Math.min(tokenizer.encode(before).length, whole.length));
  }

  /** Likewise for ids. */
  public List<IdModel.ScoredToken> scoreTokens(int[] context, int[] continuation) {
    int[] whole = IntStream.concat(IntStream.of(context), IntStream.of(continuation)).toArray();
    return scoreTail(whole, context.length);
  }

  /**
   * Scores tokens from place {@code from}; what does not fit into the context is dropped at the
   * left. A text without context begins after the token that parts documents.
   */
  private List<IdModel.ScoredToken> scoreTail(int[] whole, int from) {
    int[] ids = from == 0 ? parted(whole) : whole;
    int start = from == 0 ? Math.max(1, ids.length - whole.length) : from;
    int surplus = Math.max(0, ids.length - IdModel.longestScored(contextLength()));
    if (surplus >= start) {
      throw new PromptTooLongException(ids.length - start, contextLength());
    }
    return start >= ids.length
        ? List.of()
        : model.score(Arrays.copyOfRange(ids, surplus, ids.length), start - surplus);
  }

  /** A text as training saw it: after the token that parts documents, where there is one. */
  private int[] parted(int[] text) {
    OptionalInt parting = tokenizer.specialId("<|endoftext|>");
    return parting.isEmpty()
        ? text
        : IntStream.concat(IntStream.of(parting.getAsInt()), IntStream.of(text)).toArray();
  }

  /** The end of a turn, or any other control token: none of them is part of a reply. */
  public boolean endsTurn(int id) {
    return id == model.config().eosId() || tokenizer.isControl(id);
  }

  @Override
  public void close() {
    model.close();
  }
}
