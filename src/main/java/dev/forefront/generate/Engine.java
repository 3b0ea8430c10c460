package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Bias;
import dev.forefront.conversation.CallFormat;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LanguageModel;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.ModelDigest;
import dev.forefront.conversation.Probe;
import dev.forefront.conversation.PromptTooLongException;
import dev.forefront.conversation.Reply;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.Score;
import dev.forefront.conversation.StopReason;
import dev.forefront.conversation.Tenant;
import dev.forefront.model.Gguf;
import dev.forefront.token.AddGenerationPrompt;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.IntPredicate;
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
  // Empty where nobody hashed what was loaded.
  private final String digest;
  // The token that stands before a text, or none.
  private final int[] parting;
  private final Forms forms;
  private final CallMarks calls;

  private Engine(String name, EngineFiles files, String digest) {
    this.name = name;
    model = files.model();
    tokenizer = files.tokenizer();
    template = files.template();
    this.digest = digest;
    parting = parting();
    forms = new Forms(tokenizer);
    calls = CallMarks.of(template, tokenizer);
  }

  /**
   * Opens a Hugging Face folder: config.json, safetensors, tokenizer.json and, where it has one,
   * its chat template; or a GGUF file that holds all of these. A model of plain text needs no
   * template before someone talks to it.
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
    return of(folder, EngineFiles.open(folder, loading), () -> "");
  }

  /** Likewise, hashing what it takes: such a model knows which one it is, and takes probes. */
  public static Engine open(Path folder, LoadedFiles loaded) {
    return of(folder, EngineFiles.open(folder, loaded), () -> digest(folder, loaded));
  }

  private static String digest(Path model, LoadedFiles loaded) {
    return Gguf.is(model)
        ? "sha256:" + loaded.hashes().get(String.valueOf(model.getFileName()))
        : ModelDigest.of(model, loaded.hashes());
  }

  /**
   * Likewise, with another template than the folder's own: a model that judges is asked in words
   * that whoever wants its judgement has chosen.
   *
   * @param template in the language of the model hubs
   */
  public static Engine open(Path folder, String template, Loading loading) {
    return of(folder, EngineFiles.open(folder, template, loading), () -> "");
  }

  private static Engine of(Path path, EngineFiles files, Supplier<String> digest) {
    try {
      return new Engine(nameOf(path), files, digest.get());
    } catch (RuntimeException | Error e) {
      files.model().close();
      throw e;
    }
  }

  private static String nameOf(Path folder) {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    return last == null ? "model" : last.toString();
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

  @Override
  public Optional<CallFormat> callFormat() {
    return calls.format();
  }

  /** The model below, which knows ids only. */
  public IdModel ids() {
    return model;
  }

  /** Likewise {@link IdModel#keepPrompts}. */
  public void keepPrompts(Duration most) {
    model.keepPrompts(most);
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public void check(Sampling sampling) {
    int vocabulary = model.config().vocabularySize();
    for (Bias bias : sampling.biases()) {
      for (int id : bias.ids()) {
        if (id < 0 || id >= vocabulary) {
          throw new BadInputException(
              "a bias names the token %d, but the model's ids run from 0 to %d"
                  .formatted(id, vocabulary - 1));
        }
      }
    }
    if (sampling.hasForm()) {
      forms.check();
    }
  }

  @Override
  public Reply reply(Conversation conversation, Sampling sampling, Listener listener) {
    return reply(Tenant.NOBODY, conversation, sampling, listener);
  }

  @Override
  public Reply reply(
      Tenant tenant, Conversation conversation, Sampling sampling, Listener listener) {
    return reply(request(conversation, sampling).by(tenant), marks(conversation), listener);
  }

  /** Continues plain text, without any template. */
  public Reply complete(String text, Sampling sampling, Listener listener) {
    return reply(request(prompt(text), sampling), Map.of(), listener);
  }

  /** The ids that are read before a reply. */
  public int[] prompt(Conversation conversation) {
    return template.get().render(conversation, AddGenerationPrompt.YES).ids();
  }

  /** The ids that are read before a plain text's continuation. */
  public int[] prompt(String text) {
    return parted(tokenizer.encode(text));
  }

  private Reply reply(Request request, Map<Integer, String> marks, Listener listener) {
    requireRoom(request.prompt());
    Writing writing = new Writing(tokenizer, request.sampling(), marks, listener);
    return writing.finish(model.write(request, writing::token), request.prompt().length);
  }

  private Request request(int[] prompt, Sampling sampling) {
    return request(prompt, sampling, this::endsTurn);
  }

  private Request request(Conversation conversation, Sampling sampling) {
    Map<Integer, String> marks = marks(conversation);
    IntPredicate ends =
        marks.isEmpty() ? this::endsTurn : id -> endsTurn(id) && !marks.containsKey(id);
    return request(prompt(conversation), sampling, ends, marks);
  }

  private Request request(int[] prompt, Sampling sampling, IntPredicate ends) {
    return request(prompt, sampling, ends, Map.of());
  }

  private Request request(
      int[] prompt, Sampling sampling, IntPredicate ends, Map<Integer, String> marks) {
    return Request.of(prompt, sampling, ends)
        .following(sampling.hasForm() ? forms.follow(sampling.form(), marks) : null);
  }

  /** Control tokens that are text of the reply: where tools may be called, the marks of calls. */
  private Map<Integer, String> marks(Conversation conversation) {
    return conversation.hasTools() ? calls.marks() : Map.of();
  }

  /**
   * Continues ids as a reply, to the end of a turn at most.
   *
   * @param each called for every token in order
   */
  public StopReason write(
      int[] prompt, Sampling sampling, Function<IdModel.ScoredToken, Next> each) {
    return model.write(request(prompt, sampling), each).stop();
  }

  private void requireRoom(int[] prompt) {
    if (prompt.length >= contextLength()) {
      throw new PromptTooLongException(prompt.length, contextLength());
    }
  }

  /**
   * Digest of the bytes that the model was loaded from, as {@code sha256:<hex>}; empty where it was
   * opened without {@link LoadedFiles}.
   */
  public String digest() {
    return digest;
  }

  /** In which it computes, whatever the weights are stored in. */
  public String dtype() {
    return Watch.DTYPE;
  }

  @Override
  public Watched watched(Probe probe) {
    if (!probe.model().equals(digest)) {
      throw new BadInputException(
          "the probe was trained on the model %s, and this one, %s, is %s: train a probe on it with `forefront guard train --model`"
              .formatted(probe.model(), name, digest.isEmpty() ? "not known" : digest));
    }
    Watch watch = model.watch(probe);
    return new Watched() {
      @Override
      public Reply reply(
          Conversation conversation, Sampling sampling, Readings readings, Listener listener) {
        return reply(Tenant.NOBODY, conversation, sampling, readings, listener);
      }

      @Override
      public Reply reply(
          Tenant tenant,
          Conversation conversation,
          Sampling sampling,
          Readings readings,
          Listener listener) {
        Request request = Engine.this.request(conversation, sampling).by(tenant);
        return Engine.this.reply(request.watchedBy(watch, readings), marks(conversation), listener);
      }

      @Override
      public void read(Conversation conversation, Readings readings) {
        int[] prompt = prompt(conversation);
        requireRoom(prompt);
        model.read(prompt, watch, readings);
      }
    };
  }

  @Override
  public Score score(String context, String continuation) {
    return sum(scoreTokens(context, continuation));
  }

  @Override
  public List<Score> scoreReplies(Conversation exchange, List<String> beginnings) {
    return scoreReplies(judgingPrompt(exchange), 0, beginnings);
  }

  @Override
  public List<Score> scoreReplies(
      Conversation exchange, Conversation alike, List<String> beginnings) {
    int[] prompt = judgingPrompt(exchange);
    int differs = Arrays.mismatch(prompt, judgingPrompt(alike));
    return scoreReplies(prompt, differs < 0 ? prompt.length : differs, beginnings);
  }

  /**
   * @param common the first tokens of the prompt, which may be kept
   */
  private List<Score> scoreReplies(int[] prompt, int common, List<String> beginnings) {
    List<int[]> begun = beginnings.stream().map(tokenizer::encode).toList();
    int longest = begun.stream().mapToInt(ids -> ids.length).max().orElse(0);
    if (prompt.length + longest > IdModel.longestScored(contextLength())) {
      throw new PromptTooLongException(prompt.length, contextLength() - longest + 1);
    }
    return model.scoreBranches(prompt, common, begun).stream().map(Engine::sum).toList();
  }

  /** The ids that are read before a judgement on an exchange. */
  public int[] judgingPrompt(Conversation exchange) {
    return template.get().render(exchange, AddGenerationPrompt.AFTER_ALL).ids();
  }

  private static Score sum(List<IdModel.ScoredToken> scored) {
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

  /** A text as training saw it: after what parts it from others, where there is such a token. */
  private int[] parted(int[] text) {
    return IntStream.concat(IntStream.of(parting), IntStream.of(text)).toArray();
  }

  /** The token that the tokenizer puts before a text, or that parts documents. */
  private int[] parting() {
    int[] around = tokenizer.encodeProcessed("");
    if (around.length > 0 && around[0] != model.config().eosId()) {
      return new int[] {around[0]};
    }
    OptionalInt special = tokenizer.specialId("<|endoftext|>");
    return special.isEmpty() ? new int[0] : new int[] {special.getAsInt()};
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
