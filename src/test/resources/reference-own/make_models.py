"""Tiny random checkpoints of every architecture and what Hugging Face transformers computes for them.

Made with transformers 5.18.0, torch 2.13.0+cpu, safetensors 0.8.0, peft 0.21.0 (see README.md):
    python3 make_models.py OUTPUT_FOLDER
"""
import json
import os
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModelForCausalLM

VOCAB, WIDTH, INNER, HEADS, KV, SIZE = 64, 32, 48, 4, 2, 8
BASE = dict(
    vocab_size=VOCAB, hidden_size=WIDTH, intermediate_size=INNER, num_hidden_layers=2,
    num_attention_heads=HEADS, num_key_value_heads=KV, max_position_embeddings=128,
    initializer_range=0.2, bos_token_id=1, eos_token_id=2, pad_token_id=0, attention_dropout=0.0)


def rope(kind, **more):
    return {"rope_parameters": {"rope_type": kind, "rope_theta": 10000.0, **more}}


MODELS = {
    "llama-linear": ("llama", rope("linear", factor=4.0)),
    "llama-yarn": ("llama", rope("yarn", factor=4.0, original_max_position_embeddings=32)),
    "llama-yarn-own": ("llama", rope("yarn", factor=8.0, original_max_position_embeddings=16,
                                     beta_fast=16.0, beta_slow=2.0, attention_factor=1.3,
                                     truncate=False)),
    "mistral-window": ("mistral", dict(sliding_window=8, head_dim=SIZE)),
    "qwen2-window-mscale": ("qwen2", dict(
        use_sliding_window=True, sliding_window=8, max_window_layers=1,
        **rope("yarn", factor=4.0, original_max_position_embeddings=32, mscale=1.0,
               mscale_all_dim=0.5))),
    "qwen3-window": ("qwen3", dict(use_sliding_window=True, sliding_window=8,
                                   max_window_layers=1, head_dim=16, tie_word_embeddings=True)),
    "gemma2": ("gemma2", dict(head_dim=16, query_pre_attn_scalar=24, sliding_window=8,
                              attn_logit_softcapping=5.0, final_logit_softcapping=4.0)),
    "gemma3": ("gemma3_text", dict(
        head_dim=16, query_pre_attn_scalar=24, sliding_window=8, num_hidden_layers=3,
        layer_types=["sliding_attention", "sliding_attention", "full_attention"],
        rope_parameters={
            "full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0},
            "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}})),
    "phi3-window": ("phi3", dict(sliding_window=8)),
    "olmo2": ("olmo2", dict()),
}


def seeded(model, seed):
    generator = torch.Generator().manual_seed(seed)
    shifted = "gemma" in model.config.model_type
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if "norm" in name:
                value = (0 if shifted else 1) + 0.3 * noise
            else:
                value = 0.2 * noise
            # Stored in 16 bits: the reference is computed on the widened numbers.
            parameter.copy_(value.to(torch.bfloat16).to(torch.float32))


def old_layout(config):
    """The same configuration as transformers 4 and the published checkpoints write it."""
    old = dict(config)
    old["torch_dtype"] = old.pop("dtype")
    old["transformers_version"] = "4.57.6"
    parameters = old.pop("rope_parameters")
    if "full_attention" in parameters:
        full = dict(parameters["full_attention"])
        old["rope_theta"] = full.pop("rope_theta")
        old["rope_scaling"] = None if full["rope_type"] == "default" else full
        old["rope_local_base_freq"] = parameters["sliding_attention"]["rope_theta"]
    else:
        parameters = dict(parameters)
        old["rope_theta"] = parameters.pop("rope_theta")
        parameters.pop("partial_rotary_factor", None)
        old["rope_scaling"] = None if parameters["rope_type"] == "default" else parameters
    return old


def residuals(model, ids):
    """Input of the first layer, the stream after each layer, and the final norm's output."""
    kept = {}
    layers = model.model.layers
    hooks = []

    def before(module, args, kwargs):
        kept["hidden.embedding"] = (args[0] if args else kwargs["hidden_states"]).detach().clone()

    def after(k):
        def hook(module, args, output):
            out = output[0] if isinstance(output, tuple) else output
            kept[f"hidden.layer.{k}"] = out.detach().clone()
        return hook

    def final(module, args, output):
        kept["hidden.final_norm"] = output.detach().clone()

    hooks.append(layers[0].register_forward_pre_hook(before, with_kwargs=True))
    hooks += [layer.register_forward_hook(after(k)) for k, layer in enumerate(layers)]
    hooks.append(model.model.norm.register_forward_hook(final))
    logits = model(ids, use_cache=False).logits
    for hook in hooks:
        hook.remove()
    return logits, kept


def greedy(model, prompt, count):
    ids, gap = list(prompt), float("inf")
    for _ in range(count):
        logits = model(torch.tensor([ids]), use_cache=False).logits[0, -1]
        top = torch.topk(logits, 2).values
        gap = min(gap, (top[0] - top[1]).item())
        ids.append(int(logits.argmax()))
    return {"prompt": prompt, "tokens": ids[len(prompt):], "smallest_top2_gap": gap}


def main(out):
    torch.set_num_threads(1)
    for number, (name, (kind, more)) in enumerate(MODELS.items()):
        folder = os.path.join(out, name)
        os.makedirs(folder, exist_ok=True)
        config = AutoConfig.for_model(kind, **{**BASE, **more})
        config._attn_implementation = "eager"
        model = AutoModelForCausalLM.from_config(config).eval().to(torch.float32)
        seeded(model, 100 + number)
        generator = torch.Generator().manual_seed(number)
        tensors = {}
        with torch.no_grad():
            for case, (rows, length) in enumerate([(1, 1), (1, 7), (2, 24)]):
                ids = torch.randint(3, VOCAB, (rows, length), generator=generator)
                if case == 1:
                    logits, kept = residuals(model, ids)
                    tensors.update(kept)
                else:
                    logits = model(ids, use_cache=False).logits
                tensors[f"case.{case}.input_ids"] = ids
                tensors[f"case.{case}.logits"] = logits
            scored = []
            for length in (3, 20):
                ids = torch.randint(3, VOCAB, (length + 4,), generator=generator).tolist()
                logprobs = model(torch.tensor([ids]), use_cache=False).logits[0].log_softmax(-1)
                scored.append({
                    "prompt": ids[:length], "continuation": ids[length:],
                    "logprobs": [logprobs[i - 1, ids[i]].item() for i in range(length, len(ids))]})
            # A prompt whose path rounding cannot change.
            paths = []
            for _ in range(2):
                tries = [greedy(model, torch.randint(3, VOCAB, (5,), generator=generator).tolist(), 24)
                         for _ in range(6)]
                paths.append(max(tries, key=lambda one: one["smallest_top2_gap"]))
        save_file({k: v.contiguous() for k, v in tensors.items()},
                  os.path.join(folder, "reference.safetensors"))
        with open(os.path.join(folder, "reference.json"), "w") as file:
            json.dump({"name": name, "model_type": kind, "greedy": paths,
                       "continuation_logprobs": scored,
                       "tolerance": {"logits": 1e-4, "hidden": 1e-4, "logprobs_abs": 1e-3}}, file)
        model.to(torch.bfloat16).save_pretrained(folder)
        with open(os.path.join(folder, "config.json")) as file:
            written = json.load(file)
        with open(os.path.join(folder, "config-v4.json"), "w") as file:
            json.dump(old_layout(written), file, indent=1)
        generation = os.path.join(folder, "generation_config.json")
        if os.path.exists(generation):
            os.remove(generation)
        print(name, os.path.getsize(os.path.join(folder, "model.safetensors")),
              sorted(load_file(os.path.join(folder, "model.safetensors")))[:3],
              [one["smallest_top2_gap"] for one in paths])


if __name__ == "__main__":
    main(sys.argv[1])
