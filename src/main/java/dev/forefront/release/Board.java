package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The people who let models out: their public keys, and which of them must sign together. A board
 * file is the root of trust of a registry; it holds no secret. {@link BoardFile} reads it.
 */
public final class Board {
  /** The board's name in a registry's folder. */
  public static final String FILE = "board.json";

  private static final int DEMO_MEMBERS = 3;

  private final String name;
  private final boolean demo;
  private final long version;
  private final Instant expires;
  private final List<Member> members;
  private final Map<Purpose, Rule> rules;
  private final Set<VerifyingKey> revoked;
  private final byte[] bytes;

  Board(
      String name,
      boolean demo,
      long version,
      Instant expires,
      Collection<Member> members,
      Map<Purpose, Rule> rules,
      Set<VerifyingKey> revoked,
      byte[] bytes) {
    this.name = name;
    this.demo = demo;
    this.version = version;
    this.expires = expires;
    this.members = List.copyOf(members);
    this.rules = new EnumMap<>(rules);
    this.revoked = Set.copyOf(revoked);
    this.bytes = bytes.clone();
  }

  /** Someone who may sign. */
  public record Member(String name, VerifyingKey key) {}

  /**
   * @throws BadInputException naming every problem of the file at once
   */
  public static Board read(Path file) {
    return parse(SmallFile.read(file), file.toString());
  }

  static Board parse(byte[] bytes, String where) {
    return BoardFile.parse(bytes, where);
  }

  /**
   * A board for trying things out: three keys, two of which must sign, in files beside its
   * board.json. One person holds all of them, so it shows how release works and vouches for
   * nothing; every release of it is marked. A demo board that is there already is kept.
   */
  public static Board createDemo(Path folder) {
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      Board there = read(file);
      if (!there.demo) {
        throw new BadInputException(file + " is a real board: no demo board is written over it");
      }
      return there;
    }
    List<Member> members = new ArrayList<>();
    try {
      Files.createDirectories(folder);
      for (Path keyFile : demoKeys(folder)) {
        // Left by a run that ended before its board was written; nothing was signed with it.
        Files.deleteIfExists(keyFile);
        SigningKey.Pair pair = SigningKey.generate();
        pair.signing().write(keyFile, "Demo key: anyone who can read this file signs as a member.");
        members.add(new Member("demo-" + (members.size() + 1), pair.verifying()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] bytes = json("Demo board", members);
    AtomicFile.write(file, bytes);
    return parse(bytes, file.toString());
  }

  /** Where {@link #createDemo} puts the private keys. */
  public static List<Path> demoKeys(Path folder) {
    return IntStream.rangeClosed(1, DEMO_MEMBERS)
        .mapToObj(i -> folder.resolve("demo-key-" + i + ".pem"))
        .toList();
  }

  private static byte[] json(String name, List<Member> members) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("format", BoardFile.FLAT);
    root.put("name", name);
    root.put("demo", true);
    root.put("threshold", 2);
    ArrayNode list = root.putArray("members");
    for (Member member : members) {
      list.addObject().put("name", member.name()).put("public_key", member.key().base64());
    }
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  public String name() {
    return name;
  }

  /** Whether it is only for trying things out. */
  public boolean isDemo() {
    return demo;
  }

  /** From 1; each board that follows counts one more. */
  public long version() {
    return version;
  }

  /** When it ends; {@link Instant#MAX} where the file names no end. */
  public Instant expires() {
    return expires;
  }

  /** How few signatures could let a release out, at least 2. */
  public int threshold() {
    return rules(Purpose.RELEASE).fewest();
  }

  /** Everyone who may sign, each once. */
  public List<Member> members() {
    return members;
  }

  /** What must be signed by whom, for people. */
  public String rule(String purpose) {
    for (Purpose one : Purpose.values()) {
      if (one.word().equals(purpose)) {
        return rules(one).toString();
      }
    }
    throw new IllegalArgumentException("no rule is called " + purpose);
  }

  /** Keys that no longer count, for anything. */
  Set<VerifyingKey> revoked() {
    return revoked;
  }

  /** The larger quorum includes the release quorum, whatever its own rule says. */
  boolean isMet(Purpose purpose, Set<VerifyingKey> signers) {
    return rules(purpose).isMetBy(signers)
        && (purpose != Purpose.LARGER || rules(Purpose.RELEASE).isMetBy(signers));
  }

  /** What is there and what is asked for. */
  String shortfall(Purpose purpose, Set<VerifyingKey> signers) {
    Rule larger = rules(purpose);
    Rule rule = larger.isMetBy(signers) ? rules(Purpose.RELEASE) : larger;
    return switch (rule) {
      case Rule.OfGroup group -> {
        Set<VerifyingKey> here = new HashSet<>(signers);
        here.retainAll(group.keys());
        yield "%d of %d".formatted(here.size(), group.least());
      }
      case Rule.OfRules tree ->
          "signed by %s, needed are %s"
              .formatted(signers.isEmpty() ? "nobody" : names(signers), tree);
    };
  }

  private String names(Set<VerifyingKey> keys) {
    return String.join(
        ", ", members.stream().filter(one -> keys.contains(one.key())).map(Member::name).toList());
  }

  private Rule rules(Purpose purpose) {
    Rule rule = rules.get(purpose);
    if (rule == null) {
      throw new IllegalStateException("every board has a rule for " + purpose);
    }
    return rule;
  }

  /** Of the file's bytes, as {@code sha256:<hex>}. */
  public String digest() {
    return "sha256:" + Sha256.hex(bytes);
  }

  byte[] bytes() {
    return bytes.clone();
  }
}
