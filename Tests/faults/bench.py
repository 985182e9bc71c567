"""What every fault needs: the program, a short programme, an undisturbed run to compare with, and a tally."""

import hashlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import wave

STAGES = ["preprocessor", "diarizer", "separator", "recognizer", "synthesizer", "reconstructor", "output", "report"]
# Signals that mean that the program itself broke.
CRASHES = {-s for s in (signal.SIGSEGV, signal.SIGILL, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGTRAP)}


class Skipped(Exception):
    """Why a fault cannot be tried here."""


class Ended:
    """How a command ended."""

    def __init__(self, code, said, seconds):
        self.code, self.said, self.seconds = code, said.strip(), seconds

    @property
    def is_sentence(self):
        """One line for a person, from the program itself, and no trace of a crash."""
        lines = [line for line in self.said.splitlines() if line.startswith("hyperaudio: ")]
        return len(lines) == 1 and lines[0].endswith(".") and "Fatal error" not in self.said

    def __str__(self):
        return f"code {self.code}: {self.said[-400:]}"


class Tally:
    """Faults of one kind: how many were tried, how many survived, and what went wrong."""

    def __init__(self, name):
        self.name, self.tried, self.survived, self.failures, self.remark = name, 0, 0, [], ""

    def count(self, what, problem=None):
        """problem: None where it was survived."""
        self.tried += 1
        self.survived += problem is None
        if problem is not None:
            self.failures.append(f"{what}: {problem}")
        print(f"  {what}: {'survived' if problem is None else 'FAILED, ' + problem}", flush=True)

    def row(self):
        return {"fault": self.name, "tried": self.tried, "survived": self.survived, "remark": self.remark,
                "failures": self.failures}


class Bench:
    def __init__(self, arguments):
        self.program = str(pathlib.Path(arguments.program).resolve())
        self.patience = arguments.patience
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="faults-", dir=arguments.folder))
        self.options = ["--voice", "jf_alpha", "--quiet", "--set", "recognizer.beams=1", "--set", "report.yardstick=2 s"]
        self.sample = pathlib.Path(self.run(["models", "path", "sample-call"], output=True).strip()) / "sample.wav"
        self.input = self.cut("talk.wav", arguments.start, arguments.seconds)
        self.mounts = []
        self._whole = None

    def close(self):
        for mount in self.mounts:
            subprocess.run(["umount", "-l", str(mount)], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.home, ignore_errors=True)

    # Material

    def cut(self, name, start, seconds):
        with wave.open(str(self.sample)) as source:
            rate = source.getframerate()
            source.setpos(int(start * rate))
            frames, parameters = source.readframes(int(seconds * rate)), source.getparams()
        return self.write(name, frames, parameters.nchannels, parameters.sampwidth, rate)

    def write(self, name, frames, channels=1, width=2, rate=16000):
        path = self.home / name
        with wave.open(str(path), "w") as target:
            target.setnchannels(channels)
            target.setsampwidth(width)
            target.setframerate(rate)
            target.writeframes(frames)
        return path

    # Commands

    def environment(self, extra=None):
        own = dict(os.environ, XDG_CACHE_HOME=str(self.home / "cache"), XDG_CONFIG_HOME=str(self.home / "config"))
        own.setdefault("HYPERAUDIO_MODELS", str(pathlib.Path.home() / ".local/share/hyperaudio/models"))
        own["XDG_DATA_HOME"] = str(self.home / "data")
        return own | (extra or {})

    def start(self, arguments, extra=None, **others):
        # libfaketime moves the environment of the first process that it is loaded into, and Swift's runtime finds the
        # arguments by where the environment lies: so another one goes first.
        command = (["env"] if extra and "LD_PRELOAD" in extra else []) + [self.program]
        return subprocess.Popen(command + [str(a) for a in arguments], env=self.environment(extra),
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                errors="replace", **others)

    def run(self, arguments, extra=None, output=False, limit=None, **others):
        began = time.monotonic()
        process = self.start(arguments, extra, **others)
        try:
            said, _ = process.communicate(timeout=limit or self.patience)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            said += "\n(it hung)"
        ended = Ended(process.returncode, said, time.monotonic() - began)
        if output:
            if ended.code != 0:
                sys.exit(f"{' '.join(map(str, arguments))} failed: {ended}")
            return said
        return ended

    def replace(self, work, output, input=None, options=(), **others):
        return self.run(self.replacing(work, output, input, options), **others)

    def replacing(self, work, output, input=None, options=()):
        return ["replace", input or self.input, "-o", output, "--work-dir", work, *self.options, *options]

    # Results

    @property
    def whole(self):
        """An undisturbed run: its work folder and its output."""
        if self._whole is None:
            work, output = self.home / "whole", self.home / "whole.wav"
            ended = self.replace(work, output)
            if ended.code != 0:
                sys.exit(f"the undisturbed run failed: {ended}")
            self._whole = (work, output)
            self.whole_seconds = ended.seconds
            self.expected = self.outcome(work, output)
            again = self.replace(self.home / "again", self.home / "again.wav")
            if again.code != 0 or self.outcome(self.home / "again", self.home / "again.wav") != self.expected:
                sys.exit(f"two undisturbed runs differ: {again}")
            shutil.rmtree(self.home / "again")
        return self._whole

    def outcome(self, work, output):
        """What must be the same: the file's bytes, and where it differs from the input."""
        report = json.loads(next(pathlib.Path(work).glob("*/report.json")).read_text())
        spans = json.dumps(report["spans"], sort_keys=True)
        if not report["spans"]:
            raise ValueError("nothing was replaced: there is nothing to compare")
        return hashlib.sha256(pathlib.Path(output).read_bytes()).hexdigest(), spans

    def is_expected(self, work, output):
        try:
            return None if self.outcome(work, output) == self.expected else "another result"
        except (OSError, ValueError, StopIteration) as error:
            return f"no result: {error}"

    def prepared(self, name, without=()):
        """A copy of the undisturbed run, dates and all, without the results of some stages."""
        work = pathlib.Path(name) if pathlib.Path(name).is_absolute() else self.home / name
        subprocess.run(["cp", "-a", f"{self.whole[0]}/.", str(work)] if work.exists() else
                       ["cp", "-a", str(self.whole[0]), str(work)], check=True)
        for run in work.glob("*/stages"):
            for stage in without:
                shutil.rmtree(run / stage, ignore_errors=True)
        if without:
            for report in work.glob("*/report.*"):
                report.unlink()
        return work

    def stage_seconds(self):
        """How long each stage took in the undisturbed run."""
        log = next(self.whole[0].glob("*/log.jsonl"))
        entries = [json.loads(line) for line in log.read_text().splitlines()]
        return {e["stage"]: e["seconds"] for e in entries if e["what"] == "finished"}

    @staticmethod
    def leftovers(folder):
        """What a write that failed should have taken away."""
        return [str(p.relative_to(folder)) for p in pathlib.Path(folder).rglob(".draft-*")] + [
            str(p.relative_to(folder)) for p in pathlib.Path(folder).rglob("*.part")]

    # Disks

    def mount(self, name, size="64m", options=""):
        if os.geteuid() != 0:
            raise Skipped("mounting needs root")
        path = self.home / name
        path.mkdir(exist_ok=True)
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}{options}", "tmpfs", str(path)])
        if done.returncode != 0:
            raise Skipped("a tmpfs cannot be mounted here")
        self.mounts.append(path)
        return path

    def unmount(self, path):
        subprocess.run(["umount", "-l", str(path)], check=True)
        self.mounts.remove(path)


def size_of(folder):
    """Bytes that a folder takes on a tmpfs."""
    pages = sum((p.stat().st_size + 4095) // 4096 + 1 for p in pathlib.Path(folder).rglob("*"))
    return pages * 4096
