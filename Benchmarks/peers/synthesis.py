"""Plain speech: the same Kokoro weights and voices in two programs."""
import os

import numpy as np
import soundfile

from turns import MODELS, Side, costs, peer, ratios, table, versions
from judges import Naturalness, Transcriber, load, word_errors

VOICES = ["af_heart", "am_michael", "jf_alpha"]
WORDS_A_TEXT = 55  # under 30 s of speech: one window of the judge, which is unstable over several


def texts(audio):
    """Sentences of a book, read by nobody here, joined to pieces of some length."""
    pieces, words = [], []
    for line in open(f"{audio}/ljspeech/metadata.csv"):
        words += line.rstrip("\n").split("|")[-1].split()
        if len(words) >= WORDS_A_TEXT:
            pieces.append(" ".join(words))
            words = []
    return pieces


def voice_file(out):
    """Our installed voices in the form that kokoro-onnx reads."""
    own = os.environ.get("HYPERAUDIO_VOICES", os.path.join(os.path.dirname(MODELS), "voices"))
    voices = dict(np.load(f"{MODELS}/kokoro-82m/voices_ja.npz"))
    for name in os.listdir(own) if os.path.isdir(own) else []:
        voices[name[:-4]] = np.fromfile(f"{own}/{name}", "<f4").reshape(510, 1, 256)
    np.savez(f"{out}/voices.npz", **voices)
    return voices


def measure(options, meter, out):
    voices, spoken = voice_file(out), []
    chosen = [voice for voice in VOICES if voice in voices][:2 if options.few else None]
    for number, (voice, text) in enumerate(zip(chosen, texts(options.audio))):
        ours, theirs = f"{out}/{voice}-ours.wav", f"{out}/{voice}-theirs.wav"
        sides = [Side("hyperaudio voices preview",
                      [options.hyperaudio, "voices", "preview", voice, text, "--force", "--output", ours]),
                 Side("kokoro-onnx", peer("kokoro_onnx", text=text, voice_file=f"{out}/voices.npz", voice=voice,
                                          threads=options.threads, out=theirs))]
        if number == 0:
            meter.by_turns(sides, options.rounds)
        else:
            meter.once(sides)
        spoken += [(voice, text, side, file) for side, file in zip(sides, (ours, theirs))]
    meter.release()
    hear, rate = Transcriber(), Naturalness()
    for voice, text, side, file in spoken:
        sound, _ = load(file, 16000)
        errors, words, _ = word_errors(text, hear(sound))
        yield dict(side=side.name, voice=voice, seconds=soundfile.info(file).duration, errors=errors, words=words,
                   dnsmos=rate(sound), runs=[r.figures for r in side.runs])


def tables(results):
    names = list(dict.fromkeys(r["side"] for r in results))
    mine = {name: [r for r in results if r["side"] == name] for name in names}
    rows = []
    for name, found in mine.items():
        errors, words = sum(r["errors"] for r in found), sum(r["words"] for r in found)
        rows.append([name, f"{100 * errors / words:.1f} %", f"{np.mean([r['dnsmos'] for r in found]):.2f}",
                     f"{sum(r['seconds'] for r in found):.0f}"] + costs(found[0]["runs"], found[0]["seconds"]))
    ours, theirs = (mine[name] for name in names)
    per_second = lambda r, k: [run[k] / r["seconds"] for run in r["runs"]]
    every = lambda found, k: [[v, v, v] for r in found for v in per_second(r, k)[:1]]
    clock, processor = (ratios(every(ours, k), every(theirs, k), 0) for k in (0, 1))
    memory = ratios([r["runs"][0] for r in ours], [r["runs"][0] for r in theirs], 2)
    return [f"Kokoro-82M int8, voices {', '.join(r['voice'] for r in ours)}, {len(ours)} texts of LJ Speech "
            f"({versions('kokoro-onnx', 'onnxruntime')}; ours with ONNX Runtime 1.31.1). Heard by Whisper tiny.en. "
            "Whole processes, start included; x real time counts the seconds each program itself spoke.", "",
            *table(["", "word errors", "DNSMOS", "spoken, s", "x real time", "processor s / s", "peak MB"], rows), "",
            f"Theirs over ours for a second of speech: clock {clock}, processor {processor}, peak memory {memory}."]
