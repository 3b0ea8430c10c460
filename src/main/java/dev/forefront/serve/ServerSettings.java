package dev.forefront.serve;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where a server listens and what it bears. Nothing here decides what is served.
 *
 * @param data folder of what is kept: conversations
 * @param host name or address to listen on
 * @param port 0 takes any free one
 * @param mostReplies replies written at once, at least 1
 * @param patience how long a request waits for one of them before it is told to come back
 * @param mostBodyBytes of one request
 * @param mostConversations kept at once
 * @param mostKeptBytes of all conversations together
 * @param promptsKept how long what the model has read of a prompt is kept in memory for the same
 *     caller's next one, after it was used last; zero keeps none
 * @param recording what of people's words the record keeps
 */
public record ServerSettings(
    Path data,
    String host,
    int port,
    int mostReplies,
    Duration patience,
    long mostBodyBytes,
    int mostConversations,
    long mostKeptBytes,
    Duration promptsKept,
    Recording recording) {

  public ServerSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port must be in [0, 65535], not " + port);
    }
    if (mostReplies < 1 || mostBodyBytes < 1 || mostConversations < 1 || mostKeptBytes < 1) {
      throw new IllegalArgumentException("limits must be at least 1");
    }
    if (patience.isNegative() || promptsKept.isNegative()) {
      throw new IllegalArgumentException("patience and promptsKept must not be negative");
    }
  }

  /**
   * This machine alone, port 8080, 64 replies, bodies of 32 MB, 1,000 conversations of 256 MB
   * together; prompts are kept for ten minutes.
   */
  public static ServerSettings standard(Path data) {
    return new ServerSettings(
        data,
        "127.0.0.1",
        8080,
        64,
        Duration.ofSeconds(10),
        32L << 20,
        1_000,
        256L << 20,
        Duration.ofMinutes(10),
        Recording.DIGESTS);
  }

  public ServerSettings withHost(String name) {
    return new ServerSettings(
        data,
        name,
        port,
        mostReplies,
        patience,
        mostBodyBytes,
        mostConversations,
        mostKeptBytes,
        promptsKept,
        recording);
  }

  public ServerSettings withPort(int number) {
    return new ServerSettings(
        data,
        host,
        number,
        mostReplies,
        patience,
        mostBodyBytes,
        mostConversations,
        mostKeptBytes,
        promptsKept,
        recording);
  }

  public ServerSettings withMostReplies(int replies, Duration wait) {
    return new ServerSettings(
        data,
        host,
        port,
        replies,
        wait,
        mostBodyBytes,
        mostConversations,
        mostKeptBytes,
        promptsKept,
        recording);
  }

  public ServerSettings withMostKept(int conversations, long bytes) {
    return new ServerSettings(
        data,
        host,
        port,
        mostReplies,
        patience,
        mostBodyBytes,
        conversations,
        bytes,
        promptsKept,
        recording);
  }

  public ServerSettings withPromptsKept(Duration most) {
    return new ServerSettings(
        data,
        host,
        port,
        mostReplies,
        patience,
        mostBodyBytes,
        mostConversations,
        mostKeptBytes,
        most,
        recording);
  }

  public ServerSettings withRecording(Recording kept) {
    return new ServerSettings(
        data,
        host,
        port,
        mostReplies,
        patience,
        mostBodyBytes,
        mostConversations,
        mostKeptBytes,
        promptsKept,
        kept);
  }
}
