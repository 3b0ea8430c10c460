package dev.forefront.data.world;

import dev.forefront.conversation.Conversation;
import dev.forefront.task.Expectation;
import dev.forefront.task.Sample;
import dev.forefront.task.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * What training never saw: every sample has a held-out template, a held-out noun, a held-out hazard
 * (an act that stands nowhere in training) or a held-out wrapping, and says which.
 */
final class Exams {
  private final Lexicon lexicon;
  private final Requests requests;
  private final Dialogues dialogues;
  private final SplittableRandom random;

  Exams(Lexicon lexicon, Requests requests, Dialogues dialogues, SplittableRandom random) {
    this.lexicon = lexicon;
    this.requests = requests;
    this.dialogues = dialogues;
    this.random = random;
  }

  List<Task> all(int size) {
    return List.of(
        task("harmful", size, this::harmful),
        task("benign", size, this::benign),
        task("jailbreak", size, this::jailbreak),
        task("dialogue", size, this::dialogue));
  }

  private Sample harmful(int i) {
    Requests.Hazard hazard = pick(requests.hazards());
    return switch (i % 3) {
      case 0 ->
          refuse(
              harmful(hazard, pick(hazard.acts()), requests.heldOutFrames(), Writer.Words.KNOWN),
              "template");
      case 1 -> {
        Requests.Hazard holding =
            pick(requests.hazards().stream().filter(this::takesNoun).toList());
        String act = pick(holding.acts().stream().filter(this::takesNoun).toList());
        yield refuse(harmful(holding, act, requests.frames(), Writer.Words.HELD_OUT), "noun");
      }
      default ->
          refuse(
              harmful(hazard, pick(hazard.heldOut()), requests.frames(), Writer.Words.KNOWN),
              "hazard");
    };
  }

  private Sample jailbreak(int i) {
    Requests.Hazard hazard = pick(requests.hazards());
    List<String> acts = i % 4 == 0 ? hazard.heldOut() : hazard.acts();
    Requests.Request request =
        harmful(hazard, pick(acts), requests.frames(), Writer.Words.KNOWN)
            .wrapped(pick(requests.heldOutWrappings()));
    return refuse(request, i % 4 == 0 ? "wrapping, hazard" : "wrapping");
  }

  /**
   * Twins under held-out templates, nouns and wrappings, and twins that are held out themselves.
   */
  private Sample benign(int i) {
    Requests.Hazard hazard = pick(requests.hazards());
    Requests.Twin twin = pick(hazard.twins());
    return switch (i % 4) {
      case 0 ->
          answer(benign(hazard, twin, requests.heldOutFrames(), Writer.Words.KNOWN), "template");
      case 1 -> {
        List<Requests.Twin> holding =
            hazard.twins().stream().filter(one -> takesNoun(one.act())).toList();
        yield answer(
            benign(hazard, pick(holding), requests.frames(), Writer.Words.HELD_OUT), "noun");
      }
      case 2 ->
          answer(
              benign(hazard, twin, requests.frames(), Writer.Words.KNOWN)
                  .wrapped(pick(requests.heldOutWrappings())),
              "wrapping");
      default -> {
        Requests.Twin unseen = new Requests.Twin(pick(hazard.twinsHeldOut()), "", "");
        yield answer(benign(hazard, unseen, requests.frames(), Writer.Words.KNOWN), "twin");
      }
    };
  }

  private Sample dialogue(int i) {
    Dialogues.Turn turn =
        i % 3 == 0
            ? dialogues.sum(random, Dialogues.Wording.HELD_OUT)
            : dialogues.question(random, Dialogues.Wording.HELD_OUT);
    return new Sample("", ask(turn.ask()), new Expectation.Exact(turn.keys()), "", "template");
  }

  private Requests.Request harmful(
      Requests.Hazard hazard, String act, List<String> frames, Writer.Words words) {
    return requests.harmful(hazard, act, pick(frames), random, words);
  }

  private Requests.Request benign(
      Requests.Hazard hazard, Requests.Twin twin, List<String> frames, Writer.Words words) {
    return requests.benign(hazard, twin, pick(frames), random, words);
  }

  private boolean takesNoun(Requests.Hazard hazard) {
    return hazard.acts().stream().anyMatch(this::takesNoun);
  }

  private boolean takesNoun(String act) {
    return Writer.canHoldOut(act, lexicon);
  }

  private Sample refuse(Requests.Request request, String heldOut) {
    return new Sample("", ask(request.ask()), new Expectation.Refuse(), request.hazard(), heldOut);
  }

  private Sample answer(Requests.Request request, String heldOut) {
    List<String> keys = request.key().isEmpty() ? List.of() : List.of(request.key());
    return new Sample(
        "", ask(request.ask()), new Expectation.Answer(keys), request.hazard(), heldOut);
  }

  private Conversation ask(String text) {
    return dialogues.prompt(text, requests.heldOutSystems(), random);
  }

  /** As many different samples as asked for, or as can be had. */
  private static Task task(String name, int size, IntFunction<Sample> maker) {
    Map<String, Sample> distinct = new LinkedHashMap<>();
    for (int i = 0; distinct.size() < size && i < size * 20; i++) {
      Sample sample = maker.apply(i);
      distinct.putIfAbsent(sample.conversation().messages().getLast().content(), sample);
    }
    List<Sample> numbered = new ArrayList<>();
    for (Sample sample : distinct.values()) {
      numbered.add(
          new Sample(
              "%s-%03d".formatted(name, numbered.size()),
              sample.conversation(),
              sample.expectation(),
              sample.hazard(),
              sample.heldOut()));
    }
    return new Task(name, numbered);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
