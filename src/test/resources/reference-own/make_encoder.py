"""Writes encoder/encoder.json: a small BERT with random weights, and what it says of a few texts.

    python make_encoder.py      # torch 2.13.0
"""

import json
import math
import pathlib

import torch
import torch.nn.functional as F

VOCABULARY, POSITIONS, WIDTH, HEADS, INNER, LAYERS = 30, 10, 12, 3, 20, 2
TEXTS = [[3], [1, 7, 2], [29, 0, 5, 5, 11, 28, 4, 9, 1, 2]]

torch.manual_seed(7)
weights = {}


def random(name, *shape, mean=0.0, spread=0.4):
    weights[name] = ((mean + torch.randn(shape) * spread) * 4096).round() / 4096


def norm(name):
    random(name + ".weight", WIDTH, mean=1.0, spread=0.2)
    random(name + ".bias", WIDTH)


def linear(name, outputs, inputs):
    random(name + ".weight", outputs, inputs)
    random(name + ".bias", outputs)


random("embeddings.word_embeddings.weight", VOCABULARY, WIDTH)
random("embeddings.position_embeddings.weight", POSITIONS, WIDTH)
norm("embeddings.LayerNorm")
for layer in range(LAYERS):
    of = f"encoder.layer.{layer}."
    for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
        linear(of + part, WIDTH, WIDTH)
    norm(of + "attention.output.LayerNorm")
    linear(of + "intermediate.dense", INNER, WIDTH)
    linear(of + "output.dense", WIDTH, INNER)
    norm(of + "output.LayerNorm")


def apply(name, x):
    return F.linear(x, weights[name + ".weight"], weights[name + ".bias"])


def normed(name, x):
    return F.layer_norm(x, (WIDTH,), weights[name + ".weight"], weights[name + ".bias"], 1e-12)


def heads(x):
    return x.view(-1, HEADS, WIDTH // HEADS).transpose(0, 1)


def encode(ids):
    x = weights["embeddings.word_embeddings.weight"][ids]
    x = normed("embeddings.LayerNorm", x + weights["embeddings.position_embeddings.weight"][: len(ids)])
    for layer in range(LAYERS):
        of = f"encoder.layer.{layer}."
        q, k, v = (heads(apply(of + "attention.self." + part, x)) for part in ("query", "key", "value"))
        seen = torch.softmax(q @ k.transpose(1, 2) / math.sqrt(WIDTH // HEADS), dim=-1) @ v
        heard = apply(of + "attention.output.dense", seen.transpose(0, 1).reshape(len(ids), WIDTH))
        x = normed(of + "attention.output.LayerNorm", x + heard)
        up = F.gelu(apply(of + "intermediate.dense", x), approximate="tanh")
        x = normed(of + "output.LayerNorm", x + apply(of + "output.dense", up))
    return x


def numbers(tensor):
    return [float(number) for number in tensor.flatten()]


shape = dict(vocabulary=VOCABULARY, positions=POSITIONS, width=WIDTH, heads=HEADS, inner=INNER, layers=LAYERS)
cases = [dict(ids=ids, states=numbers(encode(ids)), mean=numbers(encode(ids).mean(0))) for ids in TEXTS]
out = pathlib.Path(__file__).parent / "encoder" / "encoder.json"
out.write_text(
    json.dumps(dict(shape=shape, weights={name: numbers(one) for name, one in weights.items()}, cases=cases)) + "\n"
)
