package dev.forefront.generate;

import dev.forefront.conversation.BadInputException;
import dev.forefront.conversation.Loading;
import dev.forefront.conversation.Threads;
import dev.forefront.model.Gguf;
import dev.forefront.model.ModelWeights;
import dev.forefront.token.ChatTemplate;
import dev.forefront.token.EmbeddedVocabulary;
import dev.forefront.token.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * What a model folder or a GGUF file holds, read.
 *
 * @param template or what says why there is none
 */
record EngineFiles(IdModel model, Tokenizer tokenizer, Supplier<ChatTemplate> template) {

  /** What stands between text and ids. */
  private record Words(Tokenizer tokenizer, Supplier<ChatTemplate> template) {}

  static EngineFiles open(Path path, Loading loading) {
    if (Gguf.is(path)) {
      return openFile(path, loading);
    }
    return read(
        () -> {
          Tokenizer tokenizer = Tokenizer.open(path, loading);
          return new Words(tokenizer, template(path, tokenizer, loading));
        },
        () -> IdModel.open(path, loading));
  }

  /** Likewise, with another template than the folder's own. */
  static EngineFiles open(Path folder, String template, Loading loading) {
    return read(
        () -> {
          Tokenizer tokenizer = Tokenizer.open(folder, loading);
          ChatTemplate given = ChatTemplate.of(template, folder, tokenizer, loading);
          return new Words(tokenizer, () -> given);
        },
        () -> IdModel.open(folder, loading));
  }

  /** A GGUF file, which holds everything; it is read once. */
  private static EngineFiles openFile(Path file, Loading loading) {
    try (Gguf gguf = Gguf.open(file, loading)) {
      return read(
          () -> {
            EmbeddedVocabulary vocabulary = GgufTokenizer.vocabulary(gguf);
            Tokenizer tokenizer = GgufTokenizer.tokenizer(gguf, vocabulary);
            return new Words(
                tokenizer,
                template(file, () -> GgufTokenizer.template(gguf, vocabulary, tokenizer)));
          },
          () -> IdModel.of(ModelWeights.of(gguf)));
    }
  }

  /** Words and numbers are read side by side: neither needs the other, and each takes its time. */
  private static EngineFiles read(Supplier<Words> words, Supplier<IdModel> numbers) {
    FutureTask<Words> reading = new FutureTask<>(words::get);
    Thread reader = Thread.ofPlatform().name("forefront-words").start(reading);
    IdModel model;
    try {
      model = numbers.get();
    } finally {
      Threads.join(reader);
    }
    try {
      Words read = result(reading);
      return new EngineFiles(model, read.tokenizer(), read.template());
    } catch (RuntimeException | Error e) {
      model.close();
      throw e;
    }
  }

  private static Words result(FutureTask<Words> ended) {
    if (ended.state() == Future.State.SUCCESS) {
      return ended.resultNow();
    }
    if (ended.exceptionNow() instanceof Error error) {
      throw error;
    }
    // A supplier throws nothing that must be declared.
    throw (RuntimeException) ended.exceptionNow();
  }

  /** The folder's template, or something that says why there is none. */
  private static Supplier<ChatTemplate> template(
      Path folder, Tokenizer tokenizer, Loading loading) {
    if (Files.exists(folder.resolve(ChatTemplate.FILE))) {
      ChatTemplate template = ChatTemplate.open(folder, tokenizer, loading);
      return () -> template;
    }
    return template(folder, () -> ChatTemplate.open(folder, tokenizer, loading));
  }

  private static Supplier<ChatTemplate> template(Path model, Supplier<ChatTemplate> source) {
    try {
      ChatTemplate template = source.get();
      return () -> template;
    } catch (BadInputException none) {
      return () -> {
        throw new BadInputException(
            model + " has no chat template and takes plain text only: " + none.getMessage(), none);
      };
    }
  }
}
