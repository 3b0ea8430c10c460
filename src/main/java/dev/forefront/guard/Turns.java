package dev.forefront.guard;

import dev.forefront.conversation.Conversation;
import dev.forefront.conversation.Message;
import dev.forefront.conversation.Role;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a person asks over several turns and in none of them: risk that rises step by step, a
 * request in pieces, words that were agreed to mean others. Nothing is kept between requests, since
 * each brings the whole conversation.
 */
final class Turns {

  /** The name that verdicts carry. */
  static final String STAGE = "conversation";

  // A turn at its limit counts 1; half of what was counted is forgotten after two and a half turns.
  private static final double DECAY = 0.75;
  private static final double FLOOR = 0.5;
  private static final double LIMIT = 1.5;

  private static final int MOST_TURNS = 16;
  private static final int LONGEST = 1 << 16;
  private static final int LONGEST_PIECE = 120;
  private static final int FEW_WORDS = 4;
  private static final int MOST_WORDS = 20;
  private static final Pattern QUOTED = Pattern.compile("\"([^\"\n]{1,120})\"|`([^`\n]{1,120})`");
  private static final Pattern AFTER_SIGN = Pattern.compile("(?s).*?[=:]\\s*(\\S.{0,119})");

  private static final String NAMED = "[\"'\u201C]?(\\w[\\w-]{1,24})[\"'\u201D]?";
  private static final String MEANT =
      "(?:the |an? )?[\"'\u201C]?(\\w[\\w'-]{1,24}(?: [\\w'-]{2,24}){0,2})";
  private static final List<Pattern> AGREED =
      List.of(
          Pattern.compile(
              "(?i)\\b(?:when|whenever|if|every time) (?:i|we|you) (?:say|write|mention|use)(?: the"
                  + " word)? "
                  + NAMED
                  + ",? (?:then )?(?:i|we|you|it)(?: really| actually)? means? "
                  + MEANT),
          Pattern.compile(
              "(?i)\\b"
                  + NAMED
                  + " (?:(?:will |shall |should )?(?:stand|stands) for|is (?:the |our |a"
                  + " )?code(?:word| word)? for|(?:will |shall |should )means?|means) "
                  + MEANT),
          Pattern.compile(
              "(?i)\\b(?:replace|substitute|swap|read)(?: the word| every)? "
                  + NAMED
                  + " (?:with|by|as|for) "
                  + MEANT));

  private final List<Stage> stages;

  Turns(List<Stage> stages) {
    this.stages = stages;
  }

  /** The block that only all turns together call for, or null. */
  Verdict.@Nullable Block judge(Conversation conversation) {
    List<String> asked =
        conversation.messages().stream().filter(Turns::isTurn).map(Message::content).toList();
    List<String> recent = recent(asked);
    Verdict.Block block = agreed(asked, recent);
    if (block != null || recent.size() < 2) {
      return block;
    }
    block = pieces(recent);
    block = block == null ? continued(recent) : block;
    return block == null ? rising(recent) : block;
  }

  /** The tools that there are belong to no turn: the request is read with them, and once. */
  private static boolean isTurn(Message message) {
    return message.role() == Role.USER && !(message.kind() instanceof Message.Kind.Definitions);
  }

  /** The last turns, as long as they are not too long to be read several times. */
  private static List<String> recent(List<String> asked) {
    int length = 0;
    int from = asked.size();
    while (from > 0
        && asked.size() - from < MOST_TURNS
        && length + asked.get(from - 1).length() <= LONGEST) {
      from--;
      length += asked.get(from).length();
    }
    return asked.subList(from, asked.size());
  }

  /** Adds up what single turns come to, and forgets it by and by. */
  private Verdict.@Nullable Block rising(List<String> asked) {
    double risk = 0;
    Hazard hazard = Hazard.UNKNOWN;
    double most = 0;
    for (String text : asked) {
      Inspection turn = read(text);
      double pressure = turn.pressure();
      risk = risk * DECAY + (pressure < FLOOR ? 0 : pressure * pressure);
      if (pressure > most) {
        most = pressure;
        hazard = turn.hazard();
      }
      if (!(risk < LIMIT)) {
        return new Verdict.Block(
            hazard,
            STAGE,
            Math.min(1, risk / LIMIT / 2),
            "Turn by turn the requests came nearer to what is blocked.");
      }
    }
    return null;
  }

  private Verdict.@Nullable Block pieces(List<String> asked) {
    List<String> pieces = new ArrayList<>();
    for (String text : asked) {
      pieces.addAll(pieces(text));
    }
    if (pieces.size() < 2) {
      return null;
    }
    String joined = String.join("", pieces);
    String spaced = joined.indexOf(' ') < 0 ? Lexicon.split(joined) : joined;
    return named(
        read(spaced + "\n\n" + String.join(" ", pieces)),
        "Pieces of several turns make a request that is blocked.");
  }

  /** A turn of few words may go on where the turn before it ended, whatever stands between. */
  private Verdict.@Nullable Block continued(List<String> asked) {
    for (int turn = 1; turn < asked.size(); turn++) {
      String next = asked.get(turn);
      if (next.length() <= LONGEST_PIECE && next.strip().split("\\s+").length <= FEW_WORDS) {
        String before = asked.get(turn - 1).strip().replaceAll("[.?!,;:\\s]+$", "");
        Verdict.Block block =
            named(read(before + " " + next), "Two turns together make a request that is blocked.");
        if (block != null) {
          return block;
        }
      }
    }
    return null;
  }

  /** What a turn holds in quotation marks, or what a short one sets something equal to. */
  private static List<String> pieces(String text) {
    List<String> pieces = new ArrayList<>();
    Matcher quoted = QUOTED.matcher(text);
    while (quoted.find()) {
      pieces.add(quoted.group(1) == null ? quoted.group(2) : quoted.group(1));
    }
    Matcher set = AFTER_SIGN.matcher(text);
    if (pieces.isEmpty() && text.length() <= LONGEST_PIECE && set.matches()) {
      pieces.add(set.group(1));
    }
    return pieces;
  }

  /** Reads the turns with the words in their place that others were agreed to mean. */
  private Verdict.@Nullable Block agreed(List<String> asked, List<String> recent) {
    Map<String, String> meanings = new LinkedHashMap<>();
    for (String text : asked) {
      if (!mayAgree(text)) {
        continue;
      }
      for (Pattern form : AGREED) {
        Matcher agreed = form.matcher(text);
        while (agreed.find() && meanings.size() < MOST_WORDS) {
          meanings.put(agreed.group(1).toLowerCase(Locale.ROOT), agreed.group(2));
        }
      }
    }
    if (meanings.isEmpty()) {
      return null;
    }
    Inspection translated = new Inspection(stages, Side.INPUT);
    for (String text : recent) {
      translated.read(translate(text, meanings));
      translated.pause();
    }
    translated.finish();
    return named(translated, "With words read as was agreed, the request is blocked.");
  }

  /** Looking for these is fast, and the forms need one of them. */
  private static boolean mayAgree(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("mean")
        || lower.contains("stand")
        || lower.contains(" code")
        || lower.contains("replace")
        || lower.contains("substitute")
        || lower.contains("swap")
        || lower.contains("read");
  }

  private static String translate(String text, Map<String, String> meanings) {
    Pattern words =
        Pattern.compile("(?i)\\b(?:" + String.join("|", meanings.keySet()) + ")(?=s?\\b)");
    return words
        .matcher(text)
        .replaceAll(
            word ->
                Matcher.quoteReplacement(
                    meanings.getOrDefault(word.group().toLowerCase(Locale.ROOT), word.group())));
  }

  private Inspection read(String text) {
    Inspection reading = new Inspection(stages, Side.INPUT);
    reading.read(text);
    reading.finish();
    return reading;
  }

  private static Verdict.@Nullable Block named(Inspection reading, String explanation) {
    Verdict.Block block = reading.block();
    return block == null || block.stage().equals(Verdict.FAILURE)
        ? block
        : new Verdict.Block(block.category(), STAGE, block.score(), explanation, block.layers());
  }
}
