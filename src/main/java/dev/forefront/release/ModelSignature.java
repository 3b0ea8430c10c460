package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model's signature in the OpenSSF Model Signing format, version 1.0: a Sigstore bundle around a
 * DSSE envelope around an in-toto statement that lists every file with its SHA-256. Any tool that
 * knows the format can verify it with the publisher's public key.
 */
public final class ModelSignature {
  /** The signature's own name beside the files that it is over. */
  public static final String FILE = "model.sig";

  private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  private static final String STATEMENT = "https://in-toto.io/Statement/v1";
  private static final String PREDICATE = "https://model_signing/signature/v1.0";
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  /** Folder by folder, as the format sorts: {@code a/z} before {@code a-b}. */
  private static final Comparator<String> BY_PATH =
      Comparator.comparing((String path) -> path.replace('/', '\0'));

  private ModelSignature() {}

  /**
   * @param name of the model, which informs and decides nothing
   * @param files SHA-256 in hex by path
   */
  static byte[] sign(String name, SortedMap<String, String> files, PublisherKey key) {
    byte[] payload = statement(name, files);
    byte[] signature = key.sign(Envelope.unsigned(payload).preAuthenticationEncoding());
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("mediaType", BUNDLE);
    ObjectNode material = root.putObject("verificationMaterial");
    material.putObject("publicKey").put("hint", key.verifying().hint());
    material.putArray("tlogEntries");
    ObjectNode envelope = root.putObject("dsseEnvelope");
    envelope.put("payload", Base64.getEncoder().encodeToString(payload));
    envelope.put("payloadType", Envelope.IN_TOTO);
    envelope
        .putArray("signatures")
        .addObject()
        .put("sig", Base64.getEncoder().encodeToString(signature))
        .put("keyid", "");
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] statement(String name, SortedMap<String, String> files) {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("_type", STATEMENT);
    List<String> paths = files.keySet().stream().sorted(BY_PATH).toList();
    ObjectNode subject = root.putArray("subject").addObject();
    subject.put("name", name);
    subject.putObject("digest").put("sha256", rootDigest(paths.stream().map(files::get).toList()));
    root.put("predicateType", PREDICATE);
    ObjectNode predicate = root.putObject("predicate");
    ObjectNode serialization = predicate.putObject("serialization");
    serialization.put("method", "files").put("hash_type", "sha256").put("allow_symlinks", false);
    serialization.putArray("ignore_paths").add(FILE);
    ArrayNode resources = predicate.putArray("resources");
    for (String path : paths) {
      resources
          .addObject()
          .put("name", path)
          .put("algorithm", "sha256")
          .put("digest", files.get(path));
    }
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** SHA-256 over the files' digests, as bytes, one after the other. */
  private static String rootDigest(List<String> hashes) {
    MessageDigest digest = Sha256.digest();
    hashes.forEach(hash -> digest.update(HexFormat.of().parseHex(hash)));
    return HexFormat.of().formatHex(digest.digest());
  }

  /**
   * Verifies a folder against the signature in it: that the key signed it, that every file has its
   * digest, and that there is no other file.
   *
   * @return every reason why not; empty where it holds
   */
  public static List<String> verify(Path folder, PublisherKey.Verifying key) {
    try {
      Signed signed = read(SmallFile.read(folder.resolve(FILE)), key);
      ReleaseFiles here = ReleaseFiles.readAnyNames(folder);
      SortedMap<String, String> present = new TreeMap<>(here.hashes());
      present.keySet().removeIf(signed::ignores);
      List<String> reasons = new ArrayList<>(here.problems());
      reasons.addAll(differences(present, signed.files()));
      return reasons;
    } catch (BadInputException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
  }

  private static List<String> differences(
      SortedMap<String, String> present, SortedMap<String, String> signed) {
    List<String> reasons = new ArrayList<>();
    signed.forEach(
        (name, hash) -> {
          String here = present.get(name);
          if (here == null) {
            reasons.add(name + " is missing");
          } else if (!here.equals(hash)) {
            reasons.add(name + " has changed since it was signed");
          }
        });
    present.keySet().stream()
        .filter(name -> !signed.containsKey(name))
        .forEach(name -> reasons.add(name + " was not signed"));
    return reasons;
  }

  /** What a verified signature says. */
  private record Signed(SortedMap<String, String> files, List<String> ignored) {
    boolean ignores(String path) {
      return path.equals(FILE)
          || ignored.stream().anyMatch(one -> path.equals(one) || path.startsWith(one + "/"));
    }
  }

  private static Signed read(byte[] bytes, PublisherKey.Verifying key) {
    List<String> problems = new ArrayList<>();
    Fields root = Fields.ofJson(bytes, problems);
    if (!root.text("mediaType").equals(BUNDLE)) {
      root.problem("mediaType must be " + BUNDLE);
    }
    Fields publicKey = root.object("verificationMaterial").object("publicKey");
    if (publicKey.has("hint") && !publicKey.text("hint").equals(key.hint())) {
      publicKey.problem("hint names another key than the one given");
    }
    Fields envelope = root.object("dsseEnvelope");
    if (!envelope.text("payloadType").equals(Envelope.IN_TOTO)) {
      envelope.problem("payloadType must be " + Envelope.IN_TOTO);
    }
    List<Fields> signatures = envelope.list("signatures");
    if (signatures.size() > 1) {
      envelope.problem("must have one signature");
    }
    String signature = signatures.isEmpty() ? "" : signatures.getFirst().text("sig");
    byte[] payload = base64(envelope, envelope.text("payload"));
    requireNone(problems);
    if (!key.verifies(
        Envelope.unsigned(payload).preAuthenticationEncoding(), base64(envelope, signature))) {
      problems.add("it was not signed by the key given, or over other bytes");
    }
    requireNone(problems);
    Signed signed = payload(Fields.ofJson(payload, problems));
    requireNone(problems);
    return signed;
  }

  private static Signed payload(Fields root) {
    if (!root.text("_type").equals(STATEMENT) || !root.text("predicateType").equals(PREDICATE)) {
      root.problem("it is no statement of version 1.0 about a model's files");
    }
    Fields predicate = root.object("predicate");
    Fields serialization = predicate.object("serialization");
    if (!serialization.text("method").equals("files")
        || !serialization.text("hash_type").equals("sha256")
        || serialization.flag("allow_symlinks")) {
      serialization.problem("must be files by sha256 without symbolic links");
    }
    List<String> ignored =
        serialization.has("ignore_paths") ? serialization.textsOrEmpty("ignore_paths") : List.of();
    SortedMap<String, String> files = new TreeMap<>();
    List<String> hashes = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Fields one : predicate.list("resources")) {
      String name = one.text("name");
      String hash = one.text("digest");
      if (!one.text("algorithm").equals("sha256") || !HASH.matcher(hash).matches()) {
        one.problem("must have a digest of 64 hex digits by sha256");
      } else {
        hashes.add(hash);
      }
      if (!names.add(name)) {
        one.problem("names a file for the second time");
      }
      files.put(name, hash);
    }
    List<Fields> subject = root.list("subject");
    if (subject.size() != 1
        || !subject.getFirst().object("digest").text("sha256").equals(rootDigest(hashes))) {
      root.problem("the subject's digest is not the one of the resources");
    }
    return new Signed(files, ignored);
  }

  private static byte[] base64(Fields where, String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      where.problem("holds something that is no base64");
      return new byte[0];
    }
  }

  private static void requireNone(List<String> problems) {
    if (!problems.isEmpty()) {
      throw new BadInputException(
          "%s does not verify: %s".formatted(FILE, String.join("; ", problems)));
    }
  }
}
