package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Cutoffs;
import dev.forefront.conversation.Form;
import dev.forefront.conversation.LanguageModel.Next;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Penalties;
import dev.forefront.conversation.Sampling;
import dev.forefront.conversation.StopReason;
import dev.forefront.generate.Engine;
import dev.forefront.generate.IdModel;
import dev.forefront.schema.JsonSchema;
import dev.forefront.token.Decoder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Lets a model that is work in progress write; to a terminal, and to nobody else. */
@Command(
    name = "generate",
    mixinStandardHelpOptions = true,
    description = {
      "Continue a text, ids, or a question, and show it while it is written.",
      "No gate and no guard stands before this: it is for your own models, on your own terminal."
    },
    footer = {
      "",
      "Example: ./forefront generate --model runs/demo/pretrain/model --prompt \"The fox\""
          + " --max-tokens 60",
      "         ./forefront generate --model runs/demo/preference/model --chat --prompt \"Who are"
          + " you?\" --greedy",
      "         ./forefront generate --model runs/demo/pretrain/model --ids \"[0, 71, 290]\""
          + " --greedy --json"
    })
final class GenerateVerb implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @ParentCommand private Main main = Main.NONE;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A Hugging Face folder or a GGUF file.")
  private Path model = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Given given = new Given();

  /** Text or ids. */
  static final class Given {
    @Option(
        names = "--prompt",
        required = true,
        paramLabel = "TEXT",
        description = "What comes before.")
    private @Nullable String prompt;

    @Option(
        names = "--ids",
        required = true,
        paramLabel = "JSON",
        description = "Likewise as a JSON list of ids, read as they are.")
    private @Nullable String ids;
  }

  @Option(
      names = "--chat",
      description = "The prompt is what a user says, in the model's chat template.")
  private boolean chat;

  @Option(names = "--greedy", description = "Always the likeliest token.")
  private boolean greedy;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Lower is more predictable (default: 0.7).")
  private @Nullable Float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      description = "Draw among the K likeliest tokens; 0 for all (default: ${DEFAULT-VALUE}).")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description =
          "Draw among the likeliest that have this probability (default: ${DEFAULT-VALUE}).")
  private float topP = 0.95f;

  @Option(
      names = "--min-p",
      paramLabel = "P",
      description =
          "Draw among tokens with this share of the likeliest one's probability (default:"
              + " ${DEFAULT-VALUE}).")
  private float minP;

  @Option(
      names = "--repetition-penalty",
      paramLabel = "X",
      description = "Above 1, tokens that were there come less (default: ${DEFAULT-VALUE}).")
  private float repetitionPenalty = 1;

  @Option(
      names = "--presence-penalty",
      paramLabel = "X",
      description = "Taken off tokens that were written (default: ${DEFAULT-VALUE}).")
  private float presencePenalty;

  @Option(
      names = "--frequency-penalty",
      paramLabel = "X",
      description = "Likewise, as often as they were written (default: ${DEFAULT-VALUE}).")
  private float frequencyPenalty;

  @Option(
      names = "--json-schema",
      paramLabel = "FILE",
      description = "What is written is a JSON value that this schema allows.")
  private @Nullable Path schema;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "The most tokens to write (default: ${DEFAULT-VALUE}).")
  private int maxTokens = 200;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Same seed, same text (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private Output output = new Output();

  /** What was written so far. */
  private record Written(List<Integer> ids, List<Double> logprobs, StringBuilder text) {}

  @Override
  public Integer call() {
    Sampling sampling = sampling();
    try (Engine engine = main.open(model)) {
      int[] prompt = prompt(engine);
      Written written = new Written(new ArrayList<>(), new ArrayList<>(), new StringBuilder());
      Decoder decoder = engine.tokenizer().stream();
      StopReason stop =
          engine.write(
              prompt,
              sampling,
              token -> {
                written.ids().add(token.id());
                written.logprobs().add(token.logprob());
                tell(decoder.push(token.id()), written);
                return Next.CONTINUE;
              });
      tell(decoder.finish(), written);
      finish(written, stop);
    }
    return Exit.DONE;
  }

  private Sampling sampling() {
    if (greedy && temperature != null) {
      throw new BadInputException("--greedy and --temperature exclude each other: leave one out");
    }
    try {
      Sampling drawn =
          greedy
              ? Sampling.greedy(maxTokens)
              : new Sampling(
                  temperature == null ? 0.7f : temperature,
                  Cutoffs.of(topK, topP, minP),
                  maxTokens,
                  seed);
      return drawn
          .with(new Penalties(repetitionPenalty, presencePenalty, frequencyPenalty, 0))
          .withLogprobs(0)
          .with(form());
    } catch (IllegalArgumentException wrong) {
      throw new BadInputException(String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private Form form() {
    if (schema == null) {
      return Form.FREE;
    }
    try {
      return JsonSchema.compile(strict().readTree(Files.readAllBytes(schema)));
    } catch (BadInputException | JacksonException wrong) {
      throw new BadInputException(schema + ": " + wrong.getMessage(), wrong);
    } catch (IOException missing) {
      throw new BadInputException(
          "%s cannot be read: name a file with a JSON Schema".formatted(schema), missing);
    }
  }

  private int[] prompt(Engine engine) {
    int[] prompt;
    if (given.ids != null) {
      if (chat) {
        throw new BadInputException("--chat takes words: give them with --prompt, not --ids");
      }
      prompt = ids(given.ids, engine.ids());
    } else {
      String text = String.valueOf(given.prompt);
      prompt = chat ? engine.prompt(Conversation.of(Message.user(text))) : engine.prompt(text);
    }
    if (prompt.length == 0) {
      throw new BadInputException("there is nothing to continue: the prompt is empty");
    }
    return prompt;
  }

  private static int[] ids(String json, IdModel model) {
    int[] ids;
    try {
      ids = strict().readValue(json, int[].class);
    } catch (JacksonException wrong) {
      throw new BadInputException(
          "--ids takes a JSON list of whole numbers such as [1, 17]", wrong);
    }
    int vocabulary = model.config().vocabularySize();
    for (int id : ids) {
      if (id < 0 || id >= vocabulary) {
        throw new BadInputException(
            "--ids has %d, but the model's ids run from 0 to %d".formatted(id, vocabulary - 1));
      }
    }
    return ids;
  }

  /** Made where JSON is read: a mapper takes longer to make than a short text to write. */
  private static JsonMapper strict() {
    return JsonMapper.builder().disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT).build();
  }

  private void tell(String piece, Written written) {
    written.text().append(piece);
    if (!output.isJson() && !piece.isEmpty()) {
      out().print(harmless(piece));
      out().flush();
    }
  }

  /** A model's text may not steer the terminal that shows it. */
  private static String harmless(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) && c != '\n' && c != '\t' ? 0xFFFD : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private void finish(Written written, StopReason stop) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("ids", written.ids());
    answer.put("text", written.text().toString());
    answer.put("stop_reason", stop.name().toLowerCase(Locale.ROOT));
    answer.put("logprobs", written.logprobs());
    output.answer(out(), answer, "");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
