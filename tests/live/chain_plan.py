# SPDX-License-Identifier: GPL-3.0-or-later
"""The estate of the chain test: 50 hosts of a fake network, and when which of them is silent."""
import dataclasses

from truth import Silence

INTERVAL = 5  # s between checks
QUIET_UNTIL = 60  # s since the network's start: by then both cores have seen every host
END = 150  # the last thing in the schedule

# Each core and each kind of check sends probes of its own size, so that the network's log tells them apart.
SIZES = {"icinga": 68, "nagios": 100}

SCHEDULES = {
    "fails-a": [(60, 85)],
    "fails-b": [(70, 112)],
    "fails-twice": [(62, 84), (108, 135)],
    "fails-together": [(70, 112)],
    "fails-to-the-end": [(118, None)],
    "flaps": [(60, 72), (84, 96), (108, 120), (132, 144)],
}
NEVER = {"never-there": "dead", "never-reached": "answer=host-unreachable"}
LOSSY = {"lossy-20": "lose=2", "lossy-40": "lose=1,4", "lossy-60": "lose=1..3", "lossy-80": "lose=1..4",
         "doubled": "dup=3"}
SLOW = {"slow-150": "delay=150ms", "slow-300": "delay=300ms", "slow-700": "delay=700ms",
        "uneven": "delay=60ms jitter=50ms"}
HOSTS = 50


@dataclasses.dataclass
class Host:
    name: str
    address: str
    words: str  # of the network's script
    group: str
    silences: list

    @property
    def never(self):
        return self.name in NEVER


def time_text(span):
    begin, end = span
    return f"{begin}s.." + ("" if end is None else f"{end}s")


def hosts():
    kinds = [("fails", n, "down=" + ",".join(map(time_text, s)), s) for n, s in SCHEDULES.items()]
    kinds += [("never", n, w, [(0, None)]) for n, w in NEVER.items()]
    kinds += [("lossy", n, w, []) for n, w in LOSSY.items()]
    kinds += [("slow", n, w, []) for n, w in SLOW.items()]
    kinds += [("steady", f"steady-{i:02}", "delay=2ms jitter=1ms", []) for i in range(1, HOSTS - len(kinds) + 1)]
    return [Host(name, f"198.18.0.{10 + i}", words, group, [Silence(*s) for s in silences])
            for i, (group, name, words, silences) in enumerate(kinds)]


def script():
    return "".join(f"{h.address} {h.words}\n" for h in hosts())
