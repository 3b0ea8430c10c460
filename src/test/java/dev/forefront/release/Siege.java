package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import dev.forefront.conversation.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A registry with everything that honest people ever signed, and people below its quorum who try to
 * open what was not let out: they sign, copy signatures about, write history anew, set up boards
 * and policies of their own, flip bytes. All in memory, as {@link Gate} would find it on disk.
 */
final class Siege {
  /** Two of safety and one of external let out; none of these groups is that. */
  static final List<List<String>> BELOW =
      List.of(
          List.of("ann", "bob", "cyd"),
          List.of("ann", "eve", "fay"),
          List.of("cyd", "eve", "fay"),
          List.of("bob", "eve"),
          List.of("ann", "bob"),
          List.of("eve", "fay"),
          List.of("cyd"),
          List.of("zoe", "yan", "xia"));

  /** All of safety and all of external waive; who lets out does not yet. */
  static final List<List<String>> BELOW_LARGER =
      List.of(
          List.of("ann", "bob", "eve"),
          List.of("ann", "bob", "cyd", "fay"),
          List.of("bob", "cyd", "eve", "fay"),
          List.of("cyd", "zoe", "eve", "fay"));

  static final String QUORUMS =
      "{\"release\":{\"all\":[{\"of\":2,\"group\":\"safety\"},{\"of\":1,\"group\":\"external\"}]},"
          + "\"larger\":{\"all\":[{\"of\":3,\"group\":\"safety\"},{\"of\":2,\"group\":\"external\"}]}}";

  private static final List<Order.Kind> ANY =
      List.of(Order.Kind.STOP, Order.Kind.RESUME, Order.Kind.REVOKE);
  private static final int GATE_EVERY = 50;
  private static final int REAL_EVERY = 100;
  private static final int MOST_LEDGERS = 20_000;

  private final Instant now = Instant.now();
  final Members people = new Members();
  final World world;
  final Registry registry;
  private final Board root;
  private final SortedMap<String, byte[]> boards;
  private final SortedMap<String, byte[]> orders;
  private final Map<String, ReleaseFiles> files = new HashMap<>();
  private final List<String> seenBoards;
  private final List<String> seenOrders;
  private final Board second;
  private @Nullable Waiver waiver;
  private final Statement honestStatement;
  private final List<Envelope> honest = new ArrayList<>();
  private final Verifier real = new RememberedVerifier();
  private final Marked marked = new Marked();
  private final Map<String, Board> ownBoards = new HashMap<>();
  private final Map<String, Ledger> ledgers = new HashMap<>();

  Siege(Path folder) {
    world = new World(folder);
    registry = Registry.create(world.registryFolder, board(1).parse());
    adopt("bob", "cyd", "fay");
    registry.orders().stop("first", people.key("bob"));
    for (String name : List.of("bob", "cyd", "fay")) {
      registry.orders().resume("well", people.key(name));
    }
    for (String name : List.of("good", "target")) {
      if (!(registry.propose(world.draft(name)) instanceof Proposed)) {
        throw new AssertionError(name);
      }
    }
    for (String name : List.of("bob", "cyd", "fay")) {
      registry.sign("good", people.key(name));
    }
    registry.boards().propose(board(2).write(folder.resolve("2.json")));
    for (String name : List.of("bob", "cyd", "fay")) {
      registry.boards().sign(people.key(name));
    }
    leanOnAWaiver();
    registry.orders().stop("second", people.key("bob"));
    RegistryFiles all = RegistryFiles.read(world.registryFolder);
    boards = all.boards();
    orders = all.orders();
    root = Board.read(world.registryFolder.resolve(Board.FILE));
    for (String name : List.of("good", "target", "leaning")) {
      files.put(name, ReleaseFiles.read(registry.folder(name)));
    }
    seenBoards = digests(boards);
    seenOrders = digests(orders);
    second = board(2).parse();
    ReleaseFiles target = ReleaseFiles.read(registry.folder("target"));
    honestStatement = Statement.parse(Envelope.parse(statement(target), "s").payload());
    boards.values().forEach(bytes -> honest.add(Envelope.parse(bytes, "b")));
    orders.values().forEach(bytes -> honest.add(Envelope.parse(bytes, "o")));
    files.values().forEach(one -> honest.add(Envelope.parse(statement(one), "s")));
    honest.forEach(envelope -> marked.know(envelope, second.members()));
  }

  /** A release that misses a criterion: once it was waived, and that was taken back. */
  private void leanOnAWaiver() {
    Path policy = world.folder.resolve("leaning.yaml");
    AtomicFile.write(policy, World.leaningPolicyText());
    AtomicFile.write(world.report, world.leaningReportText(0.5, 400));
    for (String name : List.of("bob", "cyd", "fay")) {
      registry.orders().adopt(policy, "second", people.key(name));
    }
    Draft draft = Draft.of("leaning", world.model, List.of(world.report), policy);
    Waivable missed = ((Refused) registry.propose(draft)).waivable();
    if (missed == null) {
      throw new AssertionError("nothing can be waived");
    }
    waiver =
        new Waiver(
            missed.candidate(),
            missed.policyDigest(),
            missed.criteria().getFirst(),
            now.plus(Duration.ofDays(30)).truncatedTo(ChronoUnit.SECONDS));
    for (String name : List.of("ann", "bob", "cyd", "eve", "fay")) {
      registry
          .orders()
          .waive(
              new WaiverRequest(
                  "leaning",
                  waiver.candidate(),
                  waiver.policyDigest(),
                  waiver.criterion(),
                  waiver.until()),
              "soon",
              people.key(name));
    }
    if (!(registry.propose(draft) instanceof Proposed)) {
      throw new AssertionError("a waived criterion is asked for");
    }
    for (String name : List.of("bob", "cyd", "fay")) {
      registry.sign("leaning", people.key(name));
    }
    registry.orders().withdraw("leaning", waiver.criterion(), "no", people.key("eve"));
    AtomicFile.write(world.report, world.reportText(0.98, 0.97, Instant.now()));
  }

  Members.Text board(int version) {
    return people.board(version, QUORUMS, "safety: ann bob cyd", "external: eve fay");
  }

  private void adopt(String... names) {
    for (String name : names) {
      registry.orders().adopt(world.policy, "first", people.key(name));
    }
  }

  private static byte[] statement(ReleaseFiles files) {
    byte[] bytes = files.texts().get(ReleaseFiles.STATEMENT);
    if (bytes == null) {
      throw new AssertionError("there is no statement");
    }
    return bytes;
  }

  /** What lies on disk, as far as people below the quorum have changed it. */
  final class State {
    private final Random random;
    private final List<String> group;
    private final boolean stopped;
    private final boolean isReal;
    private final Verifier verifier;
    private Board trusted = root;
    private final SortedMap<String, byte[]> boardFiles = new TreeMap<>(boards);
    private final SortedMap<String, byte[]> orderFiles = new TreeMap<>(orders);
    private final Map<String, byte[]> statements = new HashMap<>();
    private final Map<String, byte[]> policies = new HashMap<>();
    final List<String> done = new ArrayList<>();

    /**
     * @param stopped whether the last honest word was a stop; otherwise it is not there
     */
    State(Random random, List<String> group, boolean stopped) {
      this.random = random;
      this.group = group;
      this.stopped = stopped;
      isReal = random.nextInt(REAL_EVERY) == 0;
      verifier = isReal ? real : marked;
      if (!stopped) {
        orderFiles.remove(orderFiles.lastKey());
      }
      files.forEach((name, one) -> statements.put(name, statement(one)));
    }

    void act() {
      int kind = random.nextInt(19);
      done.add(String.valueOf(kind));
      switch (kind) {
        case 0, 1 -> sign("target");
        case 2 -> repeat("target");
        case 3 -> replay("target");
        case 4 -> statements.put("target", forgedStatement("target"));
        case 5 -> statements.put("target", statementOf("good"));
        case 6 -> append(order(Order.Kind.RESUME, null));
        case 7 -> append(order(ANY.get(random.nextInt(ANY.size())), null));
        case 8 -> append(order(Order.Kind.ADOPT, adoption()));
        case 9 -> remove(orderFiles);
        case 10 -> swap();
        case 11 -> follow();
        case 12 -> remove(boardFiles);
        case 13 -> flip();
        case 14 -> replayOrder();
        case 15, 16 -> append(waiver());
        case 17 -> copyWaiver();
        default -> trusted = random.nextInt(4) == 0 ? ownBoard(1) : trusted;
      }
    }

    /**
     * What an honest process, which saw the registry before, says of a release now. Where the
     * signatures alone refuse, the whole gate is asked now and then only: it asks them too.
     */
    boolean opens(String name) {
      Ledger ledger = ledger();
      boolean continued =
          trusted.digest().equals(root.digest())
              && ledger.continues(
                  seenBoards, stopped ? seenOrders : seenOrders.subList(0, seenOrders.size() - 1));
      if (!continued || (random.nextInt(GATE_EVERY) > 0 && isClosed(name, ledger))) {
        return false;
      }
      return decide(name, ledger) instanceof Admitted;
    }

    private boolean isClosed(String name, Ledger ledger) {
      if (!ledger.boardReasons(now).isEmpty() || !ledger.orders().against(name).isEmpty()) {
        return true;
      }
      try {
        Envelope envelope = Envelope.parse(statementOf(name), name);
        Statement statement = Statement.parse(envelope.payload());
        return !ledger.consent(envelope, statement).reasons().isEmpty();
      } catch (BadInputException e) {
        return true;
      }
    }

    /** Equal files make an equal ledger. */
    private Ledger ledger() {
      StringBuilder key = new StringBuilder(trusted.digest()).append(isReal);
      for (SortedMap<String, byte[]> place : List.of(boardFiles, orderFiles)) {
        key.append('/');
        place.forEach(
            (name, bytes) ->
                key.append(name).append(bytes.length).append(':').append(Arrays.hashCode(bytes)));
      }
      if (ledgers.size() > MOST_LEDGERS) {
        ledgers.clear();
      }
      return ledgers.computeIfAbsent(
          key.toString(),
          _ -> Ledger.of(trusted, new RegistryFiles(boardFiles, orderFiles), verifier));
    }

    private Decision decide(String name, Ledger ledger) {
      ReleaseFiles were = files.get(name);
      if (were == null) {
        throw new AssertionError(name);
      }
      Map<String, byte[]> texts = new HashMap<>(were.texts());
      texts.put(ReleaseFiles.STATEMENT, statementOf(name));
      byte[] policy = policies.get(name);
      if (policy != null) {
        texts.put(ReleaseFiles.POLICY, policy);
      }
      ReleaseFiles found = new ReleaseFiles(were.hashes(), texts, were.problems());
      Path folder = world.registryFolder.resolve(name);
      return Gate.decide(Candidate.of(folder, ledger, found), MovedClock.at(now));
    }

    private byte[] statementOf(String name) {
      byte[] bytes = statements.get(name);
      if (bytes == null) {
        throw new AssertionError(name);
      }
      return bytes;
    }

    private String someone() {
      return group.get(random.nextInt(group.size()));
    }

    private void sign(String name) {
      Envelope envelope = envelope(statementOf(name));
      statements.put(name, envelope.plus(signature(envelope, someone())).json());
    }

    private void repeat(String name) {
      Envelope envelope = envelope(statementOf(name));
      if (!envelope.signatures().isEmpty()) {
        Envelope.Signature one =
            envelope.signatures().get(random.nextInt(envelope.signatures().size()));
        String keyId = people.verifying(random.nextBoolean() ? "bob" : someone()).id();
        statements.put(name, envelope.plus(new Envelope.Signature(keyId, one.bytes())).json());
      }
    }

    private void replay(String name) {
      Envelope from = honest.get(random.nextInt(honest.size()));
      Envelope envelope = envelope(statementOf(name));
      for (Envelope.Signature one : from.signatures()) {
        envelope = envelope.plus(one);
      }
      statements.put(name, envelope.json());
    }

    /** About another board, another policy, another name or time; signed by all of the group. */
    private byte[] forgedStatement(String name) {
      Statement was = honestStatement;
      String board =
          switch (random.nextInt(4)) {
            case 0 -> ownBoard(1 + random.nextInt(3)).digest();
            case 1 -> root.digest();
            default -> was.boardDigest();
          };
      Statement forged =
          new Statement(
              random.nextInt(4) == 0 ? "good" : name,
              random.nextBoolean() ? was.created() : Instant.parse("2026-01-01T00:00:00Z"),
              was.modelDigest(),
              was.policyName(),
              was.policyDigest(),
              board,
              random.nextInt(8) == 0,
              was.files());
      return all(forged.json()).json();
    }

    private Board ownBoard(int version) {
      String members =
          String.join(" ", group.size() > 1 ? group : List.of(group.getFirst(), "zoe"));
      return ownBoards.computeIfAbsent(
          members + version, _ -> people.simple(version, members).parse());
    }

    private Order order(Order.Kind kind, Order.@Nullable Adoption adoption) {
      Board board = random.nextInt(3) == 0 ? root : second;
      String head =
          orderFiles.isEmpty()
              ? root.digest()
              : Order.digest(envelope(orderFiles.lastEntry().getValue()).payload());
      Order order =
          new Order(
              kind,
              kind == Order.Kind.REVOKE || random.nextInt(3) == 0 ? "good" : "",
              "well",
              orderFiles.size() + 1L,
              head,
              Instant.parse("2026-01-01T00:00:00Z"),
              board.version(),
              board.digest(),
              null);
      return adoption == null ? order : order.saying(adoption);
    }

    private Order.Adoption adoption() {
      String text =
          random.nextBoolean()
              ? World.policyText().replace("0.94", "0.1")
              : World.policyText().replace("name: test", "name: mine").replace("0.94", "0.96");
      SortedMap<String, String> carried = new TreeMap<>();
      carried.put("target", Order.digest(envelope(statementOf("target")).payload()));
      carried.put("good", Order.digest(envelope(statementOf("good")).payload()));
      return new Order.Adoption(1 + random.nextInt(2), text, carried);
    }

    /** For the release that leans on one, or whatever else might come in useful. */
    private Order waiver() {
      Waiver honestly = Objects.requireNonNull(waiver);
      Instant created = now.minusSeconds(60).truncatedTo(ChronoUnit.SECONDS);
      Waiver wanted =
          switch (random.nextInt(4)) {
            case 0 ->
                new Waiver(
                    honestly.candidate(),
                    honestly.policyDigest(),
                    honestly.criterion(),
                    created.plus(Duration.ofDays(1 + random.nextInt(200))));
            case 1 ->
                new Waiver(
                    honestly.candidate(),
                    honestly.policyDigest(),
                    "harmful/refusal_rate low_at_least",
                    honestly.until());
            default -> honestly;
          };
      Order plain = order(Order.Kind.WAIVE, null);
      return new Order(
          Order.Kind.WAIVE,
          random.nextInt(6) == 0 ? "target" : "leaning",
          "well",
          plain.sequence(),
          plain.previous(),
          created,
          plain.boardVersion(),
          plain.boardDigest(),
          wanted);
    }

    /** The honest waiver's signatures, under another one's order. */
    private void copyWaiver() {
      Envelope envelope = Envelope.unsigned(waiver().json());
      for (Envelope one : honest) {
        if (new String(one.payload(), StandardCharsets.UTF_8).contains("\"waive\"")) {
          for (Envelope.Signature signature : one.signatures()) {
            envelope = envelope.plus(signature);
          }
        }
      }
      orderFiles.put(OrderChain.file(orderFiles.size() + 1L), envelope.json());
    }

    private void append(Order order) {
      Envelope envelope =
          random.nextInt(5) == 0 ? withHonest(Envelope.unsigned(order.json())) : all(order.json());
      orderFiles.put(OrderChain.file(orderFiles.size() + 1L), envelope.json());
    }

    private Envelope withHonest(Envelope envelope) {
      Envelope more = envelope;
      for (Envelope.Signature one : honest.get(random.nextInt(honest.size())).signatures()) {
        more = more.plus(one);
      }
      return more;
    }

    private void replayOrder() {
      List<byte[]> all = new ArrayList<>(orders.values());
      orderFiles.put(OrderChain.file(orderFiles.size() + 1L), all.get(random.nextInt(all.size())));
    }

    private void remove(SortedMap<String, byte[]> from) {
      if (!from.isEmpty()) {
        List<String> names = new ArrayList<>(from.keySet());
        from.remove(
            random.nextBoolean() ? names.getLast() : names.get(random.nextInt(names.size())));
      }
    }

    private void swap() {
      List<String> names = new ArrayList<>(orderFiles.keySet());
      if (names.size() > 1) {
        String one = names.get(random.nextInt(names.size()));
        String other = names.get(random.nextInt(names.size()));
        byte[] first = orderFiles.get(one);
        byte[] second = orderFiles.get(other);
        if (first != null && second != null) {
          orderFiles.put(one, second);
          orderFiles.put(other, first);
        }
      }
    }

    /** A board of their own follows, or takes the place of the one that did. */
    private void follow() {
      int version = 2 + random.nextInt(2);
      String previous =
          version == 2 || boardFiles.isEmpty()
              ? root.digest()
              : Order.digest(envelope(boardFiles.lastEntry().getValue()).payload());
      SortedMap<String, String> carried = new TreeMap<>();
      carried.put("target", Order.digest(envelope(statementOf("target")).payload()));
      int known = random.nextInt(orderFiles.size() + 1);
      List<byte[]> all = new ArrayList<>(orderFiles.values());
      String head =
          known == 0 ? root.digest() : Order.digest(envelope(all.get(known - 1)).payload());
      BoardChange change =
          new BoardChange(
              version,
              previous,
              new String(ownBoard(version).bytes(), StandardCharsets.UTF_8),
              Instant.parse("2026-01-01T00:00:00Z"),
              known,
              head,
              carried);
      boardFiles.put(BoardHistory.file(version), all(change.json()).json());
    }

    private void flip() {
      List<Map<String, byte[]>> places = List.of(boardFiles, orderFiles, statements);
      Map<String, byte[]> place = places.get(random.nextInt(places.size()));
      if (place.isEmpty()) {
        return;
      }
      List<String> names = new ArrayList<>(place.keySet());
      String name = names.get(random.nextInt(names.size()));
      byte[] bytes = place.get(name);
      if (bytes == null) {
        return;
      }
      byte[] changed = bytes.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      place.put(name, changed);
      if (random.nextInt(3) == 0) {
        policies.put("target", World.utf8(World.policyText().replace("0.94", "0.1")));
      }
      broken = true;
    }

    private boolean broken;

    /** What cannot be read any more is signed and copied no further; it stays as it is. */
    private Envelope envelope(byte[] bytes) {
      try {
        return Envelope.parse(bytes, "e");
      } catch (BadInputException e) {
        if (!broken) {
          throw e;
        }
        return honest.getLast();
      }
    }

    /**
     * One sequence in {@value #REAL_EVERY} signs and verifies with Ed25519. For the others a digest
     * of key and message stands for a signature, which is to say: nobody makes one without the key.
     */
    private Envelope.Signature signature(Envelope envelope, String name) {
      if (isReal) {
        return people.signature(envelope, name);
      }
      VerifyingKey key = people.verifying(name);
      return new Envelope.Signature(key.id(), mark(key, envelope.preAuthenticationEncoding()));
    }

    private Envelope all(byte[] payload) {
      Envelope envelope = Envelope.unsigned(payload);
      for (String name : group) {
        envelope = envelope.plus(signature(envelope, name));
      }
      return envelope;
    }
  }

  private static List<String> digests(SortedMap<String, byte[]> files) {
    return files.values().stream()
        .map(bytes -> Order.digest(Envelope.parse(bytes, "e").payload()))
        .toList();
  }

  private static byte[] mark(VerifyingKey key, byte[] message) {
    MessageDigest digest = Sha256.digest();
    digest.update(key.base64().getBytes(StandardCharsets.US_ASCII));
    return digest.digest(message);
  }

  /** Knows what honest people signed with Ed25519, and the marks that stand for the rest. */
  private static final class Marked implements Verifier {
    private final Set<String> honest = new HashSet<>();

    void know(Envelope envelope, Collection<Board.Member> members) {
      byte[] message = envelope.preAuthenticationEncoding();
      for (Envelope.Signature one : envelope.signatures()) {
        for (Board.Member member : members) {
          if (member.key().verifies(message, one.bytes())) {
            honest.add(question(member.key(), message, one.bytes()));
          }
        }
      }
    }

    @Override
    public boolean verifies(VerifyingKey key, byte[] message, byte[] signature) {
      return signature.length == 32
          ? Arrays.equals(mark(key, message), signature)
          : honest.contains(question(key, message, signature));
    }

    private static String question(VerifyingKey key, byte[] message, byte[] signature) {
      return key.id() + Arrays.hashCode(message) + Base64.getEncoder().encodeToString(signature);
    }
  }
}
