package dev.forefront.cli;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A client of {@code POST /v1/messages}: one reply at a time, as it is written. */
final class ChatClient implements AutoCloseable {
  private static final int MOST_TOKENS = 4_096;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final URI url;
  // Known to nobody else: the server keeps what it has read for this chat alone.
  private final String caller = drawn();
  private final AtomicReference<@Nullable InputStream> reading = new AtomicReference<>();

  ChatClient(URI url) {
    this.url = url;
  }

  private static String drawn() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** How a reply ended. */
  sealed interface End {

    /** It is part of the conversation from now on. */
    record Said(String text) implements End {}

    /**
     * The guard stepped in: the turn is no part of the conversation.
     *
     * @param text what was delivered before, often nothing
     */
    record Refused(String text, String hazard, String title, String notice) implements End {}

    record Stopped(String text) implements End {}

    record Failed(String why) implements End {}
  }

  /** What a Forefront says about itself at this address, where one answers. */
  Optional<JsonNode> status() {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/api/status")).timeout(Duration.ofSeconds(5)).build();
    try {
      HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
      JsonNode status = JsonMapper.shared().readTree(response.body());
      return response.statusCode() == 200 && status.path("server").asString("").equals("forefront")
          ? Optional.of(status)
          : Optional.empty();
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /**
   * Asks for the next reply.
   *
   * @param piece hears its text; the fixed text of a refusal is not part of it
   */
  End reply(List<Message> messages, Consumer<String> piece) {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve("/v1/messages"))
            .header("Content-Type", "application/json")
            .header("anthropic-version", "2023-06-01")
            .header("x-forefront-caller", caller)
            .POST(BodyPublishers.ofString(body(messages)))
            .build();
    Hearing hearing = new Hearing(piece);
    try {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        reading.set(in);
        if (response.statusCode() != 200) {
          return new End.Failed(error(in));
        }
        return hearing.read(in);
      } finally {
        reading.set(null);
      }
    } catch (IOException e) {
      return hearing.stopped
          ? new End.Stopped(hearing.text.toString())
          : new End.Failed("the server at " + url + " does not answer: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new End.Stopped(hearing.text.toString());
    }
  }

  /** Ends the reply that is being written, from another thread. */
  void stop() {
    InputStream now = reading.get();
    if (now != null) {
      try {
        now.close();
      } catch (IOException e) {
        // It was over anyway.
      }
    }
  }

  private static String body(List<Message> messages) {
    ObjectNode body = JsonMapper.shared().createObjectNode();
    body.put("model", "forefront");
    body.put("max_tokens", MOST_TOKENS);
    body.put("stream", true);
    ArrayNode list = body.putArray("messages");
    for (Message message : messages) {
      list.addObject().put("role", message.role().wireName()).put("content", message.content());
    }
    return body.toString();
  }

  private static String error(InputStream in) throws IOException {
    String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    try {
      return JsonMapper.shared().readTree(text).at("/error/message").asString(text);
    } catch (JacksonException e) {
      return text;
    }
  }

  /** Reads the events of one message. */
  private static final class Hearing {
    private final Consumer<String> piece;
    private final StringBuilder text = new StringBuilder();
    private boolean stopped = true;

    Hearing(Consumer<String> piece) {
      this.piece = piece;
    }

    End read(InputStream in) throws IOException {
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("data:")) {
          End end = event(JsonMapper.shared().readTree(line.substring("data:".length())));
          if (end != null) {
            return end;
          }
        }
      }
      stopped = false;
      throw new IOException("the reply broke off");
    }

    private @Nullable End event(JsonNode event) {
      switch (event.path("type").asString("")) {
        case "content_block_delta" -> {
          String fresh = event.at("/delta/text").asString("");
          text.append(fresh);
          piece.accept(fresh);
        }
        case "error" -> {
          return new End.Failed(event.at("/error/message").asString("the reply failed"));
        }
        case "message_delta" -> {
          if (event.at("/delta/stop_reason").asString("").equals("refusal")) {
            JsonNode notice = event.path("forefront");
            return new End.Refused(
                text.toString(),
                notice.path("hazard").asString(""),
                notice.path("title").asString(""),
                notice
                    .path("notice")
                    .asString(event.at("/delta/stop_details/explanation").asString("")));
          }
        }
        case "message_stop" -> {
          return new End.Said(text.toString());
        }
        default -> {
          // Pings, and events that only begin or end a block.
        }
      }
      return null;
    }
  }

  /**
   * @throws BadInputException where the text is no address of a server
   */
  static URI url(String text) {
    try {
      URI url = URI.create(text);
      if (url.getHost() != null && (text.startsWith("http://") || text.startsWith("https://"))) {
        return url;
      }
    } catch (IllegalArgumentException e) {
      throw noUrl(text, e);
    }
    throw noUrl(text, null);
  }

  private static BadInputException noUrl(String text, @Nullable Throwable cause) {
    return new BadInputException(
        "\"%s\" is no address of a server: write one like http://localhost:8080".formatted(text),
        cause);
  }

  @Override
  public void close() {
    http.close();
  }
}
