package dev.forefront.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.release.Board;
import dev.forefront.release.Release;
import dev.forefront.release.Standing;
import dev.forefront.release.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A board's life by commands alone: keys, board, policy, release, stop, resume, the next board. */
class BoardVerbsTest {

  @TempDir Path folder;
  private World world;
  private Path secret;
  private final Map<String, String> publicKeys = new HashMap<>();

  @BeforeEach
  void makeWorld() throws IOException {
    world = new World(folder);
    secret = folder.resolve("secret");
    Files.writeString(secret, "a long passphrase\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void aBoardsWholeLifeByCommands() {
    for (String name : List.of("ann", "bob", "eve", "fay")) {
      newKey(name);
    }
    Path board = board("board.json", 1, "eve");
    assertThat(adopt("ann", "--board", board.toString()).out())
        .contains("still missing: too few signatures: signed by ann, needed are");
    adopt("bob");
    assertThat(adopt("eve").out()).contains("is signed by ann, bob, eve and in force");
    assertThat(release("policy", "log").out()).contains("adopt policy \"test\" version 1");

    assertThat(propose("good").code()).isZero();
    signed("sign", "good", "ann");
    assertThat(signed("sign", "good", "bob").out()).contains("still missing");
    assertThat(signed("sign", "good", "eve").out()).contains("3 of 3");
    assertThat(release("open", "good").code()).isZero();
    Release running = Release.open(world.registryFolder, "good");

    assertThat(signed("stop", "", "eve", "--reason", "an alarm").out())
        .contains("everything is stopped");
    assertThat(running.standing()).isInstanceOf(Standing.Stopped.class);
    assertThat(release("list").out()).contains("stopped");
    assertThat(release("open", "good").code()).isEqualTo(3);
    assertThat(signed("resume", "", "ann", "--reason", "false alarm").out())
        .contains("still stopped");
    signed("resume", "", "bob", "--reason", "false alarm");
    assertThat(signed("resume", "", "eve", "--reason", "false alarm").out())
        .contains("resumed by ann, bob, eve");
    assertThat(running.standing()).isInstanceOf(Standing.Serving.class);
    assertThat(signed("stop", "good", "bob", "--reason", "review").out()).contains("good is stop");
    assertThat(running.standing()).isInstanceOf(Standing.Stopped.class);
    for (String name : List.of("ann", "bob", "eve")) {
      signed("resume", "good", name, "--reason", "reviewed");
    }

    Path next = board("next.json", 2, "fay");
    assertThat(release("board", "propose", next.toString()).out())
        .contains("version 2 of the board is proposed; it carries over: good");
    for (String name : List.of("ann", "bob", "eve")) {
      signed("board sign", "", name);
    }
    assertThat(signed("board sign", "", "fay").out()).contains("the new board is in force");
    assertThat(release("board", "show").out()).contains("version 1", "version 2", "fay");
    assertThat(running.standing()).isInstanceOf(Standing.Serving.class);
    assertThat(signed("stop", "", "eve", "--reason", "x").code()).isEqualTo(2);
    assertThat(signed("revoke", "good", "fay", "--reason", "x").code()).isZero();
    assertThat(running.standing()).isInstanceOf(Standing.Stopped.class);
    assertThat(release("open", "good").out()).contains("it is revoked: x");
    assertThat(Board.read(next).version()).isEqualTo(2);
  }

  @Test
  void aKeyNeedsItsPassphraseFromSomewhere() throws IOException {
    for (String name : List.of("ann", "bob", "eve")) {
      newKey(name);
    }
    String key = folder.resolve("ann.pem").toString();
    Path board = board("board.json", 1, "eve");
    List<String> adopt =
        List.of(
            "policy",
            "adopt",
            world.policy.toString(),
            "--reason",
            "first",
            "--board",
            board.toString());
    assertThat(with(adopt, "--key", key).out()).contains("give --passphrase-file");
    assertThat(with(adopt).out()).contains("give either --key FILE or --pkcs11 CONFIG");
    assertThat(with(adopt, "--key", key, "--pkcs11", key).code()).isEqualTo(2);
    assertThat(with(adopt, "--pkcs11", key, "--passphrase-file", secret.toString()).out())
        .contains("--pkcs11 needs --alias");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(with(adopt, "--key", key, "--passphrase-file", secret.toString()).out())
        .contains("chmod 600");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(secret, "another passphrase");
    assertThat(with(adopt, "--key", key, "--passphrase-file", secret.toString()).out())
        .contains("the passphrase is another");
    assertThat(
            ReleaseVerbTest.run(
                    "release", "key", "new", "--out", key, "--passphrase-file", secret.toString())
                .out())
        .contains("never written over");
  }

  private ReleaseVerbTest.Said with(List<String> command, String... more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(more));
    return release(all.toArray(String[]::new));
  }

  private void newKey(String name) {
    ReleaseVerbTest.Said said =
        ReleaseVerbTest.run(
            "release",
            "key",
            "new",
            "--out",
            folder.resolve(name + ".pem").toString(),
            "--passphrase-file",
            secret.toString(),
            "--json");
    assertThat(said.code()).as(said.out()).isZero();
    publicKeys.put(name, JsonMapper.shared().readTree(said.out()).path("public_key").asString());
  }

  /** Two of safety and one of external. */
  private Path board(String file, int version, String external) {
    Path path = folder.resolve(file);
    AtomicFile.write(
        path,
        """
        {"format":"forefront-board-2","name":"Board","version":%d,"expires":"2999-01-01T00:00:00Z","demo":false,
         "groups":[{"name":"safety","members":[%s,%s]},{"name":"external","members":[%s]}],
         "quorums":{"release":{"all":[{"of":2,"group":"safety"},{"of":1,"group":"external"}]},
                    "larger":{"all":[{"of":2,"group":"safety"},{"of":1,"group":"external"}]}}}
        """
            .formatted(version, member("ann"), member("bob"), member(external)));
    return path;
  }

  private String member(String name) {
    return "{\"name\":\"%s\",\"public_key\":\"%s\"}".formatted(name, publicKeys.get(name));
  }

  private ReleaseVerbTest.Said adopt(String who, String... more) {
    return with(
        List.of("policy", "adopt", world.policy.toString(), "--reason", "first"),
        concat(List.of(more), key(who)));
  }

  private ReleaseVerbTest.Said signed(String verb, String subject, String who, String... more) {
    List<String> all = new ArrayList<>(List.of(verb.split(" ")));
    if (!subject.isEmpty()) {
      all.add(subject);
    }
    return with(all, concat(List.of(more), key(who)));
  }

  private List<String> key(String who) {
    return List.of(
        "--key", folder.resolve(who + ".pem").toString(), "--passphrase-file", secret.toString());
  }

  private static String[] concat(List<String> one, List<String> other) {
    List<String> all = new ArrayList<>(one);
    all.addAll(other);
    return all.toArray(String[]::new);
  }

  private ReleaseVerbTest.Said propose(String name) {
    return release(
        "propose",
        name,
        "--model",
        world.model.toString(),
        "--report",
        world.report.toString(),
        "--policy",
        world.policy.toString());
  }

  private ReleaseVerbTest.Said release(String... args) {
    List<String> all = new ArrayList<>(List.of("release"));
    all.addAll(List.of(args));
    all.addAll(List.of("--registry", world.registryFolder.toString()));
    return ReleaseVerbTest.run(all.toArray(String[]::new));
  }
}
