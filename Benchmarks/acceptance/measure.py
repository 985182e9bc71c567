#!/usr/bin/env python3
"""What `hyperaudio replace` did to programmes whose every stem is known, by judges that share no code with it.

    measure.py --hyperaudio .build/release/hyperaudio --audio DIR --out DIR [--programme NAME=SPEAKER:VOICE ...]

For each programme one speaker is replaced; the figures of all go to OUT/measures.json and as a table to standard output.
"""
import argparse
import csv
import json
import os
import subprocess
import sys
import time

import numpy as np
import soxr

from judges import (Aligner, Naturalness, Transcriber, VoiceEncoder, load, pitch_figures, speech_mask, word_errors)

DEFAULT = ["two-hosts=host:jm_kumo", "two-hosts=guest:jf_alpha", "music-under=anna:jf_nezumi",
           "music-under=ben:am_michael", "three-in-a-room=a:jf_tebukuro", "three-in-a-room=b:af_heart",
           "fullband=left:bf_emma", "fullband=right:am_puck"]


def run(arguments):
    done = subprocess.run(arguments, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(arguments)}\nended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return done.stdout


def spans_mask(spans, n):
    mask = np.zeros(n, bool)
    for start, end in spans:
        mask[max(0, int(start)):max(0, int(end))] = True
    return mask


def percentile(values, q):
    return float(np.percentile(values, q)) if len(values) else None


class Judges:
    def __init__(self):
        self.align, self.hear, self.encode, self.rate = Aligner(), Transcriber(), VoiceEncoder(), Naturalness()


def click_ratio(y, edges, rate):
    """Largest second difference within 5 ms of an edge over the programme's own 99.99th percentile."""
    second = np.abs(np.diff(y, 2))
    limit = np.percentile(second, 99.99)
    width = int(0.005 * rate)
    return [float(second[max(0, e - width):e + width].max() / limit) for e in edges if width < e < len(y) - width]


def band_level(x, rate, low, high):
    from scipy.signal import butter, sosfilt
    if high >= rate / 2:
        high = rate / 2 * 0.99
    y = sosfilt(butter(6, [low, high], "band", fs=rate, output="sos"), x)
    return 10 * np.log10((y ** 2).mean() + 1e-12)


def measure(options, programme, person, voice, judges):
    folder = f"{options.audio}/podcasts/{programme}"
    mixture = f"{folder}/mixture.flac"
    work = f"{options.out}/work"
    turns = [dict(t, start=float(t["start"]), end=float(t["end"]))
             for t in csv.DictReader(open(f"{folder}/turns.tsv"), delimiter="\t")]
    output = f"{options.out}/{programme}.{person}.{voice}.flac"
    rttm = f"{options.out}/{programme}.rttm"
    run([options.hyperaudio, "diarize", mixture, "--work-dir", work, "--no-words", "--force", "--rttm", rttm, "--quiet"])
    found = [(float(f[3]), float(f[3]) + float(f[4]), f[7]) for f in map(str.split, open(rttm)) if f]
    both = {}
    for start, end, speaker in found:
        both[speaker] = both.get(speaker, 0) + sum(
            max(0, min(end, t["end"]) - max(start, t["start"])) for t in turns if t["speaker"] == person)
    speaker = max(both, key=both.get)
    began = time.time()
    report = json.loads(run([options.hyperaudio, "replace", mixture, "--voice", f"{speaker}={voice}", "-o", output,
                             "--force", "--work-dir", work, "--json", "--quiet"]))
    seconds = time.time() - began

    x, rate = load(mixture, mono=False)
    y, _ = load(output, mono=False)
    stem, _ = load(f"{folder}/speaker-{person}.flac")
    bed, _ = load(f"{folder}/bed.flac", mono=False)
    n = min(len(x), len(y), len(stem))
    same_length = len(x) == len(y)
    x, y, stem, bed = x[:n], y[:n], stem[:n], bed[:n]
    # How the stem was panned, by least squares; the rest is everybody else and the bed.
    gains = [(x[:, c] * stem).sum() / (stem ** 2).sum() for c in range(x.shape[1])]
    others = x - stem[:, None] * np.array(gains)
    new = (y - others).mean(axis=1)
    old = (x - others).mean(axis=1)
    mask = spans_mask([(s["startSample"], s["endSample"]) for s in report["spans"]], n)
    active = speech_mask(stem, rate)
    crowd = spans_mask([(t["start"] * rate, t["end"] * rate) for t in turns if t["speaker"] != person], n)
    solo = active & ~crowd

    result = dict(programme=programme, person=person, speaker=speaker, voice=voice, sameLength=same_length,
                  wallSeconds=round(seconds, 1), realTimeFactor=round(seconds / (n / rate), 3),
                  replacedShare=float((solo & mask).sum() / solo.sum()),
                  spanShare=float(mask.sum() / max(1, (active & mask).sum())),
                  keptTurns=report["totals"]["keptTurns"], turns=len(report["replacements"]),
                  selfReported={k: report["totals"]["timing"][k] for k in ("medianMs", "p95Ms")}
                  if report["totals"].get("timing") else None)
    # Untouched, recounted on integers.
    as_ints = lambda path: np.frombuffer(subprocess.check_output(
        ["ffmpeg", "-v", "error", "-i", path, "-f", "s32le", "-"]), np.int32).reshape(-1, x.shape[1])
    a, b = as_ints(mixture)[:n], as_ints(output)[:n]
    result["samplesChangedOutside"] = int((a != b).any(axis=1)[~mask].sum())

    resample = lambda z: soxr.resample(z, rate, 16000, quality="VHQ")
    old16, new16, x16, y16 = resample(old), resample(new), resample(x.mean(axis=1)), resample(y.mean(axis=1))
    mask16 = mask[np.minimum((np.arange(len(old16)) * rate / 16000).astype(int), n - 1)]
    crowd16 = crowd[np.minimum((np.arange(len(old16)) * rate / 16000).astype(int), n - 1)]

    # Timing: the same words in the old stem and in the new voice.
    deviations, places, missing, errors = [], [], 0, {"in": [0, 0], "out": [0, 0]}
    for turn in turns:
        if turn["speaker"] != person or not turn["text"]:
            continue
        i, j = int(max(0, turn["start"] - 0.2) * 16000), int((turn["end"] + 0.2) * 16000)
        for name, sound in (("in", x16), ("out", y16)):
            wrong, count, _ = word_errors(turn["text"], judges.hear(sound[i:j]))
            errors[name][0] += wrong
            errors[name][1] += count
        before, after = judges.align(old16[i:j], turn["text"]), judges.align(new16[i:j], turn["text"])
        if not before or not after:
            missing += 1
            continue
        for (_, t0), (_, t1) in zip(before, after):
            at = i + int(t0 * 16000)
            if 0 <= at < len(mask16) and mask16[at] and not crowd16[at]:
                deviations.append(1000 * (t1 - t0))
                places.append(at / 16000)
    d = np.abs(deviations)
    result["timing"] = dict(words=len(d), medianMs=percentile(d, 50), meanMs=float(d.mean()) if len(d) else None,
                            p90Ms=percentile(d, 90), p95Ms=percentile(d, 95), biasMs=percentile(deviations, 50),
                            within50=float((d <= 50).mean()) if len(d) else None, turnsNotAligned=missing,
                            driftMsPerMinute=float(np.polyfit(np.array(places) / 60, deviations, 1)[0])
                            if len(d) > 20 else None)
    result["f0Correlation"], result["voicingAgreement"] = pitch_figures(old16, new16, 16000, mask16 & ~crowd16)
    result["wordErrorsIn"] = errors["in"][0] / max(1, errors["in"][1]) if errors["in"][1] else None
    result["wordErrorsOut"] = errors["out"][0] / max(1, errors["out"][1]) if errors["out"][1] else None

    # Who is heard in the spans.
    solo16 = mask16 & ~crowd16
    people = sorted({t["speaker"] for t in turns})
    prints = {}
    for other in people:
        z, _ = load(f"{folder}/speaker-{other}.flac", 16000)
        prints[other] = judges.encode(z[speech_mask(z, 16000)])
    spoken = judges.encode.blocks(y16[solo16])
    strangers = [float(prints[a] @ prints[b]) for a in people for b in people if a < b]
    result["likeOldSpeaker"] = float(np.mean([b @ prints[person] for b in spoken]))
    result["strangers"] = float(np.mean(strangers)) if strangers else None
    # The new voice as it lies in the output, without the bed.
    v, _ = load(report["files"]["newVoices"], mono=False)
    v = np.pad(v, ((0, max(0, n - len(v))), (0, 0)))[:n]
    voice16 = resample(v.mean(axis=1))
    own = [judges.encode.blocks(voice16[solo16])]
    plain = f"{options.out}/plain-{voice}.wav"
    if not os.path.exists(plain):
        run([options.hyperaudio, "voices", "preview", voice, "--force", "--output", plain])
    z, _ = load(plain, 16000)
    target = judges.encode(z)
    result["likeNewVoice"] = float(np.mean([b @ target for b in own[0]]))
    result["plainVoiceSeconds"] = round(len(z) / 16000, 1)
    result["dnsmos"] = dict(output=judges.rate(y16[solo16]), original=judges.rate(x16[solo16]), plain=judges.rate(z),
                            newAlone=judges.rate(voice16[solo16]))

    # Joins, level, placement, band.
    edges = [e for s in report["spans"] for e in (s["startSample"], s["endSample"])]
    clicks = click_ratio(y.mean(axis=1), edges, rate)
    result["clicks"] = dict(edges=len(clicks), above1=int(np.sum(np.array(clicks) > 1)), max=max(clicks, default=None))
    import pyloudnorm
    meter = pyloudnorm.Meter(rate)
    result["loudnessChangeLU"] = float(meter.integrated_loudness(y) - meter.integrated_loudness(x))
    if x.shape[1] == 2:
        inside = solo & mask
        ratio = lambda z: 10 * np.log10((z[inside, 0] ** 2).mean() / (z[inside, 1] ** 2).mean())
        result["placementChangeDB"] = float(ratio(y - bed) - ratio(x - bed))
    inside = solo & mask
    result["above8kHzDB"] = float(band_level(new[inside], rate, 8000, 20000) - band_level(old[inside], rate, 8000, 20000))

    # Leakage: words and voice of the old speaker in what is left when the new voice is taken away.
    left = resample((y - v).mean(axis=1))
    truth = resample(bed.mean(axis=1))
    rows = dict(left=left, bed=truth, minus20=truth + 0.1 * old16, minus30=truth + 0.0316 * old16)
    hits, total = {k: 0 for k in rows}, 0
    for turn in turns:
        if turn["speaker"] != person or not turn["text"]:
            continue
        i, j = int(turn["start"] * 16000), int(turn["end"] * 16000)
        if solo16[i:j].mean() < 0.5:
            continue
        total += word_errors(turn["text"], "")[1]
        for name, sound in rows.items():
            hits[name] += word_errors(turn["text"], judges.hear(sound[i:j] * solo16[i:j]))[2]
    result["oldWordsRecalled"] = {k: h / max(1, total) for k, h in hits.items()}
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hyperaudio", required=True)
    parser.add_argument("--audio", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--programme", nargs="*", default=DEFAULT)
    options = parser.parse_args()
    os.makedirs(options.out, exist_ok=True)
    judges, results = Judges(), []
    for job in options.programme:
        programme, rest = job.split("=")
        person, voice = rest.split(":")
        results.append(measure(options, programme, person, voice, judges))
        print(json.dumps(results[-1], indent=1), flush=True)
        with open(f"{options.out}/measures.json", "w") as f:
            json.dump(results, f, indent=1)


if __name__ == "__main__":
    main()
