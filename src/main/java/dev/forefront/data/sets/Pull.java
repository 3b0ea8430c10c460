package dev.forefront.data.sets;

import dev.forefront.conversation.AtomicFile;
import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Brings a set into a folder: each file is compared with its pinned SHA-256 before it takes its
 * name, and files that are there already stay, so that a second call goes on where the first was
 * cut off.
 */
public final class Pull {
  private static final int LARGEST = 256 << 20;
  private static final int ATTEMPTS = 3;

  private final DataSet set;
  private final Path target;
  private final Progress progress;

  /**
   * @param root the set's folder is made inside
   */
  public Pull(DataSet set, Path root, Progress progress) {
    this.set = set;
    this.target = root.resolve(set.name());
    this.progress = progress;
  }

  /** Hears of each file that is in its place. */
  @FunctionalInterface
  public interface Progress {
    void file(String name, int done, int all);
  }

  /**
   * What a pull did.
   *
   * @param fetched files that came now
   * @param present files that were there
   */
  public record Pulled(String set, Path folder, int fetched, int present) {}

  /** One file that the set wants. */
  private record Wanted(String file, String sha256, Origin origin) {}

  private interface Origin {
    byte[] bytes() throws IOException, InterruptedException;
  }

  /**
   * Copies from a folder that holds the set's files, or holds a folder of the set's name.
   *
   * @throws BadInputException where a file is missing or is not the pinned one
   */
  public Pulled from(Path source) {
    Path folder =
        Files.isDirectory(source.resolve(set.name())) ? source.resolve(set.name()) : source;
    List<Wanted> wanted = new ArrayList<>();
    for (Map.Entry<String, String> file : new TreeMap<>(set.files()).entrySet()) {
      Path path = folder.resolve(file.getKey());
      if (!Files.isRegularFile(path)) {
        throw new BadInputException(
            "%s does not exist: --from takes the folder with the files of %s (%s)"
                .formatted(path, set.name(), String.join(", ", set.files().keySet())));
      }
      wanted.add(new Wanted(file.getKey(), file.getValue(), () -> Files.readAllBytes(path)));
    }
    return bring(wanted, folder.toString());
  }

  /**
   * Fetches from the public address.
   *
   * @throws BadInputException where the set is had from a folder only, the net cannot be reached,
   *     or a file is not the pinned one
   */
  public Pulled fromPublicAddress() {
    if (set.reach() == DataSet.Reach.FOLDER) {
      throw new BadInputException(
          "%s can only be taken with --from FOLDER: what is pinned is an extract of the files at %s, so their digests say nothing about it"
              .formatted(set.name(), set.homepage()));
    }
    return fetch(Pin.of(set.name()));
  }

  /** Fetches pinned files, one after the other. */
  Pulled fetch(List<Pin> pins) {
    try (HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(20))
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()) {
      List<Wanted> wanted =
          pins.stream()
              .map(pin -> new Wanted(pin.file(), pin.sha256(), () -> get(client, pin.address())))
              .toList();
      return bring(wanted, set.homepage());
    }
  }

  private Pulled bring(List<Wanted> wanted, String place) {
    int fetched = 0;
    for (int i = 0; i < wanted.size(); i++) {
      Wanted file = wanted.get(i);
      Path path = inside(file.file());
      if (!Files.isRegularFile(path) || !Sha256.hex(path).equals(file.sha256())) {
        byte[] bytes = verified(file, place);
        AtomicFile.write(path, channel -> AtomicFile.writeFully(channel, ByteBuffer.wrap(bytes)));
        fetched++;
      }
      progress.file(file.file(), i + 1, wanted.size());
    }
    return new Pulled(set.name(), target, fetched, wanted.size() - fetched);
  }

  private Path inside(String file) {
    Path path = target.resolve(file).normalize();
    if (!path.startsWith(target.normalize())) {
      throw new IllegalStateException(file + " would leave the set's folder");
    }
    return path;
  }

  private byte[] verified(Wanted file, String place) {
    byte[] bytes;
    try {
      bytes = file.origin().bytes();
    } catch (IOException e) {
      throw new BadInputException(
          "%s of %s could not be read from %s (%s): check the connection and pull again, or give --from FOLDER; what came already stays"
              .formatted(file.file(), set.name(), place, reason(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("pulling was interrupted", e));
    }
    String digest = Sha256.hex(bytes);
    if (!digest.equals(file.sha256())) {
      throw new BadInputException(
          "%s of %s is not the pinned file: its SHA-256 is %s, the catalogue's is %s; it was not kept"
              .formatted(file.file(), set.name(), digest, file.sha256()));
    }
    return bytes;
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  private static byte[] get(HttpClient client, URI address)
      throws IOException, InterruptedException {
    IOException last = new IOException("no attempt was made");
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        return once(client, address);
      } catch (IOException e) {
        last = e;
        Thread.sleep(Duration.ofMillis(300L * attempt));
      }
    }
    throw last;
  }

  private static byte[] once(HttpClient client, URI address)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(address).timeout(Duration.ofMinutes(5)).GET().build();
    HttpResponse<InputStream> response =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("%s answers %d".formatted(address, response.statusCode()));
      }
      byte[] bytes = body.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new IOException(address + " is larger than any set's file");
      }
      return bytes;
    }
  }
}
