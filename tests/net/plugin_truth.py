# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds figures that check_pingtrail prints against the ground truth."""

import re
import statistics

from harness import in_time

SOONER = 50e3  # ns: an interrupt may lie between the kernel's stamp of our copy and its transmit stamp
WAIT = 1e9  # ns a probe waits unless the critical round trip time is longer; see -t in the man page


def number(pattern, text):
    found = re.search(pattern, text)
    assert found, f"no {pattern} in {text}"
    return float(found.group(1))


def round_trips(probes, wait=WAIT):
    """ns of the valid replies that came in time, in sending order."""
    times = [p.valid_round_trip() for p in probes]
    return [t for t in times if t is not None and t <= wait]


def check_loss(text, probes, replies):
    assert probes, "nothing was sent"
    want = 100 * (1 - len(replies) / len(probes))
    said = number(r"lost ([\d.]+)%", text)
    assert abs(said - want) < 0.006, f"lost {said} %, in truth {want} %"


def check_figures(outcome, host, tolerance=3e6):
    """rta and loss in the text, rta, pl, rtmax and rtmin in the perfdata, counts in the line of -v.

    `tolerance` in ns is for cases that run side by side, where the responder may be held up between
    noting the time and writing; check_accuracy() of plugin_options.py measures what the plugin can do.
    """
    probes = outcome.probes_to(host)
    replies = round_trips(probes)
    text, perfdata = outcome.output.splitlines()[0].split("|")
    check_loss(text, probes, replies)
    assert number(r"pl=([\d.]+)%", perfdata) == number(r"lost ([\d.]+)%", text), "pl is not the loss of the text"
    if not replies:
        assert "rta=U;" in perfdata and "rtmax=U;" in perfdata and "rtmin=U;" in perfdata, "figures without a reply"
        return
    figures = {"rta": statistics.mean(replies), "rtmax": max(replies), "rtmin": min(replies)}
    for label, want in figures.items():
        said = number(rf"{label}=([\d.]+)ms", perfdata) * 1e6
        in_time(-SOONER <= said - want < tolerance, f"{label} {said / 1e6} ms, in truth {want / 1e6} ms")
    assert number(r"rta ([\d.]+)ms", text) == number(r"rta=([\d.]+)ms", perfdata), "rta of text and perfdata differ"
    if found := re.search(r"sent (\d+), received (\d+)", outcome.output):
        assert (int(found[1]), int(found[2])) == (len(probes), len(replies)), "sent and received of -v"


def gaps(probes):
    """ns between neighbouring arrivals."""
    return [b.t - a.t for a, b in zip(probes, probes[1:])]


def check_pace(probes, interval, slack=0.25e6, late=40e6, short=0):
    """No gap but `short` of them is shorter than `interval` ns less `slack` (the stamp comes after the
    queue), and the median is not longer by more than `late`, which a machine busy with other work needs."""
    seen = sorted(gaps(probes))
    assert len(seen) > short, "too few probes"
    in_time(seen[short] >= interval - slack, f"gaps of {[g / 1e6 for g in seen]} ms, not {interval / 1e6}")
    in_time(statistics.median(seen) <= interval + late, f"median gap {statistics.median(seen) / 1e6} ms, not {interval / 1e6}")
