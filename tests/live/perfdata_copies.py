# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of the spool files that cores wrote, and what of them is in the archives."""
import collections
import dataclasses
import os
import re
import subprocess

from processes import read


@dataclasses.dataclass
class Sample:
    at: int
    values: list  # None for U
    place: str  # "file:line"


def values_of(perfdata):
    """The values of check_pingtrail's perfdata, whose labels hold no blank."""
    out = []
    for item in perfdata.split():
        number = re.match(r"-?[0-9.]+", item.rpartition("=")[2])
        out.append(float(number.group()) if number else None)
    return out


def lines_of(folder):
    """{(host, service or None): [Sample, ...]} of all PNP lines in the folder's files."""
    found = collections.defaultdict(list)
    for name in sorted(os.listdir(folder)):
        for number, line in enumerate(read(os.path.join(folder, name)).splitlines(), 1):
            keys = dict(word.split("::", 1) for word in line.split("\t"))
            kind = keys["DATATYPE"]
            found[keys["HOSTNAME"], keys.get("SERVICEDESC")].append(
                Sample(int(keys["TIMET"]), values_of(keys[kind]), f"{name}:{number}"))
    return found


def archive_rows(root, host, service, instants):
    """{instant: [value of each source]} of the archive's rows of one second."""
    def clean(text):
        return re.sub(r"[& :/\\]", "_", text)

    path = os.path.join(root, clean(host), (clean(service) if service else "_HOST_") + ".rrd")
    done = subprocess.run(["rrdtool", "fetch", path, "AVERAGE", "-r", "1", "-s", str(min(instants) - 2),
                           "-e", str(max(instants) + 2)], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{path}: {done.stderr}")
    rows = {}
    for line in done.stdout.splitlines():
        match = re.fullmatch(r"(\d+): (.*)", line)
        if match:
            rows[int(match[1])] = [None if "nan" in v else float(v) for v in match[2].split()]
    return {at: rows[at] for at in instants if at in rows}
