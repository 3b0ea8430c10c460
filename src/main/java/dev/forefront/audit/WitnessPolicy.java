package dev.forefront.audit;

import dev.forefront.conversation.BadInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which logs are known, which witnesses, and which of them together are enough: the file format of
 * C2SP tlog-policy.
 *
 * @param logs keys of the logs that it speaks of; none where any may be meant
 * @param witnesses by their names in this policy
 * @param groups by their names; members are witnesses and groups
 * @param quorum name of a witness or a group; {@code none} where no cosignature is needed
 */
public record WitnessPolicy(
    List<NoteKey> logs, Map<String, Witness> witnesses, Map<String, Group> groups, String quorum) {
  private static final String NOBODY = "none";
  private static final int MOST = 256;

  public static final WitnessPolicy NONE = new WitnessPolicy(List.of(), Map.of(), Map.of(), NOBODY);

  public WitnessPolicy {
    logs = List.copyOf(logs);
    witnesses = Collections.unmodifiableMap(new LinkedHashMap<>(witnesses));
    groups = Map.copyOf(groups);
  }

  /**
   * @param url its submission prefix, which is its monitoring prefix too; null where it is not to
   *     be asked
   */
  public record Witness(NoteKey key, @Nullable URI url) {}

  /**
   * @param needed how many of the members
   */
  public record Group(int needed, List<String> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  /** All of these witnesses are needed. */
  public static WitnessPolicy all(List<NoteKey> keys) {
    Map<String, Witness> witnesses = new LinkedHashMap<>();
    for (NoteKey key : keys) {
      requireWitness(key);
      witnesses.put(key.vkey(), new Witness(key, null));
    }
    return keys.isEmpty()
        ? NONE
        : new WitnessPolicy(
            List.of(),
            witnesses,
            Map.of("all", new Group(witnesses.size(), List.copyOf(witnesses.keySet()))),
            "all");
  }

  /**
   * @throws BadInputException which names the line that is wrong
   */
  public static WitnessPolicy parse(String text) {
    return new Parser().parse(text);
  }

  /** Whether the witnesses of whom this holds are enough. */
  boolean isMet(Predicate<Witness> holds) {
    return quorum.equals(NOBODY) || isMet(quorum, holds);
  }

  private boolean isMet(String name, Predicate<Witness> holds) {
    Witness witness = witnesses.get(name);
    if (witness != null) {
      return holds.test(witness);
    }
    Group group = groups.getOrDefault(name, new Group(1, List.of()));
    return group.members().stream().filter(member -> isMet(member, holds)).count()
        >= group.needed();
  }

  boolean needsNobody() {
    return quorum.equals(NOBODY);
  }

  private static void requireWitness(NoteKey key) {
    if (key.use() != NoteKey.Use.WITNESS) {
      throw new BadInputException(key.name() + " is the key of a log, not of a witness");
    }
  }

  private static final class Parser {
    private final List<NoteKey> logs = new ArrayList<>();
    private final Map<String, Witness> witnesses = new LinkedHashMap<>();
    private final Map<String, Group> groups = new HashMap<>();
    private final Set<String> members = new HashSet<>();
    private @Nullable String quorum;

    WitnessPolicy parse(String text) {
      int number = 0;
      for (String line : text.split("\n", -1)) {
        number++;
        try {
          line(line);
        } catch (BadInputException e) {
          throw new BadInputException("line %d: %s".formatted(number, e.getMessage()), e);
        }
      }
      if (quorum == null) {
        throw new BadInputException("there is no line that begins with \"quorum\"");
      }
      return new WitnessPolicy(logs, witnesses, groups, quorum);
    }

    private void line(String line) {
      if (line.chars().anyMatch(c -> c == 0x7f || (c < ' ' && c != '\t'))) {
        throw new BadInputException("it holds control characters");
      }
      List<String> words =
          List.of(line.split("[ \t]+")).stream().filter(word -> !word.isEmpty()).toList();
      if (words.isEmpty() || words.getFirst().startsWith("#")) {
        return;
      }
      List<String> rest = words.subList(1, words.size());
      switch (words.getFirst()) {
        case "log" -> log(rest);
        case "witness" -> witness(rest);
        case "group" -> group(rest);
        case "quorum" -> quorum(rest);
        default ->
            throw new BadInputException(
                "\"%s\" is none of log, witness, group, quorum".formatted(words.getFirst()));
      }
    }

    private void log(List<String> words) {
      requireWords(words, 1, 2);
      NoteKey key = NoteKey.parse(words.getFirst());
      if (key.use() != NoteKey.Use.LOG
          || logs.stream().anyMatch(one -> one.key().equals(key.key()))) {
        throw new BadInputException("its key is no log's, or stands on another line too");
      }
      logs.add(key);
    }

    private void witness(List<String> words) {
      requireWords(words, 2, 3);
      requireNew(words.getFirst());
      NoteKey key = NoteKey.parse(words.get(1));
      requireWitness(key);
      if (witnesses.values().stream().anyMatch(one -> one.key().key().equals(key.key()))) {
        throw new BadInputException("its key stands on another line too");
      }
      witnesses.put(
          words.getFirst(), new Witness(key, words.size() > 2 ? url(words.get(2)) : null));
    }

    private void group(List<String> words) {
      requireWords(words, 3, MOST);
      requireNew(words.getFirst());
      List<String> names = words.subList(2, words.size());
      for (String name : names) {
        requireKnown(name);
        if (!members.add(name)) {
          throw new BadInputException("\"%s\" is a member already".formatted(name));
        }
      }
      long needed =
          switch (words.get(1)) {
            case "all" -> names.size();
            case "any" -> 1;
            default -> Strict.number(words.get(1));
          };
      if (needed < 1 || needed > names.size()) {
        throw new BadInputException("it needs %d of %d members".formatted(needed, names.size()));
      }
      groups.put(words.getFirst(), new Group((int) needed, names));
    }

    private void quorum(List<String> words) {
      requireWords(words, 1, 1);
      if (quorum != null) {
        throw new BadInputException("there is another quorum already");
      }
      if (!words.getFirst().equals(NOBODY)) {
        requireKnown(words.getFirst());
      }
      quorum = words.getFirst();
    }

    private static void requireWords(List<String> words, int least, int most) {
      if (words.size() < least || words.size() > most) {
        throw new BadInputException("it has too few or too many words");
      }
    }

    private void requireKnown(String name) {
      if (!witnesses.containsKey(name) && !groups.containsKey(name)) {
        throw new BadInputException("\"%s\" is not defined on a line above".formatted(name));
      }
    }

    private void requireNew(String name) {
      if (name.equals(NOBODY) || witnesses.containsKey(name) || groups.containsKey(name)) {
        throw new BadInputException("\"%s\" is taken".formatted(name));
      }
      if (witnesses.size() + groups.size() >= MOST) {
        throw new BadInputException("there are more than %d witnesses and groups".formatted(MOST));
      }
    }

    private static URI url(String text) {
      try {
        URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (http && url.getHost() != null && url.getUserInfo() == null && url.getQuery() == null) {
          return url;
        }
      } catch (URISyntaxException e) {
        throw new BadInputException("\"%s\" is no URL".formatted(text), e);
      }
      throw new BadInputException("\"%s\" is no URL of a witness".formatted(text));
    }
  }
}
