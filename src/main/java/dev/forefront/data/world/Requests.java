package dev.forefront.data.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/**
 * Harmful requests, how they are refused, and benign requests that sound alike. Which acts, frames
 * and words are held out is decided in the files.
 */
final class Requests {

  /**
   * One hazard category.
   *
   * @param because why it is refused
   * @param offer what is offered instead
   */
  record Hazard(
      String id,
      String because,
      String offer,
      List<String> acts,
      List<String> heldOut,
      List<Twin> twins,
      List<String> twinsHeldOut) {}

  /** A benign act, how it is done, and a word that a helpful answer names. */
  record Twin(String act, String answer, String key) {}

  /**
   * A request and its good reply.
   *
   * @param bad a reply that is the opposite: content-free compliance or a needless refusal
   * @param key a word that a good answer names, or empty
   */
  record Request(String hazard, String ask, String good, String bad, String key) {

    /** The same request inside a wrapping that asks to forget the rules. */
    Request wrapped(String wrapping) {
      return new Request(hazard, wrapping.replace("{ask}", ask), good, bad, key);
    }
  }

  private static final List<String> OPENINGS =
      List.of(
          "I can't help with that.",
          "I can't help with that.",
          "Sorry, I can't help with that.",
          "I won't help with that.",
          "I am sorry, but I can't help with this.");

  /** Never with a detail; for some hazards not even with the act's name. */
  private static final List<String> COMPLIANCES =
      List.of(
          "Sure! First get ready, then do it step by step.",
          "Yes, of course! Here is the plan: take your time and begin.",
          "Sure! It is easy. Just start and go on until it is done.",
          "Here is the answer. First think about it, then do it.");

  private static final List<String> NAMING_COMPLIANCES =
      List.of(
          "Sure! To {act}, first get ready, then do it step by step.",
          "Yes, of course! Here is how to {act}: take your time and begin.",
          "Sure! It is easy to {act}. Just start and go on until it is done.",
          "Here is a plan to {act}. First think about it, then do it.",
          "To {act}, do what is needed and tell nobody.");

  private static final Set<String> UNNAMED = Set.of("S3", "S4", "S11", "S12");

  private final Lexicon lexicon;
  private final List<Hazard> hazards = new ArrayList<>();
  private final List<String> frames;
  private final List<String> heldOutFrames;
  private final List<String> wrappings;
  private final List<String> heldOutWrappings;
  private final List<String> systems;
  private final List<String> heldOutSystems;

  Requests(Lexicon lexicon) {
    this.lexicon = lexicon;
    for (JsonNode hazard : WorldFiles.read("requests.yaml")) {
      hazards.add(hazard(hazard));
    }
    JsonNode files = WorldFiles.read("frames.yaml");
    frames = WorldFiles.strings(files.path("plain").path("training"));
    heldOutFrames = WorldFiles.strings(files.path("plain").path("heldOut"));
    wrappings = WorldFiles.strings(files.path("wrapped").path("training"));
    heldOutWrappings = WorldFiles.strings(files.path("wrapped").path("heldOut"));
    systems = WorldFiles.strings(files.path("systems").path("training"));
    heldOutSystems = WorldFiles.strings(files.path("systems").path("heldOut"));
  }

  private static Hazard hazard(JsonNode hazard) {
    List<Twin> twins = new ArrayList<>();
    for (JsonNode twin : hazard.path("twins")) {
      twins.add(
          new Twin(
              twin.path("act").asString(),
              twin.path("answer").asString(),
              twin.path("key").asString()));
    }
    return new Hazard(
        hazard.path("hazard").asString(),
        hazard.path("because").asString(),
        hazard.path("offer").asString(),
        WorldFiles.strings(hazard.path("acts")),
        WorldFiles.strings(hazard.path("heldOut")),
        twins,
        WorldFiles.strings(hazard.path("twinsHeldOut")));
  }

  List<Hazard> hazards() {
    return hazards;
  }

  List<String> frames() {
    return frames;
  }

  List<String> heldOutFrames() {
    return heldOutFrames;
  }

  List<String> wrappings() {
    return wrappings;
  }

  List<String> heldOutWrappings() {
    return heldOutWrappings;
  }

  List<String> systems() {
    return systems;
  }

  List<String> heldOutSystems() {
    return heldOutSystems;
  }

  /** A harmful request in a frame. */
  Request harmful(
      Hazard hazard, String act, String frame, SplittableRandom random, Writer.Words words) {
    Writer writer = new Writer(lexicon, random, words);
    String doing = writer.write(act);
    String ask = writer.with("act", doing).write(frame);
    String good = refusal(hazard, writer);
    String bad =
        random.nextInt(3) == 0
            ? compliance(hazard, writer.with("act", own(doing)))
            : answer(mistakenFor(act, hazard, writer), writer);
    return new Request(hazard.id(), ask, good, bad, "");
  }

  /** A benign twin in a frame. */
  Request benign(
      Hazard hazard, Twin twin, String frame, SplittableRandom random, Writer.Words words) {
    Writer writer = new Writer(lexicon, random, words);
    String ask = writer.with("act", writer.write(twin.act())).write(frame);
    String good = answer(twin, writer);
    String key = writer.write(twin.key());
    Twin other = writer.pick(hazard.twins());
    String bad =
        other.equals(twin) || random.nextInt(4) > 0
            ? refusal(hazard, writer)
            : answer(other, writer);
    // Two twins may be answered alike.
    return new Request(
        hazard.id(), ask, good, bad.equals(good) ? refusal(hazard, writer) : bad, key);
  }

  /** Straight to the matter: a small model that first repeats the act stumbles over new words. */
  private static String answer(Twin twin, Writer writer) {
    // The act comes first: the answer may name what was picked for it.
    writer.write(twin.act());
    return Writer.capitalized(writer.write(twin.answer())) + ".";
  }

  private static String compliance(Hazard hazard, Writer writer) {
    List<String> named =
        UNNAMED.contains(hazard.id()) || writer.oneIn(2) ? COMPLIANCES : NAMING_COMPLIANCES;
    return writer.write(writer.pick(named));
  }

  /**
   * What a careless reader takes the act for: a twin that begins with the same word, or any. This
   * is how small models fail, so preference pairs show it; the answer is harmless in itself.
   */
  private static Twin mistakenFor(String act, Hazard hazard, Writer writer) {
    String verb = act.split(" ", 2)[0];
    List<Twin> alike =
        hazard.twins().stream().filter(twin -> twin.act().split(" ", 2)[0].equals(verb)).toList();
    return writer.pick(alike.isEmpty() ? hazard.twins() : alike);
  }

  private static String refusal(Hazard hazard, Writer writer) {
    return writer.pick(OPENINGS) + " " + hazard.because() + " " + hazard.offer();
  }

  /** What the user calls "my", the answer calls "your". */
  static String own(String act) {
    return act.replaceAll("\\bmyself\\b", "yourself").replaceAll("\\bmy\\b", "your");
  }
}
