#!/usr/bin/env python3
"""Writes the ggml file that whisper.cpp reads from the CTranslate2 files that faster-whisper reads: the same weights.

    ggml.py MODEL_FOLDER OUT.bin

The formats: CTranslate2's model_spec.py (version 6) and whisper.cpp's convert-pt-to-ggml.py. Matrices are written as
float16, as they lie in the CTranslate2 file and in whisper.cpp's own downloads.
"""
import json
import struct
import sys

import numpy as np

TYPES = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
ONLY_FLOAT32 = ("encoder.conv1.bias", "encoder.conv2.bias", "encoder.positional_embedding",
                "decoder.positional_embedding")


def read_ctranslate2(path):
    """Variables by name."""
    variables = {}
    with open(path, "rb") as f:
        number = lambda form: struct.unpack(form, f.read(struct.calcsize(form)))[0]
        string = lambda: f.read(number("<H")).rstrip(b"\0").decode()
        version, _, _ = number("<I"), string(), number("<I")
        if version != 6:
            sys.exit(f"{path} has version {version} of CTranslate2's format, 6 was expected")
        for _ in range(number("<I")):
            name = string()
            shape = [number("<I") for _ in range(number("<B"))]
            kind = number("<B")
            data = f.read(number("<I"))
            variables[name] = np.frombuffer(data, TYPES[kind]).reshape(shape)
    return variables


def tensors(variables):
    """All tensors under whisper's names; fused projections are taken apart."""
    def part(source, target):
        norm = f"{source}/gamma" in variables
        yield f"{target}.weight", variables[f"{source}/{'gamma' if norm else 'weight'}"]
        yield f"{target}.bias", variables[f"{source}/{'beta' if norm else 'bias'}"]

    def fused(source, targets):
        weights = np.split(variables[f"{source}/weight"], len(targets))
        biases = np.split(variables[f"{source}/bias"], len(targets))
        for target, weight, bias in zip(targets, weights, biases):
            yield f"{target}.weight", weight
            if not target.endswith("key"):  # whisper's keys have no bias; CTranslate2 fills in zeros
                yield f"{target}.bias", bias

    for side in ("encoder", "decoder"):
        yield f"{side}.positional_embedding", variables[f"{side}/position_encodings/encodings"]
        layers = 1 + max(int(name.split("/")[1][6:]) for name in variables if name.startswith(f"{side}/layer_") and
                         name.split("/")[1] != "layer_norm")
        for i in range(layers):
            here, there = f"{side}/layer_{i}", f"{side}.blocks.{i}"
            yield from part(f"{here}/self_attention/layer_norm", f"{there}.attn_ln")
            yield from fused(f"{here}/self_attention/linear_0",
                             [f"{there}.attn.{n}" for n in ("query", "key", "value")])
            yield from part(f"{here}/self_attention/linear_1", f"{there}.attn.out")
            if side == "decoder":
                yield from part(f"{here}/attention/layer_norm", f"{there}.cross_attn_ln")
                yield from part(f"{here}/attention/linear_0", f"{there}.cross_attn.query")
                yield from fused(f"{here}/attention/linear_1", [f"{there}.cross_attn.{n}" for n in ("key", "value")])
                yield from part(f"{here}/attention/linear_2", f"{there}.cross_attn.out")
            yield from part(f"{here}/ffn/layer_norm", f"{there}.mlp_ln")
            yield from part(f"{here}/ffn/linear_0", f"{there}.mlp.0")
            yield from part(f"{here}/ffn/linear_1", f"{there}.mlp.2")
        yield from part(f"{side}/layer_norm", "encoder.ln_post" if side == "encoder" else "decoder.ln")
    for conv in ("conv1", "conv2"):
        yield f"encoder.{conv}.weight", variables[f"encoder/{conv}/weight"]
        yield f"encoder.{conv}.bias", variables[f"encoder/{conv}/bias"][:, None]
    yield "decoder.token_embedding.weight", variables["decoder/embeddings/weight"]


def token_bytes(folder):
    """The ordinary tokens' bytes in order, undoing the byte-level alphabet of the tokenizer file."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    alphabet = {chr(b): b for b in printable}
    alphabet.update({chr(256 + n): b for n, b in enumerate(b for b in range(256) if b not in printable)})
    with open(f"{folder}/tokenizer.json") as f:
        vocabulary = json.load(f)["model"]["vocab"]
    ordinary = sorted((number, text) for text, number in vocabulary.items() if not text.startswith("<|"))
    return [bytes(alphabet[c] for c in text) for _, text in ordinary]


def write(folder, out):
    from faster_whisper.feature_extractor import FeatureExtractor
    variables = read_ctranslate2(f"{folder}/model.bin")
    mels = variables["encoder/conv1/weight"].shape[1]
    filters = np.asarray(FeatureExtractor(feature_size=mels).mel_filters, np.float32)
    count = lambda side: sum(n.startswith(side) and n.endswith("self_attention/linear_1/bias") for n in variables)
    state = variables["encoder/conv1/weight"].shape[0]
    heads = int(variables["encoder/num_heads"])
    header = [len(variables["decoder/embeddings/weight"]), 1500, state, heads, count("encoder"),
              len(variables["decoder/position_encodings/encodings"]), state, heads, count("decoder"), mels, 1]
    tokens = token_bytes(folder)
    with open(out, "wb") as f:
        f.write(struct.pack("<12i", 0x67676D6C, *header))
        f.write(struct.pack("<2i", *filters.shape) + filters.tobytes())
        f.write(struct.pack("<i", len(tokens)))
        for token in tokens:
            f.write(struct.pack("<i", len(token)) + token)
        for name, tensor in tensors(variables):
            small = tensor.ndim < 2 or name in ONLY_FLOAT32
            data = np.ascontiguousarray(tensor, np.float32 if small else np.float16)
            encoded = name.encode()
            f.write(struct.pack("<3i", data.ndim, len(encoded), 0 if small else 1))
            f.write(struct.pack(f"<{data.ndim}i", *reversed(data.shape)) + encoded + data.tobytes())


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    write(sys.argv[1], sys.argv[2])
