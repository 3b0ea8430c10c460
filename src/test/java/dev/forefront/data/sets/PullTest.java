package dev.forefront.data.sets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PullTest {
  private static final byte[] STORIES = "A cat.\nA dog.\n".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path folder;

  private static DataSet set(String file, byte[] bytes, String use) {
    String yaml =
        """
        - name: ours
          title: Ours
          licence: CC0-1.0
          use: %s
          homepage: "https://example.org"
          reach: folder
          prose: story-lines
          files:
            %s: %s
        """
            .formatted(use, file, Sha256.hex(bytes));
    return Catalogue.parse(yaml.getBytes(StandardCharsets.UTF_8)).set("ours");
  }

  private Pull pull(DataSet set) {
    return new Pull(set, folder.resolve("data"), (file, done, all) -> {});
  }

  @Test
  void keepsWhatWasPinnedAndGoesOnWhereItStopped() throws IOException {
    Path source = Files.createDirectories(folder.resolve("sets/ours"));
    Files.write(source.resolve("s.txt"), STORIES);
    DataSet set = set("s.txt", STORIES, "train");
    assertThat(pull(set).from(folder.resolve("sets")).fetched()).isEqualTo(1);
    assertThat(pull(set).from(source).present()).isEqualTo(1);
    assertThat(folder.resolve("data/ours/s.txt")).hasBinaryContent(STORIES);
  }

  @Test
  void keepsNothingThatIsNotThePinnedFile() throws IOException {
    Path source = Files.createDirectories(folder.resolve("ours"));
    Files.writeString(source.resolve("s.txt"), "something else");
    assertThatThrownBy(() -> pull(set("s.txt", STORIES, "train")).from(source))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("is not the pinned file");
    assertThat(folder.resolve("data/ours/s.txt")).doesNotExist();
  }

  @Test
  void saysWhatAFolderLacksAndWhatAnAddressCannotGive() {
    assertThatThrownBy(() -> pull(set("s.txt", STORIES, "train")).from(folder))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> pull(set("s.txt", STORIES, "train")).fromPublicAddress())
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("--from FOLDER");
  }

  @Test
  void readsPlainGzippedAndZippedFilesAlike() throws IOException {
    Path set = Files.createDirectories(folder.resolve("ours"));
    Files.write(set.resolve("a.txt"), STORIES);
    try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(set.resolve("b.txt.gz")))) {
      gzip.write(STORIES);
    }
    Files.write(set.resolve("c.zip"), zipped("in/c.txt"));
    assertThat(SetFiles.of(set).map(SetFile::name).toList())
        .containsExactly("a.txt", "b.txt", "in/c.txt");
    assertThat(SetFiles.of(set).map(SetFile::text)).containsOnly("A cat.\nA dog.\n");
  }

  private static byte[] zipped(String name) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(STORIES);
    }
    return bytes.toByteArray();
  }

  @Test
  void neverTrainsOnASetThatMeasures() throws IOException {
    Files.createDirectories(folder.resolve("cap-blimp"));
    Sets sets = new Sets(Catalogue.builtIn(), folder);
    assertThatThrownBy(() -> sets.forPretraining("cap-blimp"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("never trained on");
    assertThatThrownBy(() -> sets.forPretraining("text-fairytaleqa"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("data pull text-fairytaleqa");
    assertThatThrownBy(() -> sets.forPretraining("text-fairytale"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("no set text-fairytale");
  }

  @Test
  void bringsASetOfLabelledTextsThatIsReadFromWhereItCame() throws IOException {
    byte[] rows = "text,is_toxic\nA kind word.,Not Toxic\n".getBytes(StandardCharsets.UTF_8);
    String yaml =
        """
        - name: ours
          title: Ours
          licence: CC0-1.0
          use: measure
          homepage: "https://example.org"
          reach: folder
          labels: toxicity
          guard: train
          files:
            t.csv: %s
        """
            .formatted(Sha256.hex(rows));
    Catalogue catalogue = Catalogue.parse(yaml.getBytes(StandardCharsets.UTF_8));
    Files.write(Files.createDirectories(folder.resolve("sets/ours")).resolve("t.csv"), rows);
    pull(catalogue.set("ours")).from(folder.resolve("sets"));
    assertThat(Labelled.read(catalogue, folder.resolve("data"), "ours", DataSet.Use.TRAIN))
        .extracting(Labelled::text)
        .containsExactly("A kind word.");
  }

  @Test
  void everyPublicSetOfTheCatalogueHasPinsAtFixedCommits() {
    for (DataSet set : Catalogue.builtIn().sets()) {
      assertThat(set.files()).as(set.name()).isNotEmpty();
      assertThat(set.files().values()).allMatch(digest -> digest.matches("[0-9a-f]{64}"));
      if (set.reach() == DataSet.Reach.PUBLIC) {
        assertThat(Pin.of(set.name()))
            .as(set.name())
            .isNotEmpty()
            .allMatch(pin -> pin.sha256().matches("[0-9a-f]{64}"))
            .allMatch(pin -> pin.address().toString().matches("https://.*/[0-9a-f]{40}/.*"));
      }
      if (set.use() == DataSet.Use.MEASURE) {
        assertThat(set.proseFormat().isEmpty() && set.dialogueFormat().isEmpty()).isTrue();
      }
    }
  }

  @Test
  void pinsEscapeThePathAndKeepTheName() throws IOException {
    List<Pin> pins =
        Pin.parse(
            new BufferedReader(
                new StringReader("@\thttps://example.org/c/\tbox/\nabc\ta b.txt\tc.txt")));
    assertThat(pins).hasSize(1);
    assertThat(pins.getFirst().address()).hasToString("https://example.org/c/a%20b.txt");
    assertThat(pins.getFirst().file()).isEqualTo("box/c.txt");
  }

  @Test
  void fetchesFromAnAddressAndGoesOnAfterAFailure() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    List<String> asked = new CopyOnWriteArrayList<>();
    AtomicBoolean whole = new AtomicBoolean();
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          asked.add(path);
          byte[] body = path.equals("/b.txt") && !whole.get() ? new byte[] {'?'} : STORIES;
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String base = "http://localhost:%d/".formatted(server.getAddress().getPort());
      String digest = Sha256.hex(STORIES);
      List<Pin> pins =
          List.of(
              new Pin(URI.create(base + "a.txt"), "x/a.txt", digest),
              new Pin(URI.create(base + "b.txt"), "x/b.txt", digest));
      Pull pull = pull(set("s.txt", STORIES, "train"));
      assertThatThrownBy(() -> pull.fetch(pins))
          .isInstanceOf(BadInputException.class)
          .hasMessageContaining("x/b.txt of ours is not the pinned file");
      whole.set(true);
      Pull.Pulled pulled = pull.fetch(pins);
      assertThat(pulled.fetched()).isEqualTo(1);
      assertThat(pulled.present()).isEqualTo(1);
      assertThat(asked).containsExactly("/a.txt", "/b.txt", "/b.txt");
      assertThat(folder.resolve("data/ours/x/b.txt")).hasBinaryContent(STORIES);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void saysThatAnAddressCannotBeReached() {
    Pin nowhere = new Pin(URI.create("http://localhost:1/a.txt"), "a.txt", Sha256.hex(STORIES));
    assertThatThrownBy(() -> pull(set("s.txt", STORIES, "train")).fetch(List.of(nowhere)))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("check the connection");
  }
}
