package dev.forefront.release;

import dev.forefront.conversation.BadInputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A DSSE envelope (Dead Simple Signing Envelope, protocol version 1): a payload and signatures over
 * its pre-authentication encoding. Only the bytes that this class itself would write are read, so
 * no byte of the file is outside of what is checked.
 */
final class Envelope {
  static final String IN_TOTO = "application/vnd.in-toto+json";

  private final byte[] payload;
  private final List<Signature> signatures;

  private Envelope(byte[] payload, List<Signature> signatures) {
    this.payload = payload.clone();
    this.signatures = List.copyOf(signatures);
  }

  /**
   * @param keyId a hint which key it is; decides nothing
   */
  record Signature(String keyId, byte[] bytes) {}

  static Envelope unsigned(byte[] payload) {
    return new Envelope(payload, List.of());
  }

  Envelope plus(Signature signature) {
    List<Signature> more = new ArrayList<>(signatures);
    more.add(signature);
    return new Envelope(payload, more);
  }

  /**
   * @throws BadInputException where the file is no envelope, or not written as we write it
   */
  static Envelope parse(byte[] bytes, String where) {
    List<String> problems = new ArrayList<>();
    Fields root =
        Fields.ofJson(bytes, problems).onlyKeys(Set.of("payloadType", "payload", "signatures"));
    if (!root.text("payloadType").equals(IN_TOTO)) {
      root.problem("payloadType must be " + IN_TOTO);
    }
    try {
      byte[] payload = Base64.getDecoder().decode(root.text("payload"));
      List<Signature> signatures = new ArrayList<>();
      for (Fields one : root.listOrEmpty("signatures")) {
        one.onlyKeys(Set.of("keyid", "sig"));
        signatures.add(
            new Signature(one.text("keyid"), Base64.getDecoder().decode(one.text("sig"))));
      }
      Envelope envelope = new Envelope(payload, signatures);
      if (problems.isEmpty() && Arrays.equals(envelope.json(), bytes)) {
        return envelope;
      }
      problems.add("its bytes are not written as an envelope is");
    } catch (IllegalArgumentException e) {
      problems.add("it holds something that is no base64");
    }
    throw new BadInputException(
        "%s is no signed statement: %s".formatted(where, String.join("; ", problems)));
  }

  byte[] json() {
    ObjectNode root = JsonMapper.shared().createObjectNode();
    root.put("payloadType", IN_TOTO);
    root.put("payload", Base64.getEncoder().encodeToString(payload));
    ArrayNode list = root.putArray("signatures");
    for (Signature signature : signatures) {
      list.addObject()
          .put("keyid", signature.keyId())
          .put("sig", Base64.getEncoder().encodeToString(signature.bytes()));
    }
    return (root.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** What is signed: {@code DSSEv1 <length> <type> <length> <payload>}. */
  byte[] preAuthenticationEncoding() {
    byte[] head =
        ("DSSEv1 " + IN_TOTO.length() + " " + IN_TOTO + " " + payload.length + " ")
            .getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + payload.length);
    System.arraycopy(payload, 0, all, head.length, payload.length);
    return all;
  }

  byte[] payload() {
    return payload.clone();
  }

  List<Signature> signatures() {
    return signatures;
  }
}
