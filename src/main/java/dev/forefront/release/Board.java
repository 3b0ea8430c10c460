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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The people who let models out: their public keys, and how many of them must sign. A board file is
 * the root of trust of a registry; it holds no secret.
 */
public final class Board {
  /** The board's name in a registry's folder. */
  public static final String FILE = "board.json";

  private static final String FORMAT = "forefront-board-1";
  private static final int DEMO_MEMBERS = 3;
  private static final Set<String> KEYS = Set.of("format", "name", "demo", "threshold", "members");

  private final String name;
  private final boolean demo;
  private final int threshold;
  private final List<Member> members;
  private final byte[] bytes;

  private Board(String name, boolean demo, int threshold, List<Member> members, byte[] bytes) {
    this.name = name;
    this.demo = demo;
    this.threshold = threshold;
    this.members = List.copyOf(members);
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
    List<String> problems = new ArrayList<>();
    Fields root = Fields.ofJson(bytes, problems).onlyKeys(KEYS);
    if (!root.text("format").equals(FORMAT)) {
      root.problem("format must be " + FORMAT);
    }
    String name = root.text("name");
    boolean demo = root.flag("demo");
    long threshold = root.whole("threshold", 2);
    List<Member> members = new ArrayList<>();
    Set<Object> seen = new HashSet<>();
    for (Fields one : root.list("members")) {
      one.onlyKeys(Set.of("name", "public_key"));
      String member = one.text("name");
      try {
        VerifyingKey key = VerifyingKey.ofBase64(one.text("public_key"));
        if (!seen.add(member) | !seen.add(key)) {
          one.problem("has a name or a key that another member has: one key counts once");
        }
        members.add(new Member(member, key));
      } catch (BadInputException e) {
        one.problem("public_key: " + e.getMessage());
      }
    }
    if (problems.isEmpty() && threshold > members.size()) {
      root.problem(
          "threshold is %d, but there are %d members".formatted(threshold, members.size()));
    }
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s is no board: %s".formatted(where, String.join("; ", problems)));
    }
    return new Board(name, demo, (int) threshold, members, bytes);
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
        // Left from a start that was cut off before the board was written.
        Files.deleteIfExists(keyFile);
        SigningKey.Pair pair = SigningKey.generate();
        pair.signing().write(keyFile, "Forefront DEMO board key: vouches for nothing");
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
    root.put("format", FORMAT);
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

  /** How many members must sign, at least 2. */
  public int threshold() {
    return threshold;
  }

  public List<Member> members() {
    return members;
  }

  /** Of the file's bytes, as {@code sha256:<hex>}. */
  public String digest() {
    return "sha256:" + Sha256.hex(bytes);
  }

  byte[] bytes() {
    return bytes.clone();
  }
}
