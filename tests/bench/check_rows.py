# SPDX-License-Identifier: GPL-3.0-or-later
"""What the check is held to, one function a row; each gives the Figures of its row."""

import dataclasses
import os
import statistics
import tempfile
from typing import Optional

from check_tools import (BusyCores, Fake, Loopback, alternate, median, read_truth, run_commands)

CHECK_ICMP = "/usr/lib/nagios/plugins/check_icmp"
FPING = "/usr/bin/fping"


@dataclasses.dataclass
class Figure:
    work: str
    what: str
    ours: float
    unit: str
    peer: Optional[float] = None
    peer_name: str = ""
    bound: str = ""  # "" when it stands for information only
    met: Optional[bool] = None

    def ratio(self):
        return self.ours / self.peer if self.peer else None


def ratio_figure(work, what, unit, ours, peer_name, peer, most):
    """Held to at most `most` times the peer's."""
    met = None if peer is None else ours <= most * peer
    return Figure(work, what, ours, unit, peer, peer_name, f"at most {most} x", met)


class Bench:
    """The programs, the sizes, and a folder for scripts."""

    def __init__(self, build, is_smoke):
        self.build = os.path.abspath(build)
        self.check = [os.path.join(self.build, "plugin/check_pingtrail"), "--no-history"]
        self.is_smoke = is_smoke
        self.icmp = [CHECK_ICMP] if os.access(CHECK_ICMP, os.X_OK) else None
        self.fping = [FPING] if os.access(FPING, os.X_OK) else None

    def size(self, full, smoke):
        return smoke if self.is_smoke else full

    def run(self, place, commands, at_once=1):
        return run_commands(self.build, place, commands, at_once)


def with_arguments(program, *arguments):
    return [*program, *arguments] if program else None


def written(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w", encoding="ascii") as file:
        file.write(text)
    return path


def fake_hosts(count):
    return [f"198.18.{1 + i // 250}.{1 + i % 250}" for i in range(count)]


def loopback_hosts(count):
    """The addresses that check_bare_send takes."""
    return [f"127.{i >> 16 & 255}.{i >> 8 & 255}.{i & 255}" for i in range(1, count + 1)]


def one_check(bench):
    """One check of 127.0.0.1."""
    times = bench.size(600, 5)
    ours = with_arguments(bench.check, "-n", "5", "-i", "0", "127.0.0.1")
    peer = with_arguments(bench.icmp, "-n", "5", "-i", "0", "127.0.0.1")
    for name, ping_sockets in (("ping socket", True), ("raw socket", False)):
        runs = bench.run(Loopback(ping_sockets), alternate(ours, peer, ["/bin/true"], times=times))
        kinds = 3 if peer else 2
        cost = [median([run.cpu for run in runs[kind::kinds]]) for kind in range(kinds)]
        yield ratio_figure("one check of 127.0.0.1, 5 probes, -i 0", f"CPU, {name}", "us", cost[0],
                           "check_icmp", cost[1] if peer else None, 1.1)
        yield Figure("one check of 127.0.0.1, 5 probes, -i 0", f"the same beside /bin/true ({name})",
                     cost[0], "us", cost[-1], "/bin/true")


def checks_at_once(bench):
    """Many checks at once of healthy hosts."""
    count, rounds = bench.size(400, 20), bench.size(4, 1)
    with tempfile.TemporaryDirectory(prefix="bench.") as folder:
        script = written(folder, "far.net", "198.18.0.0/16 delay=50ms\n")
        places = (("50 ms away, ping sockets", Fake(bench.build, script), fake_hosts(count)),
                  ("50 ms away, raw sockets", Fake(bench.build, script, ping_sockets=False),
                   fake_hosts(count)),
                  ("on loopback, ping sockets", Loopback(True), loopback_hosts(count)),
                  ("on loopback, raw sockets", Loopback(False), loopback_hosts(count)))
        for name, place, hosts in places:
            yield from checks_in_one_place(bench, f"{count} checks at once, {name}", place, hosts, rounds)


def checks_in_one_place(bench, work, place, hosts, rounds):
    programs = [program for program in (bench.check, bench.icmp) if program]
    alarms, losses, crowd, alone = [], [], [], []
    for program in programs:
        alarms.append([])
        losses.append([])
        crowd.append([])
        alone.append([])
    for _ in range(rounds):
        for i, program in enumerate(programs):
            commands = [[*program, host] for host in hosts]
            single = bench.run(place, commands[:bench.size(12, 2)])
            many = bench.run(place, commands, at_once=len(commands))
            alone[i].append(statistics.mean(run.cpu for run in single))
            crowd[i].append(statistics.mean(run.cpu for run in many))
            alarms[i].append(sum(run.exit != 0 for run in many))
            losses[i].append(sum(run.losses() != [0.0] for run in many))
    has_peer = len(programs) == 2
    for what, counts in (("false alarms", alarms), ("checks with false loss", losses)):
        yield Figure(work, f"{what} (most of {rounds} rounds)", max(counts[0]), "",
                     max(counts[1]) if has_peer else None, "check_icmp", "0", max(counts[0]) == 0)
    yield ratio_figure(work, "CPU of each", "us", median(crowd[0]), "ours alone", median(alone[0]), 1.5)
    if has_peer:
        yield Figure(work, "CPU of each beside check_icmp's", median(crowd[0]), "us", median(crowd[1]),
                     "check_icmp")


def many_hosts(bench):
    """Many hosts on loopback in one run."""
    count, times = bench.size(10000, 100), bench.size(7, 1)
    hosts, probes = loopback_hosts(count), 5 * count
    work = f"{count:,} hosts x 5 probes on loopback in one run"
    with tempfile.TemporaryDirectory(prefix="bench.") as folder:
        listed = written(folder, "hosts", "\n".join(hosts) + "\n")
        bare = [os.path.join(bench.build, "tests/bench/check_bare_send"), str(count), "5"]
        # The settings at which fping was cheapest and still got every answer.
        peer = with_arguments(bench.fping, "-q", "-i0", "-p20", "-C5", "-f", listed)
        fast = with_arguments(bench.check, "-n", "5", "-i", "0", "-t", "60", *hosts)
        paced = with_arguments(bench.check, "-n", "5", "-t", "60", *hosts)
        for sockets, place in (("ping socket", Loopback(True)), ("raw socket", Loopback(False))):
            kinds = [kind for kind in (fast, paced, peer, bare if sockets == "ping socket" else None) if kind]
            runs = bench.run(place, alternate(*kinds, times=times))
            by_kind = [runs[i::len(kinds)] for i in range(len(kinds))]
            cost = [median([run.cpu for run in group]) / probes for group in by_kind]
            if sockets == "ping socket":
                send_only = cost[-1]
            fping_cost = cost[2] if peer else None
            fping_lossy = max(lossy_hosts(run.fping_losses(), count) for run in by_kind[2]) if peer else None
            for i, pace in ((0, "-i 0"), (1, "default pace")):
                lossy = max(lossy_hosts(run.losses(), count) for run in by_kind[i])
                name = f"{sockets}, {pace}"
                yield Figure(work, f"hosts not fully answered ({name})", lossy, "", fping_lossy, "fping",
                             "0", lossy == 0)
                held = [ratio_figure(work, f"CPU of a probe ({name})", "us", cost[i], "fping", fping_cost, 0.6),
                        ratio_figure(work, f"CPU of a probe ({name})", "us", cost[i], "bare send",
                                     send_only, 1.6)]
                # The bounds are for a run as fast as it goes; its pace is a choice with a price.
                for figure in held:
                    if i == 1:
                        figure.bound, figure.met = "", None
                    yield figure


def lossy_hosts(losses, count):
    """Hosts with loss, or not spoken of."""
    return count - losses.count(0.0)


def memory(bench):
    """Memory by number of hosts."""
    counts = bench.size((1000, 5000, 10000), (20, 60, 100))
    commands = [with_arguments(bench.check, "-n", "5", "-i", "0", "-t", "60", *loopback_hosts(count))
                for count in counts]
    runs = bench.run(Loopback(True), alternate(*commands, times=bench.size(3, 1)))
    most = [median([run.rss for run in runs[i::3]]) for i in range(3)]
    for count, used in zip(counts, most):
        is_largest = count == counts[-1]
        yield Figure("memory of one run", f"{count:,} hosts", used, "MiB",
                     bound="under 64 MB" if is_largest else "",
                     met=used * 1.048576 < 64 if is_largest else None)
    slopes = [1024 * (most[i + 1] - most[i]) / (counts[i + 1] - counts[i]) for i in (0, 1)]
    yield Figure("memory of one run", "a further host: upper half beside lower half", slopes[1], "KiB",
                 slopes[0], "lower half", "linear: at most 1.25 x", slopes[1] <= 1.25 * slopes[0])


def accuracy(bench):
    """Error of rta against the fake network's log, with busy cores."""
    times = bench.size(60, 3)
    with tempfile.TemporaryDirectory(prefix="bench.") as folder, BusyCores():
        for delay in ("2ms", "50ms"):
            script = written(folder, f"{delay}.net", f"198.18.0.0/16 delay={delay}\n")
            for sockets in ("ping", "raw"):
                log = os.path.join(folder, f"{delay}.{sockets}.log")
                place = Fake(bench.build, script, log, ping_sockets=sockets == "ping")
                ours = with_arguments(bench.check, "-n", "5", "-i", "20", "198.18.1.1")
                peer = with_arguments(bench.icmp, "-n", "5", "198.18.1.1")
                runs = bench.run(place, alternate(ours, peer, times=times))
                truth = read_truth(log)
                errors = [error_of(run, truth) for run in runs]
                step = 2 if peer else 1
                mine = median(map(magnitude, errors[::step]))
                theirs = median(map(magnitude, errors[1::step])) if peer else None
                work = f"fixed {delay} path, busy cores, {sockets} socket"
                yield Figure(work, "median error of rta", mine, "us", theirs, "check_icmp",
                             "under 40 us and at most the peer's",
                             mine < 40 and (theirs is None or mine <= theirs))
                yield Figure(work, "error of rta, 95 of 100 below", percentile(errors[::step]), "us",
                             percentile(errors[1::step]) if peer else None, "check_icmp")


def magnitude(error):
    return None if error is None else abs(error)


def percentile(errors):
    ranked = sorted(abs(error) for error in errors if error is not None)
    return ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))] if ranked else None


def error_of(run, truth):
    """What the check says beyond the mean of the true round trips of its probes."""
    trips = [trip for at, trip in truth if run.begin <= at <= run.end]
    shown = run.round_trip()
    return shown - statistics.mean(trips) if trips and shown is not None else None


def paced_hosts(bench):
    """A thousand hosts far away, at the default pace."""
    count, times = bench.size(1000, 30), bench.size(5, 1)
    hosts = fake_hosts(count)
    work = f"{count:,} hosts at 50 ms in one run, paced"
    with tempfile.TemporaryDirectory(prefix="bench.") as folder:
        place = Fake(bench.build, written(folder, "far.net", "198.18.0.0/16 delay=50ms\n"))
        listed = written(folder, "hosts", "\n".join(hosts) + "\n")
        ours = with_arguments(bench.check, *hosts)
        icmp = with_arguments(bench.icmp, *hosts)
        fping = with_arguments(bench.fping, "-q", "-i0", "-C5", "-f", listed)
        kinds = [kind for kind in (ours, icmp, fping) if kind]
        runs = bench.run(place, alternate(*kinds, times=times))
    lossy = {}
    for i, kind in enumerate(kinds):
        losses = [run.fping_losses() if kind is fping else run.losses() for run in runs[i::len(kinds)]]
        lossy[kind[0]] = max(lossy_hosts(loss, count) for loss in losses)
    mine = lossy[ours[0]]
    what = f"hosts with loss (most of {times} runs)"
    yield Figure(work, what, mine, "", lossy.get(CHECK_ICMP), "check_icmp", "0", mine == 0)
    yield Figure(work, what, mine, "", lossy.get(FPING), "fping -i0", "0", mine == 0)


ROWS = (one_check, checks_at_once, many_hosts, memory, accuracy, paced_hosts)
