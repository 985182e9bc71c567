#!/usr/bin/env python3
"""How well words are placed where recording is bad: hand-labelled sentences made worse in ways that move no word, or that
move each by a known amount.

    adverse.py --hyperaudio .build/release/hyperaudio --audio $HYPERAUDIO_EVALUATION_AUDIO --out OUT [--speakers 4]

TIMIT's sentences of a speaker are strung together with half a second between, so that a recording is as long as a turn of
a talk. OUT/<condition>/ holds the recordings with their .wrd and .phn; OUT/<condition>.json what `hyperaudio evaluate`
found there.
"""
import argparse
import json
import os
import subprocess

import numpy as np
import soundfile
import soxr

RATE, GAP = 16000, 8000
SUITE = """name: {name}
materials:
  - each: "*.wav"
    audio: "{{each}}.wav"
    turns: "{{each}}.phn"
    words: "{{each}}.wrd"
    language: en
    speakers: 1
    run: [transcribe, align]
"""


def labels(path):
    return [(int(a), int(b), text) for a, b, text in map(str.split, open(path))]


def strung(folder):
    """A speaker's sentences one after the other: sound, words, phones (positions in samples of 16 kHz)."""
    parts, words, phones, at = [], [], [], 0
    for name in sorted(f[:-4] for f in os.listdir(folder) if f.endswith(".wav") and not f.startswith("sa")):
        sound, _ = soundfile.read(f"{folder}/{name}.wav")
        for kept, kind in ((words, "wrd"), (phones, "phn")):
            kept += [(a + at, b + at, text) for a, b, text in labels(f"{folder}/{name}.{kind}")]
        phones.append((at + len(sound), at + len(sound) + GAP, "pau"))
        parts += [sound, np.zeros(GAP)]
        at += len(sound) + GAP
    return np.concatenate(parts), words, phones


def music(audio):
    folder = f"{audio}/music"
    sounds = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".ogg") and "Karissa" not in name:  # the one that sings
            sound, rate = soundfile.read(f"{folder}/{name}", always_2d=True)
            sounds.append(soxr.resample(sound.mean(axis=1), rate, RATE))
    return sounds


def over(bed, decibels):
    """The same with something under it; the ratio is over the whole recording."""
    def apply(sound, number):
        noise = np.resize(bed[number % len(bed)], len(sound))
        scale = np.sqrt((sound ** 2).mean() / (noise ** 2).mean()) * 10 ** (-decibels / 20)
        return sound + scale * noise
    return apply


def faster(sound, tempo):
    """Tempo without pitch, by ffmpeg's atempo (WSOLA)."""
    raw = subprocess.run(["ffmpeg", "-v", "error", "-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", "-", "-af",
                          f"atempo={tempo}", "-f", "f32le", "-"], input=sound.astype(np.float32).tobytes(),
                         capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.float32)


def in_room(rooms):
    def apply(sound, number):
        impulse = rooms[number % len(rooms)]
        impulse = impulse / abs(impulse).max()
        wet = np.convolve(sound, impulse)[np.argmax(abs(impulse)):][:len(sound)]
        return wet * np.sqrt((sound ** 2).mean() / (wet ** 2).mean())
    return apply


def telephone(sound, number):
    from scipy.signal import butter, sosfilt
    narrow = sosfilt(butter(4, [300, 3400], "band", fs=RATE, output="sos"), sound)
    scaled = np.clip(narrow / abs(narrow).max(), -1, 1)
    coded = np.sign(scaled) * np.log1p(255 * abs(scaled)) / np.log(256)
    coded = np.round(coded * 127) / 127
    return np.sign(coded) * (256 ** abs(coded) - 1) / 255 * 0.5


def paused(sound, words, phones, seconds, random):
    """A long silence between two words in the middle of each third word gap where the labels have no sound lost."""
    cuts = [b for (_, b, _), (a, _, _) in zip(words, words[1:]) if a == b]
    cuts = sorted(random.choice(cuts, len(cuts) // 6, replace=False))
    length = int(seconds * RATE)
    floor = np.quantile(abs(sound[sound != 0]), 0.05)
    parts, last = [], 0
    for cut in cuts:
        parts += [sound[last:cut], random.normal(0, floor, length)]
        last = cut
    moved = lambda at, end: at + length * sum(c < at if end else c <= at for c in cuts)
    shift = lambda kept: [(moved(a, False), moved(b, True), text) for a, b, text in kept]
    gaps = [(c + length * n, c + length * (n + 1), "pau") for n, c in enumerate(cuts)]
    return np.concatenate(parts + [sound[last:]]), shift(words), sorted(shift(phones) + gaps)


def conditions(audio):
    """name -> (sound, words, phones, number) -> the same made worse."""
    beds, random = music(audio), np.random.default_rng(7)
    folder = f"{audio}/noise_rir/RIRs"
    rooms = [soundfile.read(f"{folder}/{f}", always_2d=True) for f in sorted(os.listdir(folder))
             if f.endswith((".wav", ".flac"))]
    rooms = [soxr.resample(x[:, 0], rate, RATE) for x, rate in rooms]
    white = [random.normal(0, 0.1, 60 * RATE)]
    same = lambda change: lambda x, w, p, n: (change(x, n), w, p)
    scaled = lambda tempo: lambda x, w, p, n: (
        faster(x, tempo), *([(int(a / tempo), int(b / tempo), t) for a, b, t in kept] for kept in (w, p)))
    return {
        "as it is": same(lambda x, n: x),
        "music 10 dB under": same(over(beds, 10)),
        "music 5 dB under": same(over(beds, 5)),
        "music as loud": same(over(beds, 0)),
        "white noise 20 dB under": same(over(white, 20)),
        "white noise 10 dB under": same(over(white, 10)),
        "a room": same(in_room(rooms)),
        "telephone": same(telephone),
        "1.3 times as fast": scaled(1.3),
        "1.6 times as fast": scaled(1.6),
        "0.75 times as fast": scaled(0.75),
        "2 s pauses inside sentences": lambda x, w, p, n: paused(x, w, p, 2.0, random),
    }


def make(folder, change, speakers, audio):
    os.makedirs(folder, exist_ok=True)
    for number, speaker in enumerate(speakers):
        sound, words, phones = change(*strung(f"{audio}/timit/{speaker}"), number)
        soundfile.write(f"{folder}/{speaker}.wav", sound / max(1, 1.05 * abs(sound).max()), RATE, subtype="PCM_24")
        for kind, kept in (("wrd", words), ("phn", phones)):
            with open(f"{folder}/{speaker}.{kind}", "w") as f:
                f.writelines(f"{a} {b} {text}\n" for a, b, text in kept)
    with open(f"{folder}/suite.yaml", "w") as f:
        f.write(SUITE.format(name=os.path.basename(folder)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hyperaudio", default=".build/release/hyperaudio")
    parser.add_argument("--audio", default=os.environ.get("HYPERAUDIO_EVALUATION_AUDIO"))
    parser.add_argument("--out", required=True)
    parser.add_argument("--speakers", type=int, default=4, help="how many, counted from the last")
    parser.add_argument("--only", help="one condition")
    options = parser.parse_args()
    speakers = sorted(d for d in os.listdir(f"{options.audio}/timit") if d.startswith("dr"))[-options.speakers:]
    print("| | words right | onset by the lock: median, mean, p90, within 50 ms, bias | by attention: median, p90, bias |")
    print("|---|---|---|---|")
    for name, change in conditions(options.audio).items():
        if options.only not in (None, name):
            continue
        folder = os.path.join(os.path.abspath(options.out), name.replace(" ", "-"))
        make(folder, change, speakers, options.audio)
        subprocess.run([options.hyperaudio, "evaluate", f"{folder}/suite.yaml", "--force", "--output", f"{folder}.json"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        print(row(name, json.load(open(f"{folder}.json"))), flush=True)


def row(name, said):
    def figures(step):
        pool = next(p for p in said["pools"] if p["step"] == step)
        return {f["name"]: f["value"] for f in pool["figures"]}
    lock, attention = figures("align"), figures("transcribe")
    return (f"| {name} | {100 * lock['wordsTimed']:.0f} % | {lock['onsetMedianMs']:.0f}, {lock['onsetMeanMs']:.0f}, "
            f"{lock['onsetP90Ms']:.0f} ms, {100 * lock['onsetWithin50Ms']:.0f} %, {lock['onsetBiasMs']:+.0f} ms | "
            f"{attention['onsetMedianMs']:.0f}, {attention['onsetP90Ms']:.0f}, {attention['onsetBiasMs']:+.0f} ms |")


if __name__ == "__main__":
    main()
