"""Keeping time and melody: ours beside what dubbing tools do, plain speech stretched to each segment's slot."""
import csv

import numpy as np
import soundfile
import soxr

from synthesis import voice_file
from timing import place
from turns import peer, table, versions
from judges import Aligner, load, pitch_figures

JOBS = [("two-hosts", "host", "jm_kumo"), ("three-in-a-room", "b", "af_heart")]
RATE, EDGE_SECONDS = 16000, 0.2


class Material:
    """A programme whose every stem is known; what lies in one person's place, before and after."""

    def __init__(self, options, programme, person):
        self.folder = f"{options.audio}/podcasts/{programme}"
        self.mixture, self.person = f"{self.folder}/mixture.flac", person
        self.x, self.rate = load(self.mixture, mono=False)
        stem, _ = load(f"{self.folder}/speaker-{person}.flac")
        stem = np.pad(stem, (0, len(self.x)))[:len(self.x)]
        gains = [(self.x[:, c] * stem).sum() / (stem ** 2).sum() for c in range(self.x.shape[1])]
        self.others = self.x - stem[:, None] * np.array(gains)
        self.old = self.mono(self.x)
        turns = list(csv.DictReader(open(f"{self.folder}/turns.tsv"), delimiter="\t"))
        spans = lambda mine: [(float(t["start"]), float(t["end"])) for t in turns if (t["speaker"] == person) == mine]
        self.crowd, self.own = self.mask(spans(False)), spans(True)
        at = lambda text, edge: int(max(0, float(text) + edge) * RATE)
        self.turns = [(at(t["start"], -EDGE_SECONDS), at(t["end"], EDGE_SECONDS), t["text"])
                      for t in turns if t["speaker"] == person and t["text"]]

    def mono(self, sound):
        n = min(len(sound), len(self.others))
        return soxr.resample((sound[:n] - self.others[:n]).mean(axis=1), self.rate, RATE, quality="VHQ")

    def mask(self, spans):
        marked = np.zeros(int(len(self.x) / self.rate * RATE) + RATE, bool)
        for start, end in spans:
            marked[int(start * RATE):int(end * RATE)] = True
        return marked


def speaker_of(rttm, material):
    """Whom the program calls the person: the one with the most time in common."""
    both = {}
    for fields in map(str.split, open(rttm)):
        start, end = float(fields[3]), float(fields[3]) + float(fields[4])
        both[fields[7]] = both.get(fields[7], 0) + sum(max(0, min(end, b) - max(start, a)) for a, b in material.own)
    return max(both, key=both.get)


def replaced(options, meter, out, material, voice):
    """The programme after `hyperaudio replace`, and which stretches it replaced, in seconds."""
    work, rttm, output = f"{out}/work", f"{out}/turns.rttm", f"{out}/{material.person}.flac"
    threads = ["--threads", str(options.threads), "--work-dir", work, "--quiet"]
    meter.run([options.hyperaudio, "diarize", material.mixture, "--no-words", "--force", "--rttm", rttm, *threads])
    run = meter.run([options.hyperaudio, "replace", material.mixture, "--voice",
                     f"{speaker_of(rttm, material)}={voice}", "-o", output, "--force", "--json", *threads])
    spans = [(s["startSample"] / material.rate, s["endSample"] / material.rate) for s in run.said["spans"]]
    return material.mono(load(output, mono=False)[0]), material.mask(spans)


def dubbed(options, meter, out, material, voice):
    """The person's place as a dubbing tool fills it. It is told whose turns they are, to its advantage."""
    files, length = [], len(material.old)
    heard = soxr.resample(material.x.mean(axis=1), material.rate, RATE, quality="VHQ")
    for number, (start, end, _) in enumerate(material.turns):
        files.append(f"{out}/turn-{number}.wav")
        soundfile.write(files[-1], heard[start:end], RATE)
    said = meter.run(peer("dub", turns=files, voice_file=f"{out}/voices.npz", voice=voice, threads=options.threads,
                          out=out)).said
    new = np.zeros(length, np.float32)
    for segment in said["segments"]:
        at = material.turns[segment["turn"]][0]
        start, end = (min(length - 1, at + int(segment[key] * RATE)) for key in ("start", "end"))
        new += place(load(segment["sound"], RATE)[0], start, end, length)
    return new


def judge(align, material, new, inside):
    """Onsets of the same words before and after, where `inside`; each onset-to-onset length after over before."""
    late, lengths = [], []
    for start, end, text in material.turns:
        before, after = (align(sound[start:end], text) for sound in (material.old, new))
        if not before or not after:
            continue
        kept = [(a, b) for (_, a), (_, b) in zip(before, after) if inside[start + max(0, int(a * RATE))]]
        late += [1000 * (b - a) for a, b in kept]
        lengths += [(b2 - b1) / (a2 - a1) for (a1, b1), (a2, b2) in zip(kept, kept[1:]) if a2 - a1 > 0.05]
    n = min(len(material.old), len(new))
    correlation, voicing = pitch_figures(material.old[:n], new[:n], RATE, inside[:n])
    return dict(late=late, lengths=lengths, f0=correlation, voicing=voicing)


def measure(options, meter, out):
    voice_file(out)
    align = Aligner()
    for programme, person, voice in JOBS[:1] if options.few else JOBS:
        material = Material(options, programme, person)
        ours, spans = replaced(options, meter, out, material, voice)
        theirs = dubbed(options, meter, out, material, voice)
        meter.release()
        inside = spans & ~material.crowd
        for side, new in (("hyperaudio replace", ours), ("plain speech, one stretch a segment", theirs)):
            yield dict(programme=programme, person=person, voice=voice, side=side,
                       **judge(align, material, new, inside))


def tables(results):
    rows = []
    for r in results:
        late, lengths = np.abs(r["late"]), np.abs(np.log(np.clip(r["lengths"], 0.05, 20)))
        rows.append([f"{r['programme']}, {r['person']}, {r['voice']}: {r['side']}", len(late), f"{np.median(late):.0f}",
                     f"{late.mean():.0f}", f"{np.percentile(late, 95):.0f}", f"{100 * (late <= 50).mean():.0f}",
                     f"{100 * (np.exp(np.median(lengths)) - 1):.0f}", f"{r['f0']:.2f}", f"{100 * r['voicing']:.0f}"])
    head = ["", "words", "onset: median, ms", "mean", "p95", "within 50 ms, %", "a word's length off by, median %",
            "log-F0 correlation", "voicing agreement, %"]
    return ["Judged by PocketSphinx (words) and Praat (melody) on the same words, those that ours replaced. The "
            "baseline: the person's true turns, segments and times by faster-whisper (base), kokoro-onnx, ffmpeg's "
            f"atempo ({versions('faster-whisper', 'kokoro-onnx', 'pocketsphinx', 'praat-parselmouth')}).", "",
            *table(head, rows)]
