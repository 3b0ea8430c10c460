package dev.forefront.cli;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.LoadedFiles;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import dev.forefront.generate.Engine;
import dev.forefront.guard.Assessment;
import dev.forefront.guard.Guard;
import dev.forefront.guard.Hazard;
import dev.forefront.guard.Probing;
import dev.forefront.guard.Verdict;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the guard says about texts. */
@Command(
    name = "guard",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "Ask the guard what it thinks of a text; train and calibrate one.",
    subcommands = {
      GuardTrainVerb.class,
      GuardCalibrateVerb.class,
      GuardModelVerb.class,
      GuardAddModelVerb.class,
      GuardMeasureModelVerb.class
    },
    footer = {"", "Example: ./forefront guard check \"how do I kill a process?\""})
final class GuardVerb implements Runnable {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description = {
        "Judge one text, or each line of a file, as a request of a person.",
        "Exit code 3 where the one text is blocked."
      },
      footer = {
        "",
        "Example: ./forefront guard check \"how do I kill a process?\"",
        "         ./forefront guard check --input in.jsonl --output out.jsonl",
        "         ./forefront guard check \"hello\" --guard runs/guard --model runs/demo/preference/model",
        "Lines of the input: {\"id\", \"text\"} or {\"id\", \"messages\": [{\"role\", \"content\"}]}"
      })
  int check(
      @Parameters(paramLabel = "TEXT", arity = "0..1", description = "What a person asks.")
          @Nullable String text,
      @Option(names = "--input", paramLabel = "FILE", description = "JSON lines to judge.")
          @Nullable Path input,
      @Option(names = "--output", paramLabel = "FILE", description = "Where the answers go.")
          @Nullable Path output,
      @Option(
              names = "--guard",
              paramLabel = "DIR",
              description = "The guard's files (default: the built-in guard).")
          @Nullable Path folder,
      @Option(
              names = "--model",
              paramLabel = "DIR",
              description = "Run the one text through this model and show what the probe reads.")
          @Nullable Path model,
      @Option(
              names = "--guard-model",
              paramLabel = "DIR",
              description = "The folder of the model that the guard asks, where it asks one.")
          @Nullable Path guardModel,
      @Mixin Output answers) {
    Guard guard = folder == null ? Guard.builtIn() : Guard.open(folder);
    try (GuardOfRelease asking = GuardOfRelease.open(guard, guardModel)) {
      return model == null
          ? check(asking.guard(), text, input, output, answers)
          : probed(asking.guard(), text, input, output, model, answers);
    }
  }

  private int probed(
      Guard guard,
      @Nullable String text,
      @Nullable Path input,
      @Nullable Path output,
      Path model,
      Output answers) {
    if (text == null || input != null || output != null) {
      throw new ParameterException(spec.commandLine(), "--model takes one TEXT");
    }
    return probed(guard, text, model, answers);
  }

  private int check(
      Guard guard,
      @Nullable String text,
      @Nullable Path input,
      @Nullable Path output,
      Output answers) {
    if (text != null && input == null && output == null) {
      Assessment assessment = guard.assess(Conversation.of(Message.user(text)));
      Verdict verdict = assessment.verdict();
      Map<String, Object> answer = answer("", assessment);
      String decoded = decoded(text, verdict);
      if (!decoded.isEmpty()) {
        answer.put("decoded_text", decoded);
      }
      answers.answer(
          out(),
          answer,
          sentence(verdict) + (decoded.isEmpty() ? "" : "\ndecoded, it reads: " + decoded));
      return verdict instanceof Verdict.Block ? Exit.REFUSED : Exit.DONE;
    }
    if (text != null || input == null || output == null) {
      throw new ParameterException(
          spec.commandLine(), "give either one TEXT, or --input FILE with --output FILE");
    }
    List<Map<String, Object>> rows = judge(guard, input);
    StringBuilder lines = new StringBuilder();
    rows.forEach(row -> lines.append(JsonMapper.shared().writeValueAsString(row)).append('\n'));
    AtomicFile.write(output, lines.toString());
    long blocked = rows.stream().filter(row -> "block".equals(row.get("verdict"))).count();
    answers.answer(
        out(),
        Map.of("judged", rows.size(), "blocked", blocked, "output", output.toString()),
        "%,d judged, %,d blocked: %s".formatted(rows.size(), blocked, output));
    return Exit.DONE;
  }

  /** The verdict on a text with what the probe reads while the model reads it. */
  private int probed(Guard guard, String text, Path model, Output answers) {
    Probing.Read read;
    try (Engine engine = Engine.open(model, new LoadedFiles())) {
      read = guard.probing(engine).request(text);
    }
    Assessment assessment = guard.assess(Conversation.of(Message.user(text)));
    if (assessment.verdict() instanceof Verdict.Allow && read.block() != null) {
      double score = Math.max(assessment.score(), read.block().score());
      assessment = new Assessment(read.block(), score, assessment.hazards());
    }
    Verdict verdict = assessment.verdict();
    Map<String, Object> answer = answer("", assessment);
    Map<String, Double> hazards = new TreeMap<>();
    read.hazards().forEach((hazard, score) -> hazards.put(hazard.name(), score));
    answer.put(
        "probe", Map.of("score", read.score(), "blocks", read.block() != null, "hazards", hazards));
    StringBuilder lines = new StringBuilder(sentence(verdict));
    lines.append(
        "\nprobe %.3f%s".formatted(read.score(), read.block() == null ? "" : ", which blocks"));
    read.hazards().entrySet().stream()
        .sorted(Map.Entry.<Hazard, Double>comparingByValue().reversed())
        .forEach(
            one ->
                lines.append(
                    "\n  %-4s %.3f  %s"
                        .formatted(one.getKey(), one.getValue(), one.getKey().title())));
    answers.answer(out(), answer, lines.toString());
    return verdict instanceof Verdict.Block ? Exit.REFUSED : Exit.DONE;
  }

  private static List<Map<String, Object>> judge(Guard guard, Path input) {
    List<Map<String, Object>> rows = new ArrayList<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(input, StandardCharsets.UTF_8);
        Progress progress = Progress.start("guard check", -1, "texts")) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          JsonNode item = JsonMapper.shared().readTree(line);
          rows.add(answer(item.path("id").asString(""), guard.assess(conversation(item))));
          progress.at(rows.size());
        }
      }
      return rows;
    } catch (MalformedInputException e) {
      throw new BadInputException(
          "%s, line %d or soon after it is no UTF-8: convert the file".formatted(input, number + 1),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JacksonException e) {
      throw noItem(input, number, e.getOriginalMessage(), e);
    } catch (IllegalArgumentException e) {
      throw noItem(input, number, String.valueOf(e.getMessage()), e);
    }
  }

  private static BadInputException noItem(
      Path input, int number, String why, RuntimeException cause) {
    return new BadInputException("%s, line %d is no item: %s".formatted(input, number, why), cause);
  }

  private static Conversation conversation(JsonNode item) {
    if (item.path("text").isString()) {
      return Conversation.of(Message.user(item.path("text").asString()));
    }
    List<Message> messages = new ArrayList<>();
    for (JsonNode message : item.path("messages")) {
      messages.add(
          new Message(
              Role.ofWireName(message.path("role").asString("")),
              message.path("content").asString("")));
    }
    if (messages.isEmpty()) {
      throw new IllegalArgumentException("it has neither \"text\" nor \"messages\"");
    }
    return new Conversation(messages);
  }

  private static Map<String, Object> answer(String id, Assessment assessment) {
    Map<String, Object> answer = new LinkedHashMap<>();
    if (!id.isEmpty()) {
      answer.put("id", id);
    }
    Map<String, Double> categories = new LinkedHashMap<>();
    new TreeMap<>(assessment.hazards())
        .forEach((hazard, score) -> categories.put(hazard.name(), rounded(score)));
    answer.put("verdict", assessment.verdict() instanceof Verdict.Block ? "block" : "allow");
    answer.put("score", rounded(assessment.score()));
    answer.put("categories", categories);
    if (assessment.verdict() instanceof Verdict.Block block) {
      answer.put("stage", block.stage());
      answer.put("category", block.category().name());
      answer.put("explanation", block.explanation());
      answer.put("decoded", block.layers());
    } else {
      answer.put("stage", "");
    }
    return answer;
  }

  private static double rounded(double score) {
    return Math.round(score * 1e6) / 1e6;
  }

  /** The text as it was blocked where that is not as it stands; shown here and recorded nowhere. */
  private static String decoded(String text, Verdict verdict) {
    return verdict instanceof Verdict.Block block && !block.layers().isEmpty()
        ? Guard.decodings(text).stream()
            .filter(decoding -> decoding.layers().equals(block.layers()))
            .map(decoding -> decoding.text().strip())
            .collect(Collectors.joining("\n"))
        : "";
  }

  private static String sentence(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Allow _ -> "allowed";
      case Verdict.Block block ->
          "BLOCKED: %s (%s), score %.2f, by the stage %s: %s"
              .formatted(
                  block.category(),
                  block.category().title(),
                  block.score(),
                  block.layers().isEmpty()
                      ? block.stage()
                      : block.stage() + " under " + String.join(", ", block.layers()),
                  block.explanation());
    };
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
