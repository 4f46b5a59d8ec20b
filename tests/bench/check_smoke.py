# SPDX-License-Identifier: GPL-3.0-or-later
"""check_smoke.py BUILD_DIR: tests/bench/run runs and gives all its figures; how good they are is not asked."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Beginning of the row's work and of its figure; ours must be a number in each.
WANTED = [
    ("one check of 127.0.0.1", "CPU, ping socket"), ("one check of 127.0.0.1", "CPU, raw socket"),
    *((f"20 checks at once, {place}, {sockets} sockets", what)
      for place in ("50 ms away", "on loopback") for sockets in ("ping", "raw")
      for what in ("false alarms", "checks with false loss", "CPU of each")),
    *(("100 hosts x 5 probes", f"{what} ({sockets} socket, {pace})")
      for what in ("hosts not fully answered", "CPU of a probe") for sockets in ("ping", "raw")
      for pace in ("-i 0", "default pace")),
    ("memory of one run", "100 hosts"), ("memory of one run", "a further host"),
    *((f"fixed {delay} path, busy cores, {sockets} socket", "median error of rta")
      for delay in ("2ms", "50ms") for sockets in ("ping", "raw")),
    ("30 hosts at 50 ms in one run, paced", "hosts with loss"),
]
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?( us| MiB| KiB)?$")


def main(build):
    done = subprocess.run([os.path.join(HERE, "run"), "--smoke", "--build", build], capture_output=True,
                          text=True, check=False)
    if done.returncode == 77:
        print(done.stderr.strip())
        return 77
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines()[2:]]
    problems = [] if done.returncode == 0 else [f"exit {done.returncode}: {done.stderr.strip()}"]
    for work, what in WANTED:
        found = [row for row in rows if row[0].startswith(work) and row[1].startswith(what)]
        if not found:
            problems.append(f"{work}: {what}: no figure")
        problems += [f"{work}: {what}: '{row[2]}' is no number" for row in found if not NUMBER.match(row[2])]
    print("\n".join(problems) or f"{len(rows)} figures")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
