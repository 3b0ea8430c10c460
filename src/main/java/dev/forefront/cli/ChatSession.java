package dev.forefront.cli;

import dev.forefront.conversation.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;

/** One conversation after another, line by line. */
final class ChatSession {
  private static final String HELP =
      """
      Write a line and press Enter. Ctrl+C stops a reply, Ctrl+D ends the chat.
        /new   begin a new conversation
        /help  show this
        /quit  end the chat""";

  private final ChatClient client;
  private final PrintWriter out;
  private final Style style;
  private final List<Message> messages = new ArrayList<>();

  /** Where lines come from; empty at the end. */
  private interface Lines {
    Optional<String> next();
  }

  /** How marks are shown: in colour where a person looks, plain where a program reads. */
  enum Style {
    COLOUR,
    PLAIN;

    private String dim(String text) {
      return this == COLOUR ? "\u001b[2m" + text + "\u001b[0m" : text;
    }

    private String notice(String text) {
      return this == COLOUR ? "\u001b[33m" + text + "\u001b[0m" : text;
    }
  }

  ChatSession(ChatClient client, PrintWriter out, Style style) {
    this.client = client;
    this.out = out;
    this.style = style;
  }

  /** Talks to a person. */
  void run(Terminal terminal) {
    LineReader reader = LineReaderBuilder.builder().terminal(terminal).build();
    terminal.handle(Terminal.Signal.INT, signal -> client.stop());
    out.println(style.dim("/help shows what there is"));
    out.flush();
    talk(
        () -> {
          try {
            return Optional.of(reader.readLine("you> "));
          } catch (UserInterruptException e) {
            return Optional.of("");
          } catch (EndOfFileException e) {
            return Optional.empty();
          }
        });
  }

  /** Answers each line of a text. */
  void run(BufferedReader lines) {
    talk(
        () -> {
          try {
            return Optional.ofNullable(lines.readLine());
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  private void talk(Lines lines) {
    for (Optional<String> line = lines.next(); line.isPresent(); line = lines.next()) {
      String text = line.get().strip();
      switch (text) {
        case "" -> {}
        case "/quit", "/exit" -> {
          return;
        }
        case "/new" -> {
          messages.clear();
          say(style.dim("a new conversation"));
        }
        case "/help" -> say(style.dim(HELP));
        default -> {
          if (text.startsWith("/")) {
            say(style.dim("there is no command " + text + "; /help shows those there are"));
          } else {
            reply(text);
          }
        }
      }
    }
  }

  private void reply(String text) {
    messages.add(Message.user(text));
    ChatClient.End end = client.reply(List.copyOf(messages), this::show);
    out.println();
    switch (end) {
      case ChatClient.End.Said said -> messages.add(Message.assistant(said.text()));
      case ChatClient.End.Stopped stopped -> {
        say(style.dim("[stopped]"));
        if (stopped.text().isBlank()) {
          messages.removeLast();
        } else {
          messages.add(Message.assistant(stopped.text()));
        }
      }
      case ChatClient.End.Refused refused -> {
        String what = "[guard, %s: %s]".formatted(refused.hazard(), refused.title());
        boolean told = refused.text().equals(refused.notice());
        say(style.notice(told ? what : what + " " + refused.notice()));
        messages.removeLast();
      }
      case ChatClient.End.Failed failed -> {
        say(style.notice("[not answered] " + failed.why()));
        messages.removeLast();
      }
    }
    out.flush();
  }

  private void show(String piece) {
    // What a model writes must not steer the terminal.
    piece
        .codePoints()
        .filter(c -> c == '\n' || c == '\t' || !Character.isISOControl(c))
        .forEach(c -> out.print(Character.toString(c)));
    out.flush();
  }

  private void say(String text) {
    out.println(text);
    out.flush();
  }
}
