# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs commands inside fake networks and holds what they say against the ground truth.

A Case is a script, a command line and what is expected of it. run_all() runs cases side by side,
those marked `alone` one by one afterwards (they measure time), prints one line for each, and gives the
exit code for ctest: 0 all passed, 1 some failed, 77 the system allows no fake network at all.

Other work on the machine makes times longer, never shorter: a case whose times alone were wrong (Slow)
is tried again.
"""

import concurrent.futures
import dataclasses
import os
import re
import shutil
import subprocess
import tempfile
from typing import Callable, Optional

SKIPPED = 77
SIDE_BY_SIDE = 16  # cases mostly wait
ORDINARY_USER = "65534"
TRIES = 4
INSTRUMENTED = "PINGTRAIL_INSTRUMENTED" in os.environ  # the check is built with a sanitizer
SHOWN = 600  # characters of an output that was not as expected


class Slow(AssertionError):
    """A time was not as expected, which a busy machine can do."""


def in_time(condition, message):
    if not condition:
        raise Slow(message)


@dataclasses.dataclass
class Answer:
    what: str
    at: int  # ns; 0: never left


@dataclasses.dataclass
class Probe:
    """A probe as the fake network saw it; see README.md."""

    t: int
    src: str
    dst: str
    family: int
    id: int
    seq: int
    n: int
    bytes: int
    ttl: int
    tos: int
    df: int
    sum: str
    silence: str
    answers: list

    def valid_round_trip(self):
        """Nanoseconds to the first valid reply; None without one."""
        times = [a.at - self.t for a in self.answers if a.what == "reply" and a.at]
        return min(times, default=None)


@dataclasses.dataclass
class Case:
    name: str
    script: str
    command: list
    exit: int = 0
    output: Optional[str] = None  # regular expression for the whole standard output, stripped
    errors: str = ""  # regular expression for the whole standard error, stripped
    truth: Optional[Callable] = None  # called with the Outcome; raises AssertionError
    options: tuple = ()  # of fakenet
    alone: bool = False
    shortest: float = 0.0  # seconds the command must take
    longest: float = 30.0  # and may take at most
    needs_root: bool = False  # another user than oneself is wanted


@dataclasses.dataclass
class Outcome:
    exit: int
    output: str
    errors: str
    seconds: float  # the command's, without those for building up the network
    probes: list
    totals: dict
    start: int  # ns

    def probes_to(self, address):
        return [p for p in self.probes if p.dst == address]


class Skipped(Exception):
    pass


def words_of(line):
    return dict(word.split("=", 1) for word in line.split()[1:] if "=" in word)


def read_probe(line):
    words = words_of(line)
    answers = [] if words["answers"] == "-" else words["answers"].split(",")
    values = {f.name: words[f.name] for f in dataclasses.fields(Probe) if f.name in words}
    for field in dataclasses.fields(Probe):
        if field.type is int:
            values[field.name] = int(values[field.name])
    values["answers"] = [Answer(a.split("@")[0], int(a.split("@")[1])) for a in answers]
    return Probe(**values)


def read_truth(path):
    """Probes in order of arrival, totals, and the start of the network."""
    probes, totals, start = [], {}, 0
    with open(path, encoding="ascii") as lines:
        for line in lines:
            if line.startswith("probe "):
                probes.append(read_probe(line))
            elif line.startswith("start "):
                start = int(words_of(line)["t"])
            elif line.startswith("end "):
                totals = {name: int(value) for name, value in words_of(line).items()}
    probes.sort(key=lambda p: p.t)
    return probes, totals, start


def run_in_network(fakenet, case):
    with tempfile.TemporaryDirectory(prefix="fakenet.") as folder:
        script, log = os.path.join(folder, "script.net"), os.path.join(folder, "truth.log")
        with open(script, "w", encoding="ascii") as file:
            file.write(case.script)
        # fakenet ends the command itself after 60 s; this is for fakenet.
        done = subprocess.run(
            [fakenet, "--script", script, "--log", log, *case.options, "--", *case.command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=80, check=False)
        if done.returncode == SKIPPED and done.stderr.startswith("fakenet: skipped"):
            raise Skipped(done.stderr.strip())
        probes, totals, start = read_truth(log) if os.path.exists(log) else ([], {}, 0)
        seconds = (totals.get("t", start) - start) / 1e9
        return Outcome(done.returncode, done.stdout.strip(), done.stderr.strip(), seconds, probes, totals, start)


def judge(case, outcome):
    said = f"\n  exit {outcome.exit}, {outcome.seconds:.2f} s\n  output: {outcome.output[:SHOWN]}\n  errors: {outcome.errors[:9 * SHOWN]}"
    assert outcome.exit == case.exit, f"exit code {outcome.exit}, not {case.exit}{said}"
    if case.output is not None:
        assert re.fullmatch(case.output, outcome.output, re.DOTALL), f"output is not {case.output}{said}"
    assert re.fullmatch(case.errors, outcome.errors, re.DOTALL), f"errors are not '{case.errors}'{said}"
    assert outcome.seconds >= case.shortest, f"took less than {case.shortest} s{said}"
    in_time(outcome.seconds <= case.longest, f"took more than {case.longest} s{said}")
    if case.truth:
        try:
            case.truth(outcome)
        except AssertionError as error:
            raise type(error)(f"{error}{said}") from error


def attempt(fakenet, case):
    """One line for the report, and passed, failed or skipped."""
    try:
        if not shutil.which(case.command[0]) and not case.command[0].startswith("/"):
            raise Skipped(f"{case.command[0]} is not installed")
        if case.needs_root and os.geteuid() != 0:
            raise Skipped("only root can become another user")
        for left in reversed(range(TRIES)):
            outcome = run_in_network(fakenet, case)
            try:
                judge(case, outcome)
                break
            except Slow as error:
                if left == 0:
                    raise
                print(f"again {case.name}: {str(error).splitlines()[0]}", flush=True)
    except Skipped as reason:
        return "skipped", f"skip {case.name}: {reason}"
    except (AssertionError, subprocess.TimeoutExpired) as error:
        return "failed", f"FAIL {case.name}: {error}"
    return "passed", f"ok   {case.name} ({outcome.seconds:.2f} s)"


def run_all(fakenet, cases, only=""):
    cases = [c for c in cases if re.search(only, c.name)]
    names = [c.name for c in cases]
    assert len(set(names)) == len(names), "two cases of one name"
    count = {"passed": 0, "failed": 0, "skipped": 0}

    def report(result):
        count[result[0]] += 1
        print(result[1], flush=True)

    with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for result in pool.map(lambda c: attempt(fakenet, c), [c for c in cases if not c.alone]):
            report(result)
    for case in [c for c in cases if c.alone]:
        report(attempt(fakenet, case))
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    if count["failed"] or not cases:
        return 1
    return SKIPPED if count["skipped"] == len(cases) else 0
