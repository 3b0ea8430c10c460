package dev.forefront.tensor;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.function.Supplier;

/** Keeps what native code prints out of the answer that a program reads. */
final class StandardOutput {
  private static final int OUT = 1;
  private static final int ERROR = 2;

  private StandardOutput() {}

  private static int diverting;
  private static int saved = -1;

  /** Runs something whose words to standard output go to standard error instead. */
  static <T> T toError(Supplier<T> work) {
    divert();
    try {
      return work.get();
    } finally {
      restore();
    }
  }

  private static synchronized void divert() {
    if (diverting++ == 0) {
      System.out.flush();
      saved = call("dup", OUT);
      call("dup2", ERROR, OUT);
    }
  }

  private static synchronized void restore() {
    if (--diverting == 0 && saved >= 0) {
      call("dup2", saved, OUT);
      call("close", saved);
    }
  }

  private static int call(String name, int... arguments) {
    Linker linker = Linker.nativeLinker();
    ValueLayout.OfInt[] layouts = new ValueLayout.OfInt[arguments.length];
    Arrays.fill(layouts, ValueLayout.JAVA_INT);
    try {
      MethodHandle handle =
          linker.downcallHandle(
              linker.defaultLookup().findOrThrow(name),
              FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts));
      Object[] boxed = Arrays.stream(arguments).boxed().toArray();
      return (int) handle.invokeWithArguments(boxed);
    } catch (Throwable e) {
      throw new IllegalStateException(name + " cannot be called", e);
    }
  }
}
