#!/usr/bin/env python3
"""What the timing judge itself can see: rows to read the figures of measure.py by.

    timing.py --hyperaudio .build/release/hyperaudio --audio DIR --out DIR

1. PocketSphinx against the hand-made word labels of TIMIT; and the difference of its errors on two people who say the same
   sentence: what it sees between two voices that sit exactly on each other.
2. The original against itself, 7, 20 and 40 ms late.
3. What is usual elsewhere: plain synthesis of a turn's text, stretched as a whole to the turn's length.
"""
import argparse
import csv
import os
import subprocess

import numpy as np
import soxr

from judges import Aligner, load

TURNS = [("two-hosts", "host", "jm_kumo"), ("two-hosts", "guest", "jf_alpha"), ("three-in-a-room", "b", "af_heart")]


def row(name, deviations):
    d = np.abs(deviations)
    print(f"{name:44s} {len(d):4d} words  median {np.median(d):4.0f}  mean {d.mean():4.0f}  p95 {np.percentile(d, 95):4.0f}"
          f"  bias {np.median(deviations):+4.0f} ms  within 50: {100 * (d <= 50).mean():.0f} %", flush=True)


def errors(options, align, wanted):
    """For each TIMIT sentence with a wanted name: the reader, the sentence, PocketSphinx less the hand labels, ms a word."""
    for line in list(csv.reader(open(f"{options.audio}/timit/manifest.tsv"), delimiter="\t"))[1:]:
        if not wanted(line[0]):
            continue
        truth = [int(w.split()[0]) / 16000 for w in open(f"{options.audio}/timit/{line[3][:-4]}.wrd")]
        sound, _ = load(f"{options.audio}/timit/{line[3]}", 16000)
        words = align(sound, line[5])
        if words and len(words) == len(truth):
            yield line[0], [1000 * (at - hand) for (_, at), hand in zip(words, truth)]


def hand_labels(options, align):
    row("PocketSphinx against hand labels (TIMIT)",
        [e for _, found in errors(options, align, lambda name: "-sa" not in name) for e in found])
    both = []
    for sentence in ("-sa1", "-sa2"):
        found = [e for _, e in errors(options, align, lambda name: name.endswith(sentence))]
        both += [b - a for i, one in enumerate(found) for two in found[:i] if len(one) == len(two)
                 for a, b in zip(one, two)]
    row("- on two readers of one sentence, difference", both)


def turns(options, programme, person):
    folder = f"{options.audio}/podcasts/{programme}"
    stem, rate = load(f"{folder}/speaker-{person}.flac")
    stem = soxr.resample(stem, rate, 16000, quality="VHQ")
    for turn in csv.DictReader(open(f"{folder}/turns.tsv"), delimiter="\t"):
        if turn["speaker"] == person and turn["text"]:
            i, j = int(max(0, float(turn["start"]) - 0.2) * 16000), int((float(turn["end"]) + 0.2) * 16000)
            yield stem[i:j], turn["text"]


def compare(align, pairs):
    found = []
    for old, new, text in pairs:
        before, after = align(old, text), align(new, text)
        if before and after:
            found += [1000 * (b - a) for (_, a), (_, b) in zip(before, after)]
    return found


def delayed(old, milliseconds):
    shift = int(16 * milliseconds)
    return np.concatenate([np.zeros(shift, old.dtype), old[:len(old) - shift]])


def stretched(options, voice, old, text):
    plain = f"{options.out}/plain.wav"
    subprocess.run([options.hyperaudio, "voices", "preview", voice, text, "--force", "--output", plain], check=True,
                   capture_output=True)
    was = np.flatnonzero(np.abs(old) > 0.05 * np.abs(old).max())
    return place(load(plain, 16000)[0], was[0], was[-1], len(old))


def place(plain, start, end, length):
    """Plain speech without its edges of silence, stretched as a whole to lie from `start` to `end` (16 kHz samples) of
    a silence of `length`."""
    loud = np.flatnonzero(np.abs(plain) > 0.02 * np.abs(plain).max())
    x = plain[loud[0]:loud[-1]]
    factor = min(max(len(x) / max(1, end - start), 0.5), 2)
    raw = subprocess.run(["ffmpeg", "-v", "error", "-f", "f32le", "-ar", "16000", "-i", "-", "-af",
                          f"atempo={factor:.5f}", "-f", "f32le", "-"],
                         input=x.astype(np.float32).tobytes(), check=True, capture_output=True).stdout
    y = np.frombuffer(raw, np.float32)
    new = np.zeros(length, np.float32)
    new[start:start + len(y)] = y[:max(0, length - start)]
    return new


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("hyperaudio", "audio", "out"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    align = Aligner()
    hand_labels(options, align)
    for programme, person, voice in TURNS:
        material = list(turns(options, programme, person))
        for late in (7, 20, 40):
            row(f"{programme} {person}: original {late} ms late",
                compare(align, [(old, delayed(old, late), text) for old, text in material]))
        row(f"{programme} {person}: plain {voice}, one stretch a turn",
            compare(align, [(old, stretched(options, voice, old, text), text) for old, text in material]))


if __name__ == "__main__":
    main()
