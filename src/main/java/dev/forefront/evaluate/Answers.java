package dev.forefront.evaluate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongConsumer;

/**
 * Answers of a model to many questions asked at once, in the order of the questions.
 *
 * @param <A> an answer
 */
final class Answers<A> {

  /** One answer, or the sentence that says why there is none. */
  sealed interface Answer<A> {
    record Given<A>(A answer) implements Answer<A> {}

    record Missing<A>(String why) implements Answer<A> {}
  }

  private final List<Answer<A>> all;

  private Answers(List<Answer<A>> all) {
    this.all = all;
  }

  /** Asks everything, with at most {@code concurrency} questions in flight. */
  static <Q, A> Answers<A> ask(
      List<Q> questions, int concurrency, Function<Q, A> model, LongConsumer done) {
    Semaphore places = new Semaphore(concurrency);
    AtomicLong finished = new AtomicLong();
    List<Future<A>> futures = new ArrayList<>(questions.size());
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("evaluate-", 1).factory())) {
      for (Q question : questions) {
        places.acquireUninterruptibly();
        futures.add(
            threads.submit(
                () -> {
                  try {
                    return model.apply(question);
                  } finally {
                    places.release();
                    done.accept(finished.incrementAndGet());
                  }
                }));
      }
      List<Answer<A>> answers = new ArrayList<>(futures.size());
      for (Future<A> future : futures) {
        answers.add(answer(future));
      }
      return new Answers<>(answers);
    }
  }

  private static <A> Answer<A> answer(Future<A> future) {
    try {
      return new Answer.Given<>(future.get());
    } catch (ExecutionException failed) {
      Throwable cause = failed.getCause();
      if (cause instanceof Error error) {
        throw error;
      }
      return new Answer.Missing<>(String.valueOf(cause == null ? failed : sentence(cause)));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return new Answer.Missing<>("the evaluation was interrupted");
    }
  }

  private static String sentence(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  List<Answer<A>> all() {
    return all;
  }

  /** The answers that were given, in order. */
  List<A> given() {
    List<A> given = new ArrayList<>();
    for (Answer<A> answer : all) {
      if (answer instanceof Answer.Given<A>(A value)) {
        given.add(value);
      }
    }
    return given;
  }

  long missing() {
    return all.size() - given().size();
  }

  /** One sentence for each different failure, with how often it came. */
  List<String> problems(String suite) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Answer<A> answer : all) {
      if (answer instanceof Answer.Missing<A>(String why)) {
        counts.merge(why, 1, Integer::sum);
      }
    }
    return counts.entrySet().stream()
        .map(
            problem ->
                "%s: %d of %d items failed: %s"
                    .formatted(suite, problem.getValue(), all.size(), problem.getKey()))
        .toList();
  }

  /** The share of items without an answer, if there are any. */
  List<Result> errorRate(String suite, String digest) {
    return missing() == 0
        ? List.of()
        : List.of(Result.ofRate(suite, "error_rate", missing(), all.size(), digest));
  }
}
