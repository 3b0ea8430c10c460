package dev.forefront.tensor;

import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Type;

/**
 * One update of all parameters in one native pass: libtorch's {@code _fused_adamw_}, which the
 * binding leaves out and the dispatcher reaches. Loshchilov and Hutter 2019, algorithm 2.
 */
public final class AdamWKernel {

  /**
   * @param rate learning rate of this update
   * @param decay decoupled weight decay
   * @param scale of the gradients, above 0 and at most 1; see {@link #clipping}
   */
  public record Settings(
      double rate, double beta1, double beta2, double decay, double epsilon, double scale) {}

  private AdamWKernel() {}

  /**
   * Found once: the binding copies an operator's arguments whenever they are asked for, 3 kB, and
   * never frees them.
   */
  private static final class Fused {
    static final OperatorHandle OPERATOR;
    static final Type.TypePtr TENSOR;

    static {
      try (Scope _ = Scope.open()) {
        OPERATOR = Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");
        TENSOR = OPERATOR.schema().arguments().type().get().containedType(0);
        OPERATOR.retainReference();
        TENSOR.retainReference();
      }
    }
  }

  /**
   * Updates parameters and moments in place from the parameters' gradients.
   *
   * @param first moments, like the parameters
   * @param second moments, like the parameters
   * @param steps updates so far, one number each; the kernel reads them, the caller counts
   */
  public static void update(
      List<Tensor> parameters,
      List<Tensor> first,
      List<Tensor> second,
      List<Tensor> steps,
      Settings settings) {
    update(parameters, first, second, List.of(), steps, settings);
  }

  /**
   * Likewise, in the variant whose step never grows (Reddi et al. 2018, AMSGrad).
   *
   * @param highest second moments so far, like the parameters; empty for the plain variant
   */
  public static void update(
      List<Tensor> parameters,
      List<Tensor> first,
      List<Tensor> second,
      List<Tensor> highest,
      List<Tensor> steps,
      Settings settings) {
    try (Scope _ = Scope.open()) {
      List<Tensor> gradients = parameters.stream().map(Tensor::gradient).toList();
      update(parameters, gradients, first, second, highest, steps, settings);
    }
  }

  /** Likewise, with gradients that lie elsewhere: of parts of parameters. */
  public static void update(
      List<Tensor> parameters,
      List<Tensor> gradients,
      List<Tensor> first,
      List<Tensor> second,
      List<Tensor> highest,
      List<Tensor> steps,
      Settings settings) {
    if (parameters.isEmpty()) {
      return;
    }
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      IValueVector stack = new IValueVector();
      for (List<Tensor> list : List.of(parameters, gradients, first, second, highest, steps)) {
        GenericList values = new GenericList(Fused.TENSOR);
        list.forEach(tensor -> values.push_back(new IValue(tensor.pointer())));
        stack.push_back(new IValue(values));
      }
      stack.push_back(new IValue(settings.rate()));
      stack.push_back(new IValue(settings.beta1()));
      stack.push_back(new IValue(settings.beta2()));
      stack.push_back(new IValue(settings.decay()));
      stack.push_back(new IValue(settings.epsilon()));
      stack.push_back(new IValue(!highest.isEmpty())); // amsgrad
      stack.push_back(new IValue(false)); // maximize
      stack.push_back(gradientScale(settings.scale())); // grad_scale
      stack.push_back(new IValue()); // found_inf
      Dispatcher.singleton().callBoxed(Fused.OPERATOR, stack);
    }
  }

  /** The kernel divides by it in passing, where scaling beforehand would be a pass of its own. */
  private static IValue gradientScale(double scale) {
    return scale == 1
        ? new IValue()
        : new IValue(Tensor.of(new float[] {(float) (1 / scale)}).view().pointer());
  }

  /** The global norm of all gradients. */
  public static double norm(List<Tensor> parameters) {
    try (Scope _ = Scope.open()) {
      double sum = 0;
      for (Tensor parameter : parameters) {
        double norm = parameter.hasGradient() ? parameter.gradient().norm().item() : 0;
        sum += norm * norm;
      }
      return Math.sqrt(sum);
    }
  }

  /**
   * What gradients of a global norm are multiplied by so that it is at most {@code most}; Pascanu
   * et al. 2013.
   */
  public static double clipping(double norm, double most) {
    // As PyTorch has it, so that recorded runs come out the same.
    return Math.min(1, most / (norm + 1e-6));
  }
}
