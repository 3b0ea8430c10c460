package dev.forefront.serve;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a server listens and what it bears. Nothing here decides what is served.
 *
 * @param data folder of what is kept: conversations
 * @param promptsKept how long what the model has read of a prompt is kept in memory for the same
 *     caller's next one, after it was used last; zero keeps none
 * @param recording what of people's words the record keeps
 */
public record ServerSettings(
    Path data, Address address, Load load, Room room, Duration promptsKept, Recording recording) {

  public ServerSettings {
    if (promptsKept.isNegative()) {
      throw new IllegalArgumentException("promptsKept must not be negative");
    }
  }

  /**
   * What a server listens on.
   *
   * @param host name or address
   * @param port 0 takes any free one
   * @param names that callers may ask for beside {@code localhost}, {@code host} and, where others
   *     than this machine can call, any address; as in the header {@code Host}, without a port
   */
  public record Address(String host, int port, Set<String> names) {
    private static final Pattern NAME =
        Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,252}|\\[[0-9a-fA-F:.]{2,45}]");

    public Address {
      names = Set.copyOf(names);
      for (String name : names) {
        if (!NAME.matcher(name).matches()) {
          throw new IllegalArgumentException(
              "a name is like chat.example.org, without scheme and port; \"%s\" is not"
                  .formatted(name));
        }
      }
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("port must be in [0, 65535], not " + port);
      }
    }
  }

  /**
   * What a server bears at once.
   *
   * @param mostReplies written at once, at least 1
   * @param patience how long a request waits for one of them before it is told to come back
   * @param mostBodyBytes of one request
   * @param bodyPatience how long a body may take beside what a slow network needs for what has come
   */
  public record Load(
      int mostReplies, Duration patience, long mostBodyBytes, Duration bodyPatience) {
    public Load {
      requirePositive(mostReplies, mostBodyBytes);
      if (patience.isNegative() || bodyPatience.isNegative()) {
        throw new IllegalArgumentException("patience must not be negative");
      }
    }
  }

  /**
   * Room for conversations that are kept.
   *
   * @param all of everyone together
   * @param each of one owner, who is told apart by what the chat page drew for this browser; what
   *     nobody owns shares the room of one. More than all is no bound
   */
  public record Room(Most all, Most each) {}

  /**
   * @param conversations at least 1
   * @param bytes of all of them together, at least 1
   */
  public record Most(int conversations, long bytes) {
    public Most {
      requirePositive(conversations, bytes);
    }
  }

  private static void requirePositive(long... limits) {
    for (long limit : limits) {
      if (limit < 1) {
        throw new IllegalArgumentException("limits must be at least 1");
      }
    }
  }

  /**
   * This machine alone, port 8080, 64 replies, bodies of 32 MB, 1,000 conversations of 256 MB
   * together, a quarter of that for one owner; prompts are kept for ten minutes.
   */
  public static ServerSettings standard(Path data) {
    return new ServerSettings(
        data,
        new Address("127.0.0.1", 8080, Set.of()),
        new Load(64, Duration.ofSeconds(10), 32L << 20, Duration.ofSeconds(30)),
        new Room(new Most(1_000, 256L << 20), new Most(250, 64L << 20)),
        Duration.ofMinutes(10),
        Recording.DIGESTS);
  }

  public ServerSettings withHost(String name) {
    return with(new Address(name, address.port(), address.names()));
  }

  public ServerSettings withPort(int number) {
    return with(new Address(address.host(), number, address.names()));
  }

  public ServerSettings withNames(Set<String> names) {
    return with(new Address(address.host(), address.port(), names));
  }

  private ServerSettings with(Address other) {
    return new ServerSettings(data, other, load, room, promptsKept, recording);
  }

  public ServerSettings withMostReplies(int replies, Duration wait) {
    return with(new Load(replies, wait, load.mostBodyBytes(), load.bodyPatience()));
  }

  public ServerSettings withBodyPatience(Duration most) {
    return with(new Load(load.mostReplies(), load.patience(), load.mostBodyBytes(), most));
  }

  private ServerSettings with(Load other) {
    return new ServerSettings(data, address, other, room, promptsKept, recording);
  }

  public ServerSettings with(Room other) {
    return new ServerSettings(data, address, load, other, promptsKept, recording);
  }

  public ServerSettings withPromptsKept(Duration most) {
    return new ServerSettings(data, address, load, room, most, recording);
  }

  public ServerSettings withRecording(Recording kept) {
    return new ServerSettings(data, address, load, room, promptsKept, kept);
  }
}
