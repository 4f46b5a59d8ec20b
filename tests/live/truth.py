# SPDX-License-Identifier: GPL-3.0-or-later
"""What the fake network saw, as checks and outages: the definitions of DEFINITIONS.md applied to probes."""
import dataclasses
import os
import sys
from typing import Optional

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../net"))
from harness import read_truth  # noqa: E402,F401

# Probes of one check are 80 ms apart, checks of one host seconds: an id that comes again is a new check.
NEW_CHECK_NS = 3_000_000_000
IN_TIME_NS = 1_000_000_000  # how long a probe waits for its reply


@dataclasses.dataclass
class Check:
    at: float  # s, CLOCK_MONOTONIC, of the first probe
    up: bool


@dataclasses.dataclass
class Outage:
    start: float
    end: Optional[float]  # None: ongoing
    certain: float  # from the first to the last failed check
    possible: Optional[float]  # from the last good check before to the first after; None: there was none before


@dataclasses.dataclass
class Silence:
    """A line of the script: the host is silent from `begin` to `end`, seconds since the start."""
    begin: float
    end: Optional[float]

    def overlaps(self, start, end):
        return (end is None or self.begin < end) and (self.end is None or start < self.end)


def checks_of(probes):
    """The checks behind the probes to one host from one core, in order."""
    open_checks, checks = {}, []
    for probe in probes:
        trip = probe.valid_round_trip()
        up = trip is not None and trip <= IN_TIME_NS
        last = open_checks.get(probe.id)
        if last is None or probe.t - last[0] > NEW_CHECK_NS:
            checks.append(Check(probe.t / 1e9, up))
            open_checks[probe.id] = [probe.t, checks[-1]]
        else:
            last[0] = probe.t
            last[1].up |= up
    return sorted(checks, key=lambda c: c.at)


def outages_of(checks):
    outages, last_up, current = [], None, None
    for check in checks:
        if check.up:
            if current:
                current.end = check.at
                current.possible = None if last_up is None else check.at - last_up
            last_up, current = check.at, None
        elif current:
            current.certain = check.at - current.start
        else:
            current = Outage(check.at, None, 0.0, None)
            outages.append(current)
    return outages
