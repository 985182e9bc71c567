"""The faults themselves. Each is a function of (bench, arguments, random) that yields tallies."""

import json
import math
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import time
import wave

from bench import CRASHES, STAGES, Skipped, Tally, size_of


def later(stage):
    return STAGES[STAGES.index(stage):]


# Being killed


def wait_for(process, log, stage, limit):
    """Until the log says that the stage has begun; False where the process ends before."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        try:
            if f'"stage":"{stage}"' in log.read_text() and '"what":"started"' in log.read_text():
                lines = [json.loads(line) for line in log.read_text().splitlines() if line.endswith("}")]
                if any(e.get("stage") == stage and e["what"] == "started" for e in lines):
                    return True
        except (OSError, StopIteration, ValueError):
            pass
        time.sleep(0.002)
    return False


def kills(bench, arguments, rng):
    """kill -9 within every stage and at any moment of a run; the same command then goes on to the same bytes."""
    tally = Tally("kill -9 at random moments, all stages, then the same command")
    bench.whole
    seconds = bench.stage_seconds()
    stages = {}
    attempt = 0
    while tally.tried < arguments.kills and attempt < 4 * arguments.kills:
        attempt += 1
        name = f"kill{attempt}"
        output = bench.home / f"{name}.wav"
        if rng.random() < 0.3:
            # Any moment of a run from the beginning.
            stage, work = "any", bench.home / name
            process = bench.start(bench.replacing(work, output))
            moment = rng.random() * bench.whole_seconds
        else:
            # A moment within one stage, however short it is; the delivery belongs to the last one.
            stage = STAGES[attempt % len(STAGES)]
            work = bench.prepared(name, later(stage))
            log = next(work.glob("*/log.jsonl"))
            log.write_text("")
            process = bench.start(bench.replacing(work, output))
            if not wait_for(process, log, stage, bench.patience):
                process.kill()
                process.communicate()
                tally.count(f"{stage}", "it never began")
                continue
            moment = rng.random() * max(0.02, 1.1 * seconds.get(stage, 1))
        time.sleep(moment)
        process.kill()
        said, _ = process.communicate()
        if process.returncode == -signal.SIGKILL:
            ended = bench.replace(work, output)
            problem = str(ended) if ended.code != 0 else bench.is_expected(work, output)
            stages[stage] = stages.get(stage, 0) + 1
            tally.count(f"{stage} after {moment:.2f} s", problem)
        elif process.returncode != 0:
            tally.count(f"{stage} after {moment:.2f} s", f"ended by itself with {process.returncode}: {said[-300:]}")
        shutil.rmtree(work, ignore_errors=True)
        for left in bench.home.glob(f"*{name}.wav"):
            left.unlink()
    tally.remark = ", ".join(f"{stages[s]} {s}" for s in ["any"] + STAGES if s in stages)
    yield tally


def edit_kills(bench, arguments, rng):
    """kill -9 during a command that edits: the edit is there whole or not at all, and repeating it is right."""
    tally = Tally("kill -9 during an edit (rename, a line, a new take), then the same command")
    bench.whole
    base = bench.prepared("edited")
    run = next(base.iterdir())
    commands = [
        ["speakers", "rename", run, "Speaker_A", "Anna"],
        ["edits", "keep", run, "--from", "0.5", "--to", "1.5"],
        ["edits", "take", run, "--turn", "0", "--take", "2"],
    ]
    for command in commands:
        before = edits_of(run)
        undisturbed = bench.run(command)
        if undisturbed.code != 0:
            tally.count(" ".join(map(str, command[:2])), f"refused: {undisturbed}")
            continue
        after = edits_of(run)
        for _ in range(max(1, arguments.kills // 10)):
            set_edits(run, before)
            process = bench.start(command)
            time.sleep(rng.random() * undisturbed.seconds)
            process.kill()
            process.communicate()
            found = edits_of(run)
            problem = None
            if found not in (before, after):
                problem = "half an edit"
            elif process.returncode == -signal.SIGKILL:
                again = bench.run(command)
                if again.code != 0:
                    problem = str(again)
                elif changes(edits_of(run)) != changes(after):
                    problem = "another edit"
            tally.count(" ".join(map(str, command[:2])), problem)
    shutil.rmtree(base)
    yield tally


def edits_of(run):
    file = run / "edits.json"
    return file.read_text() if file.exists() else None


def set_edits(run, text):
    file = run / "edits.json"
    if text is None:
        file.unlink(missing_ok=True)
    else:
        file.write_text(text)


def changes(text):
    return json.loads(text)["changes"] if text else []


# Disks


def full_disk(bench, arguments, rng):
    """No room in each stage: one sentence, exit 73 or 74, nothing half-written; with room the same bytes."""
    tally = Tally("disk full in each stage, then room and the same command")
    bench.whole
    stage_of = next(bench.whole[0].glob("*/stages"))
    for stage in STAGES:
        # Room for nothing, for some of the stage's bytes, and for all but its last.
        sizes = sum((p.stat().st_size for p in (stage_of / stage).rglob("*") if p.is_file()), 0)
        for share in (0.02, 0.5, 0.97):
            disk = bench.mount(f"full-{stage}")
            try:
                work = bench.prepared(disk / "work", later(stage))
                output = disk / "out.wav"
                free = max(4096, int(share * sizes) // 4096 * 4096)
                ballast(disk, free)
                ended = bench.replace(work, output)
                problem = None
                if ended.code == 0:
                    problem = "it succeeded without room"
                elif ended.code not in (73, 74) or not ended.is_sentence:
                    problem = str(ended)
                elif bench.leftovers(disk):
                    problem = f"left {bench.leftovers(disk)}"
                elif output.exists():
                    problem = "an output is there"
                if problem is None:
                    (disk / "ballast").unlink()
                    again = bench.replace(work, output)
                    problem = str(again) if again.code != 0 else bench.is_expected(work, output)
                tally.count(f"{stage}, {share:.0%} of its {sizes} bytes", problem)
            finally:
                bench.unmount(disk)
    # Only the output's own disk is full.
    disk = bench.mount("full-out", "64k")
    try:
        work = bench.prepared("full-out-work")
        ended = bench.replace(work, disk / "out.wav")
        problem = None
        if ended.code not in (73, 74) or not ended.is_sentence:
            problem = str(ended)
        elif list(disk.iterdir()):
            problem = f"left {list(disk.iterdir())}"
        tally.count("the output's disk", problem)
    finally:
        bench.unmount(disk)
    yield tally


def ballast(disk, free):
    with open(disk / "ballast", "wb") as file:
        status = os.statvfs(disk)
        room = status.f_bavail * status.f_frsize - free - 4096
        os.posix_fallocate(file.fileno(), 0, max(1, room))


def read_only(bench, arguments, rng):
    """Folders that take no files: one sentence, exit 73, before any work is done."""
    tally = Tally("read-only work folder, output folder, run folder")
    bench.whole
    disk = bench.mount("read-only")
    work = bench.prepared(disk / "work")
    fresh = bench.prepared(disk / "fresh", STAGES)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        cases = [
            ("output folder", bench.replacing(bench.prepared("ro-work"), disk / "out.wav")),
            ("work folder", bench.replacing(disk / "none", bench.home / "ro.wav")),
            ("run folder, finished", bench.replacing(work, bench.home / "ro.wav")),
            ("run folder, begun", bench.replacing(fresh, bench.home / "ro.wav")),
            ("edit", ["speakers", "rename", next(work.iterdir()), "Speaker_A", "Anna"]),
        ]
        for what, command in cases:
            ended = bench.run(command)
            problem = None
            if ended.code != 73 or not ended.is_sentence:
                problem = str(ended)
            elif ended.seconds > 30:
                problem = f"it worked for {ended.seconds:.0f} s before it said so"
            elif (bench.home / "ro.wav").exists():
                problem = "an output is there"
            tally.count(what, problem)
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)])
        bench.unmount(disk)
    yield tally


# Two at once


def two_processes(bench, arguments, rng):
    """Two commands on one run folder: one works, the other waits or refuses in a sentence; the result is right."""
    tally = Tally("two processes on one run folder")
    bench.whole
    for delay in (0, 0.3, 3):
        work, output = bench.home / f"two{delay}", bench.home / f"two{delay}.wav"
        first = bench.start(bench.replacing(work, output))
        time.sleep(delay)
        second = bench.run(bench.replacing(work, output))
        said, _ = first.communicate()
        codes = sorted([first.returncode, second.code])
        problem = None
        if codes[0] != 0 or codes[1] not in (0, 75):
            problem = f"codes {codes}: {said[-200:]} {second}"
        elif second.code == 75 and not second.is_sentence:
            problem = str(second)
        else:
            problem = bench.is_expected(work, output)
        tally.count(f"{delay} s apart", problem)
        shutil.rmtree(work)
    # An edit while a run is going on.
    work = bench.prepared("two-edit", later("synthesizer"))
    run = next(work.iterdir())
    first = bench.start(bench.replacing(work, bench.home / "two-edit.wav"))
    time.sleep(1.5)
    second = bench.run(["speakers", "rename", run, "Speaker_A", "Anna"])
    first.communicate()
    fine = second.code in (75, 66, 0) and (second.code == 0 or second.is_sentence) and first.returncode == 0
    tally.count("an edit meanwhile", None if fine else f"{first.returncode}, {second}")
    yield tally


# Clocks


def clocks(bench, arguments, rng):
    """The clock stands elsewhere or jumps between a run and its continuation."""
    tally = Tally("clock: 1970, after 2038, an hour back in the middle and after the end")
    library = next((p for p in pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
    if library is None:
        raise Skipped("libfaketime is not installed (Debian: faketime)")
    bench.whole

    def clock(text):
        return {"LD_PRELOAD": str(library), "FAKETIME": text, "FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}

    for name, text in [("1970", "1970-01-01 00:10:00"), ("2040", "@2040-02-01 00:00:00"), ("2107", "@2107-02-07 00:00:00")]:
        work, output = bench.home / f"clock{name}", bench.home / f"clock{name}.wav"
        ended = bench.replace(work, output, extra=clock(text))
        problem = str(ended) if ended.code != 0 else bench.is_expected(work, output)
        tally.count(f"all of it in {name}", problem)
        ended = bench.replace(work, output)
        problem = str(ended) if ended.code != 0 else bench.is_expected(work, output)
        if problem is None and ended.seconds > 0.7 * bench.whole_seconds:
            problem = "finished work was done again"
        tally.count(f"made in {name}, asked for again today", problem)
        shutil.rmtree(work)
    for stage in ("recognizer", "synthesizer", "output"):
        work = bench.prepared(f"back-{stage}", later(stage))
        output = bench.home / f"back-{stage}.wav"
        ended = bench.replace(work, output, extra=clock("-1h"))
        problem = str(ended) if ended.code != 0 else bench.is_expected(work, output)
        tally.count(f"an hour back before {stage}", problem)
        shutil.rmtree(work)
    work = bench.prepared("back-edit")
    run = next(work.iterdir())
    bench.run(["speakers", "rename", run, "Speaker_A", "Anna"], extra=clock("+1h"))
    ended = bench.run(["speakers", "rename", run, "Speaker_A", "Ben"])
    named = "Ben" in (edits_of(run) or "") and ended.code == 0
    tally.count("an edit an hour back", None if named else str(ended))
    # A batch whose clock goes back an hour while one of its jobs waits.
    output = bench.home / "clock-batch"
    output.mkdir()
    batch = ["batch", bench.input, "--voice", "jf_alpha", "--output-dir", output, "--work-dir", bench.prepared("clock-runs")]
    ended = bench.run(batch + ["--quiet"] + bench.options[3:], extra=clock("+1h"))
    again = bench.run(batch + ["--quiet"] + bench.options[3:])
    fine = ended.code == 0 and again.code == 0 and any(output.iterdir())
    tally.count("a batch an hour back", None if fine else f"{ended}; {again}")
    yield tally


# Damage on the disk


def checkpoints(bench, arguments, rng):
    """Every file of every result: a byte changed, cut short, emptied, taken away; it is found and made again."""
    tally = Tally("damaged checkpoint files of every stage, then the same command")
    bench.whole
    source = next(bench.whole[0].glob("*/stages"))
    files = sorted(p.relative_to(source) for p in source.rglob("*") if p.is_file())
    modes = ["byte", "short", "empty", "gone"]
    for index, file in enumerate(files):
        mode = modes[index % len(modes)]
        work = bench.prepared(f"damage{index}")
        target = next(work.glob("*/stages")) / file
        before = target.read_bytes()
        damage(target, mode, rng)
        output = bench.home / f"damage{index}.wav"
        ended = bench.replace(work, output)
        problem = str(ended) if ended.code != 0 else bench.is_expected(work, output)
        if problem is None and not target.exists():
            problem = "it was not made again"
        elif problem is None and file.name != "result.json" and target.read_bytes() != before:
            problem = "it was made again otherwise"
        tally.count(f"{file.parts[0]}/{file.name}, {mode}", problem)
        shutil.rmtree(work)
        output.unlink(missing_ok=True)
    for name in ("run.json", "report.json", "report.html", "log.jsonl"):
        work = bench.prepared(f"damage-{name}")
        damage(next(work.glob(f"*/{name}")), rng.choice(modes), rng)
        output = bench.home / f"damage-{name}.wav"
        ended = bench.replace(work, output)
        tally.count(name, str(ended) if ended.code != 0 else bench.is_expected(work, output))
    yield tally


def damage(file, mode, rng):
    data = bytearray(file.read_bytes())
    if mode == "byte" and data:
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif mode == "short":
        data = data[: len(data) // 2]
    elif mode == "empty":
        data = bytearray()
    elif mode == "gone":
        file.unlink()
        return
    file.write_bytes(data)


def models(bench, arguments, rng):
    """One byte of each model's files: `models verify` finds it, and nothing is made with it."""
    tally = Tally("one wrong byte in each file of each model: found by `models verify`, and when it is used")
    real = pathlib.Path(bench.environment()["HYPERAUDIO_MODELS"])
    used = {"deepfilternet3", "pyannote-segmentation-3.0", "campplus-zh-en", "whisper-base", "kokoro-82m", "misaki-en",
            "whisper-tiny.en", "resemblyzer", "dnsmos", "onnxruntime"}
    known = {m["id"] for m in json.loads(bench.run(["models", "list", "--json"], output=True))}
    for model in sorted(p for p in real.iterdir() if p.is_dir() and p.name in known):
        for file in sorted(p for p in model.iterdir() if p.is_file() and not p.name.startswith(".")):
            folder = bench.home / "models"
            shutil.rmtree(folder, ignore_errors=True)
            subprocess.run(["cp", "-a", "--reflink=auto", "-s", str(real), str(folder)], check=True)
            target = folder / model.name / file.name
            target.unlink()
            shutil.copy2(file, target)
            with open(target, "r+b") as opened:
                at = rng.randrange(file.stat().st_size)
                opened.seek(at)
                byte = opened.read(1)[0]
                opened.seek(at)
                opened.write(bytes([byte ^ 0x10]))
            os.utime(target, (file.stat().st_atime, file.stat().st_mtime))
            extra = {"HYPERAUDIO_MODELS": str(folder)}
            ended = bench.run(["models", "verify"], extra=extra)
            problem = None
            if ended.code != 65 or file.name not in ended.said:
                problem = f"models verify: {ended}"
            elif model.name in used:
                work = bench.home / "models-work"
                ended = bench.replace(work, bench.home / "models.wav", extra=extra)
                if ended.code not in (65, 69) or not ended.is_sentence or model.name not in ended.said:
                    problem = f"replace: {ended}"
                shutil.rmtree(work, ignore_errors=True)
            tally.count(f"{model.name}/{file.name}", problem)
    yield tally


def documents(bench, arguments, rng):
    """run.json, report.json and edits.json with other values in them, and every command that reads them."""
    tally = Tally("damaged run.json, report.json, edits.json under the commands that read them")
    bench.whole
    work = bench.prepared("documents")
    run = next(work.iterdir())
    bench.run(["speakers", "rename", run, "Speaker_A", "Anna"])
    sound = {name: json.loads((run / name).read_text()) for name in ("run.json", "report.json", "edits.json")}
    commands = [["report", run], ["runs", "list", "--work-dir", work], ["edits", "show", run],
                ["transcript", "export", run, "--format", "csv"], ["transcript", "export", run, "--format", "srt"],
                ["project", "export", run, "--for", "audacity", "-o", bench.home / "audacity"],
                ["project", "export", run, "--for", "reaper", "-o", bench.home / "reaper"],
                ["speakers", "rename", run, "Speaker_B", "Ben"], ["edits", "take", run, "--turn", "0", "--take", "3"],
                ["speakers", "find", run]]
    for command in commands:
        ended = bench.run(command)
        print(f"  undamaged, {' '.join(map(str, command[:2]))}: {ended.code}")
    tally.remark = f"{len(commands)} commands"
    for index in range(arguments.documents):
        name = rng.choice(sorted(sound))
        for other, value in sound.items():
            (run / other).write_text(json.dumps(value))
        (run / name).write_text(json.dumps(changed(sound[name], rng), sort_keys=True))
        command = commands[index % len(commands)]
        for project in ("audacity", "reaper"):
            shutil.rmtree(bench.home / project, ignore_errors=True)
        ended = bench.run(command)
        fine = ended.code == 0 or (ended.code in (64, 65, 66, 69, 73, 74) and ended.is_sentence)
        if not fine:
            shutil.copy(run / name, bench.home.parent / f"fault-document-{index}-{name}")
        tally.count(f"{index} {name}, {' '.join(map(str, command[:2]))}", None if fine else str(ended))
    yield tally


def changed(value, rng):
    if isinstance(value, dict) and value and rng.random() > 0.05:
        key = rng.choice(sorted(value))
        if rng.random() < 0.08:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: changed(value[key], rng)}
    if isinstance(value, list) and value and rng.random() > 0.05:
        at = rng.randrange(len(value))
        return value[:at] + [changed(value[at], rng)] + value[at + 1:]
    return rng.choice([None, True, [], {}, "", 0, 1, -1, 2**63 - 1, -(2**63), 1e308, -1e308, 1e19, 5e-324, "nan",
                       "Speaker_Z", "../../../../../tmp/x", "x" * 5000, "\u0000\u202e", 2**31])


# Memory


def memory(bench, arguments, rng):
    """Too little memory is said before it is needed; a worker that is killed is reported as such."""
    tally = Tally("too little memory: refused before loading, a killed worker reported")
    bench.whole
    for stage, limit in [("preprocessor", "100 MB"), ("recognizer", "500 MB"), ("synthesizer", "500 MB"),
                         ("report", "500 MB")]:
        work, output = bench.prepared(f"memory-{stage}", later(stage)), bench.home / f"memory-{stage}.wav"
        ended = bench.replace(work, output, options=["--max-memory", limit])
        fine = ended.code == 75 and ended.is_sentence and ended.seconds < max(60, bench.whole_seconds) and not output.exists()
        tally.count(f"--max-memory {limit} before {stage}", None if fine else str(ended))
        again = bench.replace(work, output)
        tally.count("- then with enough", str(again) if again.code != 0 else bench.is_expected(work, output))
        shutil.rmtree(work)
    output = bench.home / "memory-batch"
    output.mkdir()
    batch = bench.start(["batch", bench.input, "--voice", "jf_alpha", "--output-dir", output, "--work-dir",
                         bench.home / "memory-runs"])
    worker = None
    deadline = time.monotonic() + bench.patience
    while worker is None and time.monotonic() < deadline and batch.poll() is None:
        worker = child_of(batch.pid, "batch-worker")
        time.sleep(0.05)
    time.sleep(2)
    if worker:
        os.kill(worker, signal.SIGKILL)
    said, _ = batch.communicate(timeout=bench.patience)
    fine = batch.returncode not in (0, *CRASHES) and "signal 9" in said and "memory" in said
    tally.count("kill -9 of a batch's worker", None if fine else f"code {batch.returncode}: {said[-400:]}")
    decoder = kill_decoder(bench)
    tally.count("kill -9 of the decoder", decoder)
    yield tally


def kill_decoder(bench):
    """A long file, so that it is still being decoded."""
    source = bench.sample.read_bytes()
    long = bench.home / "long.wav"
    frames = source[44:] * 200
    bench.write("long.wav", frames)
    process = bench.start(bench.replacing(bench.home / "decoder", bench.home / "decoder.wav", input=long))
    worker = None
    deadline = time.monotonic() + bench.patience
    while worker is None and time.monotonic() < deadline and process.poll() is None:
        worker = child_of(process.pid, "media-worker")
        time.sleep(0.002)
    if worker is None:
        process.kill()
        return f"no decoder was seen: {process.communicate()[0][-300:]}"
    os.kill(worker, signal.SIGKILL)
    try:
        said, _ = process.communicate(timeout=bench.patience)
    except subprocess.TimeoutExpired:
        process.kill()
        return "it went on"
    finally:
        long.unlink()
    return None if process.returncode == 75 and "killed" in said else f"code {process.returncode}: {said[-300:]}"


def child_of(parent, word):
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "stat").read_text().rsplit(")", 1)[1].split()[1] == str(parent):
                if word in (entry / "cmdline").read_text():
                    return int(entry.name)
        except OSError:
            pass
    return None


# Odd programmes


def programmes(bench, arguments, rng):
    """What is hardly a programme: a result, or one sentence that says why there is none."""
    tally = Tally("odd programmes: 0.1, 0.19, 0.2 s, one word, silence, noise, a tone, music, clipping, 8 channels")

    def sound(seconds, function, rate=16000):
        return b"".join(struct.pack("<h", max(-32768, min(32767, int(32767 * function(n / rate))))) for n in
                        range(int(seconds * rate)))

    noise = random.Random(7)
    tone = lambda t: 0.3 * math.sin(2 * math.pi * 440 * t)
    music = lambda t: sum(0.1 * math.sin(2 * math.pi * f * t) * math.exp(-3 * (t % 0.5)) for f in (220, 277, 330, 440))
    cases = [
        ("0.1 s", bench.cut("a.wav", 7, 0.1), {65}), ("0.19 s", bench.cut("b.wav", 7, 0.19), {65}),
        ("0.2 s", bench.cut("c.wav", 7, 0.2), {0, 65}), ("0.21 s of speech", bench.cut("d.wav", 11, 0.21), {0, 65}),
        ("one word", bench.cut("e.wav", 6.6, 0.6), {0, 65}),
        ("silence", bench.write("f.wav", bytes(320000)), {65}),
        ("nearly silence", bench.write("g.wav", sound(10, lambda t: noise.choice((0, 0, 1, -1)) / 32767)), {0, 65}),
        ("white noise", bench.write("h.wav", sound(10, lambda t: noise.uniform(-0.3, 0.3))), {0, 65}),
        ("a tone", bench.write("i.wav", sound(10, tone)), {0, 65}),
        ("music", bench.write("j.wav", sound(15, music)), {0, 65}),
        ("clipped speech", clipped(bench), {0}),
        ("8 channels", eight(bench), {0}),
    ]
    real = pathlib.Path(arguments.audio) / "music" if arguments.audio else None
    if real and real.is_dir():
        for file in sorted(p for p in real.rglob("*") if p.suffix in (".wav", ".flac", ".mp3"))[:2]:
            cut = bench.home / f"music-{file.stem}.wav"
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(file), "-t", "20", str(cut)], check=True)
            cases.append((f"music: {file.stem}", cut, {0, 65}))
    for name, file, codes in cases:
        output = bench.home / f"odd-{file.stem}.flac"
        ended = bench.replace(bench.home / "odd", output, input=file)
        problem = None
        if ended.code not in codes or (ended.code != 0 and not ended.is_sentence):
            problem = str(ended)
        elif ended.code == 0 and not output.exists():
            problem = "no output"
        elif ended.code != 0 and (output.exists() or bench.leftovers(bench.home / "odd")):
            problem = "something is left behind"
        tally.count(name + (f" (refused: {ended.said.split(': ', 2)[-1]})" if ended.code else ""), problem)
    yield tally


def clipped(bench):
    data = bench.input.read_bytes()[44:]
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    return bench.write("clipped.wav", b"".join(struct.pack("<h", max(-32768, min(32767, 40 * s))) for s in samples))


def eight(bench):
    data = bench.input.read_bytes()[44:]
    samples = struct.unpack(f"<{len(data) // 2}h", data)
    return bench.write("eight.wav", b"".join(struct.pack("<8h", *[s] * 8) for s in samples), channels=8)


def thirty_speakers(bench, arguments, rng):
    """Thirty people one after the other: readers where there are recordings, espeak's voices for the rest."""
    tally = Tally("30 speakers in one programme")
    if not shutil.which("ffmpeg") or not shutil.which("espeak-ng"):
        raise Skipped("ffmpeg and espeak-ng are needed")
    readers = {}
    for collection in ("librispeech", "timit"):
        folder = pathlib.Path(arguments.audio) / collection if arguments.audio else None
        for file in sorted(folder.rglob("*.*")) if folder and folder.is_dir() else []:
            if file.suffix in (".flac", ".wav"):
                readers.setdefault((collection, file.parent.name), []).append(file)
    tally.remark = f"{min(30, len(readers))} readers, {max(0, 30 - len(readers))} voices of espeak"
    while len(readers) < 30:
        number = len(readers)
        file = bench.home / f"espeak{number}.wav"
        variant = [f"m{i}" for i in range(1, 8)] + [f"f{i}" for i in range(1, 5)]
        words = "We went down to the harbour that morning, and nobody had seen the ship come in."
        subprocess.run(["espeak-ng", "-v", f"en+{variant[number % len(variant)]}", "-p", str(20 + 2 * number), "-w",
                        str(file), words], check=True)
        readers[("espeak", str(number))] = [file]
    pieces = []
    for _, files in sorted(readers.items())[:30]:
        for file in files[:2]:
            pieces.append(subprocess.run(
                ["ffmpeg", "-v", "error", "-i", str(file), "-t", "5", "-ar", "16000", "-ac", "1", "-f", "s16le", "-"],
                check=True, capture_output=True).stdout)
    programme = bench.write("thirty.wav", (b"\0" * 8000).join(pieces))
    output = bench.home / "thirty.out.wav"
    ended = bench.replace(bench.home / "thirty", output, input=programme, limit=3000)
    tally.count("replace", None if ended.code == 0 and output.exists() else str(ended))
    listing = bench.run(["diarize", programme, "--work-dir", bench.home / "thirty", "--json", "--quiet"])
    try:
        tally.remark += f"; {len(json.loads(listing.said)['speakers'])} were told apart"
    except ValueError:
        pass
    yield tally


def long_programme(bench, arguments, rng):
    """Hours of one reader with another for a minute in the middle, who is replaced (preset draft): the memory and the time that
    each stage took, from the run's log."""
    tally = Tally(f"{arguments.hours:g} hours, one of two people replaced")
    if not shutil.which("ffmpeg") or not arguments.audio:
        raise Skipped("ffmpeg and --audio are needed")

    def reader(name):
        files = sorted(pathlib.Path(arguments.audio, "librispeech", name).glob("*.flac"))
        return b"".join(subprocess.run(
            ["ffmpeg", "-v", "error", "-i", str(file), "-ar", "16000", "-ac", "1", "-f", "s16le", "-"], check=True,
            capture_output=True).stdout + b"\0" * 16000 for file in files)

    host, guest = reader("1688"), reader("2033")
    times = max(2, round(arguments.hours * 3600 * 32000 / len(host)))
    programme = bench.write("long.wav", host * (times // 2) + guest + host * (times - times // 2))
    work, output = bench.home / "hours", bench.home / "hours.wav"
    ended = bench.run(["replace", programme, "--voice", "Speaker_B=jf_alpha", "--language", "en", "--preset", "draft", "-o",
                       output, "--work-dir", work, "--quiet"], limit=36000)
    same = output.exists() and abs(output.stat().st_size / programme.stat().st_size - 1) < 0.01
    tally.count("replace", None if ended.code == 0 and same else f"{ended}, as long as before: {same}")
    log = next(work.glob("*/log.jsonl")).read_text().splitlines()
    ends = [e for e in map(json.loads, log) if e.get("peakMemoryBytes")]
    tally.remark = f"{ended.seconds / 60:.0f} min; MB, s: " + ", ".join(
        f"{e['stage']} {e['peakMemoryBytes'] // 10**6}, {e.get('seconds', 0):.0f}" for e in ends)
    yield tally


ALL = {
    "kills": kills, "edit-kills": edit_kills, "full-disk": full_disk, "read-only": read_only, "two": two_processes,
    "clocks": clocks, "checkpoints": checkpoints, "models": models, "documents": documents, "memory": memory,
    "programmes": programmes, "thirty": thirty_speakers, "long": long_programme,
}
