package dev.forefront.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.forefront.ChildJvm;
import dev.forefront.data.TokenBatch;
import dev.forefront.model.ModelConfig;
import dev.forefront.model.Transformer;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory that no Java object stands for, which counting live tensors does not find. */
class NativeMemoryTest {
  private static final int LENGTH = 16;
  private static final int WINDOW = 20;

  /** A first window, in which caches fill, and those that count. */
  private static final int WINDOWS = 4;

  @TempDir Path folder;

  /** What malloc has given out between two updates; from a run in which nothing is compiled. */
  @Test
  void aThousandUpdatesLeaveLessThanAMegabyteBehind() throws Exception {
    try (ChildJvm child =
        ChildJvm.start(
            folder.resolve("log"),
            List.of(),
            // The compilers borrow from malloc too, megabytes at a time.
            Map.of("MALLOC_ARENA_MAX", "1", "JDK_JAVA_OPTIONS", "-Xint"),
            NativeMemoryTest.class.getName(),
            folder.resolve("run").toString())) {
      assertThat(child.exitCode()).as(child::printed).isZero();
      long[] used =
          child
              .printed()
              .lines()
              .filter(line -> line.startsWith("used "))
              .mapToLong(line -> Long.parseLong(line.substring(5)))
              .toArray();
      assertThat(used).as(child::printed).hasSize(WINDOWS + 1);
      long[] growth =
          IntStream.range(1, WINDOWS).mapToLong(i -> used[i + 1] - used[i]).sorted().toArray();
      assertThat(growth[growth.length / 2] * (1000 / WINDOW))
          .as("bytes for a thousand updates; of each window %s".formatted(Arrays.toString(growth)))
          .isLessThan(1 << 20);
    }
  }

  /** Trains in the folder of the first argument. */
  public static void main(String[] arguments) throws Throwable {
    MethodHandle mallinfo = mallinfo();
    Trainer.Settings settings =
        TinyRun.settings(new Recipe.Care(1, false, 0, List.of()), WINDOW * (WINDOWS + 1));
    Trainer.Settings unsaved =
        new Trainer.Settings(
            settings.steps(),
            settings.optimizer(),
            settings.schedule(),
            settings.clip(),
            settings.steps(),
            settings.care());
    new Trainer(Path.of(arguments[0]), unsaved, Map.of())
        .run(
            NativeMemoryTest::model,
            new LanguageModeling(step -> List.of(batch(step))),
            Path.of("no-tokenizer"),
            update -> {
              if ((update.step() + 1) % WINDOW == 0) {
                System.out.println("used " + used(mallinfo));
              }
            });
  }

  /** As small as it can be: vectors take a thousandfold where nothing is compiled. */
  private static Transformer model() {
    return Transformer.initialize(ModelConfig.llama(64, 16, 32, 2, 2, 1, LENGTH, 0), 7);
  }

  private static TokenBatch batch(int step) {
    TokenBatch all = TinyRun.batch(step);
    return new TokenBatch(
        begun(all.ids()), begun(all.positions()), begun(all.documents()), begun(all.labels()));
  }

  private static int[][] begun(int[][] rows) {
    return new int[][] {Arrays.copyOf(rows[0], LENGTH)};
  }

  private static MethodHandle mallinfo() {
    Linker linker = Linker.nativeLinker();
    MemoryLayout ten =
        MemoryLayout.structLayout(
            IntStream.range(0, 10)
                .mapToObj(i -> ValueLayout.JAVA_LONG.withName("field" + i))
                .toArray(MemoryLayout[]::new));
    return linker.downcallHandle(
        linker.defaultLookup().find("mallinfo2").orElseThrow(), FunctionDescriptor.of(ten));
  }

  /** The eighth field, uordblks: bytes given out; see mallinfo(3). */
  private static long used(MethodHandle mallinfo) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment fields = (MemorySegment) mallinfo.invokeExact((SegmentAllocator) arena);
      return fields.getAtIndex(ValueLayout.JAVA_LONG, 7);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
