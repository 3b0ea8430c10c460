package dev.forefront.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;

/**
 * One update of all parameters in one native pass: libtorch's {@code _fused_adamw_}, which the
 * binding leaves out and the dispatcher reaches. Loshchilov and Hutter 2019, algorithm 2.
 */
public final class AdamWKernel {

  /**
   * @param rate learning rate of this update
   * @param decay decoupled weight decay
   */
  public record Settings(double rate, double beta1, double beta2, double decay, double epsilon) {}

  private AdamWKernel() {}

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
    if (parameters.isEmpty()) {
      return;
    }
    try (Scope _ = Scope.open();
        Torch.NoGrad _ = Torch.noGrad()) {
      List<Tensor> gradients = new ArrayList<>();
      parameters.forEach(parameter -> gradients.add(parameter.gradient()));
      Dispatcher dispatcher = Dispatcher.singleton();
      OperatorHandle operator = dispatcher.findSchemaOrThrow("aten::_fused_adamw_", "");
      Type.TypePtr tensorType = operator.schema().arguments().type().get().containedType(0);
      IValueVector stack = new IValueVector();
      for (List<Tensor> list :
          List.of(parameters, gradients, first, second, List.<Tensor>of(), steps)) {
        GenericList values = new GenericList(tensorType);
        list.forEach(tensor -> values.push_back(new IValue(tensor.pointer())));
        stack.push_back(new IValue(values));
      }
      stack.push_back(new IValue(settings.rate()));
      stack.push_back(new IValue(settings.beta1()));
      stack.push_back(new IValue(settings.beta2()));
      stack.push_back(new IValue(settings.decay()));
      stack.push_back(new IValue(settings.epsilon()));
      stack.push_back(new IValue(false)); // amsgrad
      stack.push_back(new IValue(false)); // maximize
      stack.push_back(new IValue()); // grad_scale
      stack.push_back(new IValue()); // found_inf
      dispatcher.callBoxed(operator, stack);
    }
  }

  /**
   * Scales all gradients so that their global norm is at most {@code most}; Pascanu et al. 2013.
   *
   * @return the norm before
   */
  public static double clip(List<Tensor> parameters, double most) {
    try (Scope _ = Scope.open()) {
      return torch.clip_grad_norm_(Tensor.vector(parameters), most);
    }
  }
}
