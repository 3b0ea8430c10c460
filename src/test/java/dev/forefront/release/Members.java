package dev.forefront.release;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.SigningKey;
import dev.forefront.conversation.VerifyingKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** People with keys, made when they are first named, and boards of them. */
final class Members {
  private final Map<String, SigningKey.Pair> pairs = new HashMap<>();

  SigningKey.Pair pair(String name) {
    return pairs.computeIfAbsent(name, _ -> SigningKey.generate());
  }

  SigningKey key(String name) {
    return pair(name).signing();
  }

  VerifyingKey verifying(String name) {
    return pair(name).verifying();
  }

  Set<VerifyingKey> verifying(List<String> names) {
    return names.stream().map(this::verifying).collect(Collectors.toSet());
  }

  /** A group as JSON, from its name and members: {@code "safety: ann bob"}. */
  private String group(String group) {
    String[] parts = group.split(": ");
    String members =
        Stream.of(parts[1].split(" ")).map(this::member).collect(Collectors.joining(","));
    return "{\"name\":\"%s\",\"members\":[%s]}".formatted(parts[0], members);
  }

  String member(String name) {
    return "{\"name\":\"%s\",\"public_key\":\"%s\"}".formatted(name, verifying(name).base64());
  }

  /** A board file of the nested format. */
  Text board(long version, String quorums, String... groups) {
    return new Text(
        """
        {"format":"forefront-board-2","name":"Board","version":%d,"expires":"2999-01-01T00:00:00Z",
         "demo":false,"groups":[%s],"quorums":%s}
        """
            .formatted(
                version,
                Stream.of(groups).map(this::group).collect(Collectors.joining(",")),
                quorums));
  }

  /** Two of one group decide everything, all of it the larger things. */
  Text simple(long version, String people) {
    int all = people.split(" ").length;
    return board(
        version,
        "{\"release\":{\"of\":2,\"group\":\"all\"},\"larger\":{\"of\":%d,\"group\":\"all\"}}"
            .formatted(all),
        "all: " + people);
  }

  /** Adds valid signatures of these people. */
  Envelope signed(byte[] payload, String... names) {
    Envelope envelope = Envelope.unsigned(payload);
    for (String name : names) {
      envelope = envelope.plus(signature(envelope, name));
    }
    return envelope;
  }

  Envelope.Signature signature(Envelope envelope, String name) {
    return new Envelope.Signature(
        verifying(name).id(), key(name).sign(envelope.preAuthenticationEncoding()));
  }

  /** A board file that can be changed before it is read. */
  record Text(String json) {
    Text with(String was, String is) {
      if (!json.contains(was)) {
        throw new AssertionError(was + " is not in " + json);
      }
      return new Text(json.replace(was, is));
    }

    Text revoking(VerifyingKey key) {
      return with("\"groups\"", "\"revoked_keys\":[\"%s\"],\"groups\"".formatted(key.base64()));
    }

    Board parse() {
      return Board.parse(World.utf8(json), "board");
    }

    Path write(Path file) {
      AtomicFile.write(file, json);
      return file;
    }
  }

  static List<String> words(String text) {
    return text.isEmpty() ? List.of() : new ArrayList<>(List.of(text.split(" ")));
  }
}
