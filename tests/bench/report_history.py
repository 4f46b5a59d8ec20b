#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a year of history as CSV for `pingtrail import`: a line a change, not a line a check.

usage: report_history.py [--hosts N] [--outages N] [--year Y] > FILE

An observation holds as long as its interval allows, so the interval column carries the whole stretch
to the next line and no gap arises. Every host has its outages at random instants (fixed seed), a
few minutes long, and is UP at the end of the year.
"""
import argparse
import datetime
import random
import sys


def host_lines(name, outages, begin_ms, end_ms, dice):
    """Lines of one host in order."""
    starts = sorted(dice.randrange(begin_ms + 3600000, end_ms - 7200000) for _ in range(outages))
    at = begin_ms
    lines = []
    for start in starts:
        if start <= at:
            continue
        end = start + dice.randrange(60, 1800) * 1000
        lines.append((at, "up", start - at))
        lines.append((start, "down", end - start))
        at = end
    lines.append((at, "up", end_ms - at))
    for when, state, span in lines:
        yield f"{when},{name},{state},{max(1, span // 1000)}\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hosts", type=int, default=10000)
    parser.add_argument("--outages", type=int, default=200000, help="of all hosts together")
    parser.add_argument("--year", type=int, default=2026)
    args = parser.parse_args()
    zone = datetime.timezone.utc
    begin = int(datetime.datetime(args.year, 1, 1, tzinfo=zone).timestamp() * 1000)
    end = int(datetime.datetime(args.year + 1, 1, 1, tzinfo=zone).timestamp() * 1000)
    dice = random.Random(20261121)
    print("time,host,state,interval_s")
    for number in range(args.hosts):
        share = args.outages // args.hosts + (1 if number < args.outages % args.hosts else 0)
        sys.stdout.writelines(host_lines(f"host-{number:05d}", share, begin, end, dice))


if __name__ == "__main__":
    main()
