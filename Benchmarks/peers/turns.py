"""Runs programs by turns, meters each as a child process, and writes tables between markers of a document."""
import fcntl
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Callable

MODELS = os.environ.get("HYPERAUDIO_MODELS", os.path.expanduser("~/.local/share/hyperaudio/models"))
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), "acceptance"))


@dataclass
class Side:
    """One of the programs compared. `prepare` is run before each turn, outside the clock."""
    name: str
    command: list
    prepare: Callable = lambda: None
    runs: list = field(default_factory=list)


@dataclass
class Run:
    """What one turn took: wall seconds, processor seconds of all threads, peak resident megabytes; what it printed."""
    seconds: float
    processor: float
    megabytes: float
    output: str

    @property
    def figures(self):
        return [self.seconds, self.processor, self.megabytes]

    @property
    def said(self):
        return json.loads(self.output)


class Meter:
    """Meters children, one at a time. Where a lock file is named, they hold it, for short leases, so that other heavy
    work of this machine can keep out of the way."""
    LEASE_SECONDS = 80

    def __init__(self, threads, kept, lock=None, niceness=0):
        self.threads, self.kept, self.lock, self.niceness = threads, kept, lock, niceness
        self.held, self.since = None, 0

    def acquire(self):
        if self.held and time.monotonic() - self.since > self.LEASE_SECONDS:
            self.release()
        if self.lock and not self.held:
            self.held = open(self.lock, "a")
            fcntl.flock(self.held, fcntl.LOCK_EX)
            self.since = time.monotonic()

    def release(self):
        if self.held:
            self.held.close()
            self.held = None

    def run(self, command):
        self.acquire()
        limits = {name: str(self.threads) for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        # Threads that wait must not burn what is counted: on a machine with other work they would wait much.
        environment = dict(os.environ, **limits, OMP_WAIT_POLICY="PASSIVE", KMP_BLOCKTIME="0", TQDM_DISABLE="1",
                           HF_HUB_OFFLINE="1")
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True)
        os.setpriority(os.PRIO_PROCESS, child.pid, self.niceness)
        peak = Peak(child.pid)
        output, errors = drain(child)
        resident = peak.stop()
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.monotonic() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            sys.exit(f"{' '.join(command)}\nended with {child.returncode}: {errors.strip()[-1500:]}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, max(resident, usage.ru_maxrss / 1024), output)

    def once(self, sides):
        """For what the programs find, not for what they take. What was done before is not done again."""
        for side in sides:
            kept = f"{self.kept}/{hashlib.sha256(' '.join(side.command).encode()).hexdigest()[:16]}.json"
            if os.path.exists(kept):
                with open(kept) as f:
                    side.runs.append(Run(*json.load(f)))
                continue
            self.turn([side], "once")
            with open(kept, "w") as f:
                json.dump(list(vars(side.runs[-1]).values()), f)
        return sides

    def by_turns(self, sides, rounds):
        """A B C, A B C, ...: what else the machine does then falls on all alike."""
        for number in range(rounds):
            self.turn(sides, f"{number + 1}/{rounds}")
        return sides

    def turn(self, sides, number):
        for side in sides:
            side.prepare()
            side.runs.append(self.run(side.command))
            last = side.runs[-1]
            print(f"  {number} {side.name}: {last.seconds:.1f} s, {last.processor:.1f} processor s, "
                  f"{last.megabytes:.0f} MB", file=sys.stderr, flush=True)
        return sides


class Peak:
    """The largest resident memory of a process, looked at every 20 ms. The kernel's own mark is not enough: a program may
    reset it, as ours does at the beginning of each stage."""

    def __init__(self, process):
        import threading
        self.file, self.megabytes, self.ended = f"/proc/{process}/statm", 0, threading.Event()
        self.thread = threading.Thread(target=self.watch)
        self.thread.start()

    def watch(self):
        page = os.sysconf("SC_PAGE_SIZE") / (1 << 20)
        while not self.ended.wait(0.02):
            try:
                with open(self.file) as f:
                    self.megabytes = max(self.megabytes, int(f.read().split()[1]) * page)
            except (OSError, IndexError):
                return

    def stop(self):
        self.ended.set()
        self.thread.join()
        return self.megabytes


def drain(child):
    """Both outputs of a child, without reaping it: wait4 must see it for its usage."""
    import threading
    kept = {}

    def read(name, stream):
        kept[name] = stream.read()

    readers = [threading.Thread(target=read, args=pair) for pair in (("out", child.stdout), ("err", child.stderr))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return kept["out"], kept["err"]


def peer(name, **wish):
    """The command that runs an adapter in a process of its own."""
    return [sys.executable, f"{HERE}/adapters.py", name, json.dumps(wish)]


def spread(values, form="{:.2f}"):
    """Median and range."""
    low, middle, high = min(values), statistics.median(values), max(values)
    if len(values) == 1:
        return form.format(middle)
    return f"{form.format(middle)} ({form.format(low)}-{form.format(high)})"


def costs(runs, seconds_of_audio):
    """Cells: x real time by the clock, processor seconds for a second of audio, peak memory."""
    return [spread([r[0] / seconds_of_audio for r in runs]), spread([r[1] / seconds_of_audio for r in runs]),
            spread([r[2] for r in runs], "{:.0f}")]


def ratios(ours, theirs, column):
    """Median and range of theirs over ours, turn by turn: above 1 the peer needs more."""
    return spread([t[column] / o[column] for o, t in zip(ours, theirs)])


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]


def write_section(document, part, lines):
    """Replaces what stands between <!-- peers:PART --> and <!-- /peers:PART -->."""
    with open(document) as f:
        text = f.read()
    begin, end = f"<!-- peers:{part} -->", f"<!-- /peers:{part} -->"
    if begin not in text or end not in text:
        sys.exit(f"{document} has no markers {begin} ... {end}")
    body = "\n".join(lines)
    text = re.sub(re.escape(begin) + ".*?" + re.escape(end), lambda _: f"{begin}\n{body}\n{end}", text, flags=re.S)
    with open(document, "w") as f:
        f.write(text)


def versions(*names):
    from importlib.metadata import version
    return ", ".join(f"{name} {version(name)}" for name in names)
