package dev.forefront.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A plain HTTP client of one server. */
record Asking(URI url) {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  static Asking of(Server server) {
    return new Asking(server.url());
  }

  /** What was answered. */
  record Answer(int status, java.net.http.HttpHeaders headers, String body) {
    JsonNode json() {
      return JsonMapper.shared().readTree(body);
    }

    String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    /** The events of a stream, in order. */
    List<Event> events() {
      List<Event> events = new ArrayList<>();
      for (String block : body.split("\n\n")) {
        String name = "";
        String data = "";
        for (String line : block.split("\n")) {
          if (line.startsWith("event: ")) {
            name = line.substring("event: ".length());
          } else if (line.startsWith("data: ")) {
            data = line.substring("data: ".length());
          }
        }
        events.add(new Event(name, data));
      }
      return events;
    }
  }

  record Event(String name, String data) {
    JsonNode json() {
      return JsonMapper.shared().readTree(data);
    }
  }

  Answer get(String path, String... headers) {
    return send("GET", path, BodyPublishers.noBody(), headers);
  }

  Answer post(String path, String body, String... headers) {
    return send("POST", path, BodyPublishers.ofString(body), headers);
  }

  Answer put(String path, String body) {
    return send("PUT", path, BodyPublishers.ofString(body));
  }

  Answer delete(String path) {
    return send("DELETE", path, BodyPublishers.noBody());
  }

  Answer send(String method, String path, BodyPublisher body, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.headers(), response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** A request of the Messages API with one user message. */
  static String message(String text) {
    return message(text, "");
  }

  /**
   * @param more further fields, each with a comma before it
   */
  static String message(String text, String more) {
    return "{\"model\":\"any\",\"max_tokens\":200,\"messages\":[{\"role\":\"user\",\"content\":%s}]%s}"
        .formatted(JsonMapper.shared().writeValueAsString(text), more);
  }
}
