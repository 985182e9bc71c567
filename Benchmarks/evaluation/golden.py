#!/usr/bin/env python3
"""Asks the field's own tools for the figures that Tests/EvaluationTests compares the program's scorers with.

    python3 -m venv .venv && .venv/bin/pip install -r Benchmarks/evaluation/requirements.txt
    .venv/bin/python Benchmarks/evaluation/golden.py Tests/EvaluationTests/Golden

Writes diarization.json (pyannote.metrics), words.json (jiwer, meeteval), separation.json (fast-bss-eval),
loudness.json (pyloudnorm) and melody.json (Praat through parselmouth). Texts and turns are in the files; sounds are
made by the same formulas here and in Tests/EvaluationTests/GoldenSounds.swift, so that no audio is kept.
"""
import argparse
import itertools
import json
import random
from pathlib import Path

import numpy as np

RATE = 16000


# --- Sounds, as GoldenSounds.swift makes them ---------------------------------------------------------------------------

def noise(count, seed):
    """SplitMix64, top 24 bits, -1...1."""
    mask = (1 << 64) - 1
    state, out = seed, np.empty(count)
    for n in range(count):
        state = (state + 0x9E3779B97F4A7C15) & mask
        mixed = state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & mask
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & mask
        mixed ^= mixed >> 31
        out[n] = (mixed >> 40) / float(1 << 23) - 1
    return out


def voice(seconds, base, swing, period, pauses, seed):
    """Twelve harmonics, 1/k, of `base` Hz times 2^(swing sin(2 pi t / period)); faint noise in the pauses."""
    t = np.arange(int(seconds * RATE)) / RATE
    hertz = base * 2 ** (swing * np.sin(2 * np.pi * t / period))
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    x = sum(np.sin(k * phase) / k for k in range(1, 13)) * 0.2
    for start, end in pauses:
        x[(t >= start) & (t < end)] = 0
    return x + 0.001 * noise(len(x), seed)


# --- Turns ---------------------------------------------------------------------------------------------------------------

def programme(seed):
    """A talk with overlap, and a hypothesis with shifted edges, lost and swapped turns."""
    draw = random.Random(seed)
    people = ["anna", "ben", "cleo"][: 2 + seed % 2]
    reference, at = [], 0.0
    for _ in range(14):
        start = round(max(0, at + draw.uniform(-0.8, 1.0)), 3)
        end = round(start + draw.uniform(0.3, 6.0), 3)
        reference.append((draw.choice(people), start, end))
        at = end
    hypothesis = []
    for who, start, end in reference:
        if draw.random() < 0.12:
            continue
        name = draw.choice("XYZ") if draw.random() < 0.15 else "XYZ"[people.index(who)]
        start = round(max(0, start + draw.uniform(-0.3, 0.4)), 3)
        hypothesis.append((name, start, round(max(start + 0.1, end + draw.uniform(-0.4, 0.3)), 3)))
    return reference, hypothesis


def diarization():
    from pyannote.core import Annotation, Segment
    from pyannote.metrics.diarization import DiarizationErrorRate

    def annotation(turns):
        result = Annotation()
        for index, (who, start, end) in enumerate(turns):
            result[Segment(start, end), index] = who
        return result.support()

    cases = []
    for seed in range(12):
        reference, hypothesis = programme(seed)
        figures = []
        for collar, skip in itertools.product((0.0, 0.25), (False, True)):
            # pyannote's collar is the sum of both sides.
            metric = DiarizationErrorRate(collar=2 * collar, skip_overlap=skip)
            parts = metric(annotation(reference), annotation(hypothesis), detailed=True)
            figures.append({
                "collarSeconds": collar, "countsOverlap": not skip, "total": parts["total"],
                "missed": parts["missed detection"], "falseAlarm": parts["false alarm"],
                "confused": parts["confusion"], "errorRate": parts["diarization error rate"]})
        cases.append({"reference": reference, "hypothesis": hypothesis, "figures": figures})
    return cases


# --- Words ---------------------------------------------------------------------------------------------------------------

WORDS = "the a quick brown fox jumps over lazy dog and then it's gone while nobody looks at night".split()


def damaged(words, draw):
    out = []
    for word in words:
        chance = draw.random()
        if chance < 0.1:
            continue
        out.append(draw.choice(WORDS) if chance < 0.2 else word)
        if chance > 0.92:
            out.append(draw.choice(WORDS))
    return out


def words():
    import jiwer
    import meeteval

    pairs, meetings = [], []
    for seed in range(10):
        draw = random.Random(100 + seed)
        reference = [draw.choice(WORDS) for _ in range(5 + 9 * seed)]
        hypothesis = damaged(reference, draw)
        a, b = " ".join(reference), " ".join(hypothesis)
        by_word, by_letter = jiwer.process_words(a, b), jiwer.process_characters(a, b)
        pairs.append({
            "reference": a, "hypothesis": b, "wordErrorRate": by_word.wer, "characterErrorRate": by_letter.cer,
            "wordErrors": by_word.substitutions + by_word.deletions + by_word.insertions, "words": len(reference)})
    for seed in range(8):
        draw = random.Random(200 + seed)
        there, found = 1 + seed % 4, 1 + (seed * 7 + 3) % 4
        reference = {f"r{i}": [draw.choice(WORDS) for _ in range(draw.randint(3, 25))] for i in range(there)}
        names = list(reference)
        hypothesis = {}
        for i in range(found):
            source = reference[names[(i + seed) % there]]
            hypothesis[f"h{i}"] = damaged(source, draw)
        a = {k: " ".join(v) for k, v in reference.items()}
        b = {k: " ".join(v) for k, v in hypothesis.items()}
        result = meeteval.wer.cp_word_error_rate(a, b)
        meetings.append({"reference": a, "hypothesis": b, "errors": result.errors, "words": result.length,
                         "errorRate": result.error_rate})
    return {"pairs": pairs, "meetings": meetings}


# --- Separation ----------------------------------------------------------------------------------------------------------

def estimates():
    """(name, reference, estimate): what a separator may do to a sound."""
    count = RATE
    reference = voice(1.0, 120, 0.3, 0.7, [(0.4, 0.5)], 1)
    other = noise(count, 2)
    echo = np.convolve(reference, [1, 0, 0, 0.5, 0, -0.3, 0, 0, 0, 0.1])[:count]
    return [
        ("noise at 0.1", reference, reference + 0.1 * other),
        ("noise at 0.01, half as loud", reference, 0.5 * reference + 0.005 * other),
        ("filtered", reference, echo + 0.01 * other),
        ("delayed by 20 samples", reference, np.concatenate([np.zeros(20), reference])[:count] + 0.02 * other),
        ("something else", reference, other),
    ]


def separation():
    import fast_bss_eval
    cases = []
    for name, reference, estimate in estimates():
        sdr = fast_bss_eval.numpy.sdr(reference[None], estimate[None], filter_length=512, zero_mean=False,
                                clamp_db=None, use_cg_iter=None, load_diag=None)
        scale_invariant = fast_bss_eval.numpy.si_sdr(reference[None], estimate[None], zero_mean=False, clamp_db=None)
        cases.append({"name": name, "sdr": float(np.ravel(sdr)[0]), "siSDR": float(np.ravel(scale_invariant)[0])})
    return cases


# --- Loudness and melody ---------------------------------------------------------------------------------------------------

def loudness():
    import pyloudnorm
    cases = []
    for rate, level, hertz in ((44100, 0.1, 997), (48000, 0.05, 300), (44100, 0.3, 4000)):
        t = np.arange(8 * rate) / rate
        left = level * np.sin(2 * np.pi * hertz * t) * np.where(t < 4, 1, 0.02)
        stereo = np.stack([left, 0.5 * left], axis=1)
        cases.append({"sampleRate": rate, "level": level, "hertz": hertz,
                      "loudnessLUFS": float(pyloudnorm.Meter(rate).integrated_loudness(stereo))})
    return cases


def melody():
    import parselmouth

    def track(x):
        sound = parselmouth.Sound(x, RATE)
        first = sound.to_pitch_ac(time_step=0.01, pitch_floor=60, pitch_ceiling=500)
        f = first.selected_array["frequency"]
        low, high = np.percentile(f[f > 75], [25, 75])
        pitch = sound.to_pitch_ac(time_step=0.01, pitch_floor=max(50, 0.65 * low), pitch_ceiling=min(700, 2 * high))
        return pitch

    pauses = [(0.9, 1.3), (2.2, 2.35)]
    cases = []
    for name, base, swing, period, other in (
            ("the same melody, higher", 190, 0.25, 1.1, pauses), ("another melody", 170, 0.3, 0.63, pauses),
            ("fewer pauses", 140, 0.25, 1.1, pauses[:1])):
        a, b = track(voice(3.0, 110, 0.25, 1.1, pauses, 3)), track(voice(3.0, base, swing, period, other, 4))
        at = np.arange(0.05, 2.95, 0.01)
        fa = np.nan_to_num([a.get_value_at_time(t) for t in at])
        fb = np.nan_to_num([b.get_value_at_time(t) for t in at])
        both = (fa > 0) & (fb > 0)
        cases.append({"name": name, "base": base, "swing": swing, "period": period, "pauses": other,
                      "f0Correlation": float(np.corrcoef(np.log(fa[both]), np.log(fb[both]))[0, 1]),
                      "voicingAgreement": float(((fa > 0) == (fb > 0)).mean())})
    return {"source": {"base": 110, "swing": 0.25, "period": 1.1, "pauses": pauses}, "cases": cases}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for make in (diarization, words, separation, loudness, melody):
        (folder / f"{make.__name__}.json").write_text(json.dumps(make(), indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
