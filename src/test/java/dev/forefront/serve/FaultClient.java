package dev.forefront.serve;

import dev.forefront.guard.Hazard;
import dev.forefront.serve.Fault.Ending;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Asks once, on a socket of its own, and keeps every byte that came back, however it ended. */
final class FaultClient {
  private static final int SILENCE_MILLIS = 20_000;
  private static final int SHORT_SILENCE_MILLIS = 150;

  /** In which form a reply is asked for. */
  enum Shape {
    MESSAGE,
    MESSAGE_STREAM,
    COMPLETION,
    COMPLETION_STREAM;

    boolean isStream() {
      return this == MESSAGE_STREAM || this == COMPLETION_STREAM;
    }

    private boolean isMessage() {
      return this == MESSAGE || this == MESSAGE_STREAM;
    }

    private String path() {
      return isMessage() ? "/v1/messages" : "/v1/chat/completions";
    }
  }

  /**
   * What came back.
   *
   * @param text the model's, as far as it came; the house's own notices are not in it
   */
  record Heard(Shape shape, int status, String requestId, String text, Ending ending) {}

  private FaultClient() {}

  static Heard ask(int port, FaultPlan plan, Shape shape) throws IOException {
    try (Socket socket = new Socket()) {
      if (plan.fault() == Fault.CALLER_READS_SLOWLY) {
        socket.setReceiveBufferSize(2_048);
      }
      try {
        socket.connect(new InetSocketAddress("127.0.0.1", port));
      } catch (ConnectException closed) {
        return new Heard(shape, 0, "", "", Ending.CUT);
      }
      byte[] body =
          Asking.message(plan.request(), shape.isStream() ? ",\"stream\":true" : "")
              .getBytes(StandardCharsets.UTF_8);
      String head =
          "POST %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
              .formatted(shape.path(), body.length);
      try {
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
      } catch (IOException closed) {
        // What the server said before it closed counts all the same.
      }
      Got got = read(socket, plan);
      Heard heard = heard(shape, got.bytes);
      return got.silent && plan.fault() != Fault.MODEL_HANGS
          ? new Heard(shape, heard.status, heard.requestId, heard.text, Ending.SILENT)
          : heard;
    }
  }

  private record Got(byte[] bytes, boolean silent) {}

  private static Got read(Socket socket, FaultPlan plan) throws IOException {
    boolean leaves = plan.fault() == Fault.CALLER_LEAVES || plan.fault() == Fault.CALLER_RESETS;
    int most = leaves ? 1 + plan.at() * 61 : Integer.MAX_VALUE;
    socket.setSoTimeout(plan.fault() == Fault.MODEL_HANGS ? SHORT_SILENCE_MILLIS : SILENCE_MILLIS);
    if (plan.fault() == Fault.CALLER_CLOSES_HALF) {
      socket.shutdownOutput();
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] piece = new byte[plan.fault() == Fault.CALLER_READS_SLOWLY ? 256 : 8_192];
    InputStream in = socket.getInputStream();
    boolean silent = false;
    try {
      while (all.size() < most) {
        int n = in.read(piece, 0, Math.min(piece.length, most - all.size()));
        if (n < 0) {
          break;
        }
        all.write(piece, 0, n);
        if (plan.fault() == Fault.CALLER_READS_SLOWLY) {
          Thread.sleep(1);
        }
      }
    } catch (SocketTimeoutException silence) {
      silent = true;
    } catch (IOException cut) {
      // The server closed hard: what came before it counts.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (plan.fault() == Fault.CALLER_RESETS) {
      socket.setSoLinger(true, 0);
    }
    return new Got(all.toByteArray(), silent);
  }

  private static Heard heard(Shape shape, byte[] bytes) {
    String head = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      return new Heard(shape, 0, "", "", Ending.CUT);
    }
    head = head.substring(0, end + 2);
    byte[] rest = Arrays.copyOfRange(bytes, end + 4, bytes.length);
    boolean chunked =
        head.toLowerCase(java.util.Locale.ROOT).contains("transfer-encoding: chunked");
    String body = new String(chunked ? joined(rest) : rest, StandardCharsets.UTF_8);
    int status = Integer.parseInt(head.substring(9, 12));
    Reading reading = new Reading(shape);
    if (shape.isStream() && status == 200) {
      reading.events(body);
    } else {
      reading.whole(status, body);
    }
    return new Heard(
        shape, status, header(head, "request-id: "), reading.modelText(), reading.ending);
  }

  private static String header(String head, String name) {
    int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("\r\n" + name);
    int from = at + 2 + name.length();
    return at < 0 ? "" : head.substring(from, head.indexOf("\r\n", from));
  }

  /** Chunks without their lengths, as far as they came. */
  private static byte[] joined(byte[] chunked) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    int at = 0;
    while (at < chunked.length) {
      int line = at;
      while (line < chunked.length && chunked[line] != '\r') {
        line++;
      }
      if (line + 2 > chunked.length) {
        break;
      }
      int length =
          Integer.parseInt(
              new String(chunked, at, line - at, StandardCharsets.US_ASCII).strip(), 16);
      int from = line + 2;
      all.write(chunked, from, Math.max(0, Math.min(length, chunked.length - from)));
      at = from + length + 2;
    }
    return all.toByteArray();
  }

  /** What a caller makes of an answer. */
  private static final class Reading {
    private final Shape shape;
    private final StringBuilder text = new StringBuilder();
    private String notice = "";
    private boolean refused;
    private boolean over;
    private Ending ending = Ending.CUT;

    Reading(Shape shape) {
      this.shape = shape;
    }

    void events(String body) {
      int from = 0;
      for (int to = body.indexOf("\n\n"); to >= 0; to = body.indexOf("\n\n", from)) {
        for (String line : body.substring(from, to).split("\n")) {
          if (line.startsWith("data: ")) {
            event(line.substring("data: ".length()));
          }
        }
        from = to + 2;
      }
      text.append(unfinished(body.substring(from)));
      if (ending != Ending.ERROR) {
        ending = !over ? Ending.CUT : refused ? Ending.REFUSED : Ending.FINISHED;
      }
    }

    private void event(String data) {
      if (data.equals("[DONE]")) {
        over = true;
        return;
      }
      JsonNode json = JsonMapper.shared().readTree(data);
      if (json.has("error")) {
        ending = Ending.ERROR;
      }
      over |= json.path("type").asString("").equals("message_stop");
      refused |= json.at("/delta/stop_reason").asString("").equals("refusal");
      refused |= json.at("/choices/0/finish_reason").asString("").equals("content_filter");
      notice = json.at("/forefront/notice").asString(notice);
      text.append(json.at("/delta/text").asString(""));
      text.append(json.at("/choices/0/delta/content").asString(""));
    }

    void whole(int status, String body) {
      if (status != 200) {
        ending = Ending.ERROR;
        return;
      }
      JsonNode json;
      try {
        json = JsonMapper.shared().readTree(body);
      } catch (JacksonException cut) {
        text.append(unfinished(body));
        return;
      }
      text.append(
          json.at(shape.isMessage() ? "/content/0/text" : "/choices/0/message/content")
              .asString(""));
      notice = json.at("/forefront/notice").asString("");
      String stop =
          json.at(shape.isMessage() ? "/stop_reason" : "/choices/0/finish_reason").asString("");
      refused = stop.equals("refusal") || stop.equals("content_filter");
      ending = refused ? Ending.REFUSED : Ending.FINISHED;
    }

    /** The text of an event or answer that was cut off in the middle. */
    private String unfinished(String json) {
      String name = shape.isMessage() ? "\"text\":\"" : "\"content\":\"";
      int at = json.indexOf(name);
      String rest = at < 0 ? "" : json.substring(at + name.length());
      for (int cut = 0; cut < 8 && cut < rest.length(); cut++) {
        try {
          String some = rest.substring(0, rest.length() - cut);
          JsonNode node = JsonMapper.shared().readTree("\"" + some + "\"");
          return node.asString("").replaceAll("\uFFFD$", "");
        } catch (JacksonException again) {
          // The cut went through an escape.
        }
      }
      return "";
    }

    String modelText() {
      String all = text.toString();
      Optional<Hazard> house =
          Arrays.stream(Hazard.values())
              .filter(hazard -> !all.isEmpty() && hazard.notice().startsWith(all))
              .findFirst();
      return all.equals(notice) || house.isPresent() ? "" : all;
    }
  }
}
