#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a linked program against the rules of rules.py.

usage: check_binary.py PROGRAM FORBIDDEN_PATH...
The program may need the libraries of NEEDED_ALLOWED only, have no run path, and hold none of the
forbidden paths (those of the machine it was built on). One line a violation; exits 1 when there is any.
"""
import re
import subprocess
import sys

import rules


def dynamic_section(program):
    """What readelf says of the dynamic section; raises CalledProcessError for what is no ELF file."""
    return subprocess.run(["readelf", "-d", "--wide", program], check=True, capture_output=True,
                          text=True).stdout


def check_dynamic(text):
    for name in re.findall(r"\(NEEDED\).*\[(.+)\]", text):
        if not any(re.fullmatch(pattern, name) for pattern in rules.NEEDED_ALLOWED):
            yield f"needs {name}"
    for path in re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.+)\]", text):
        yield f"has the run path {path}"


def check_paths(data, forbidden):
    for path in forbidden:
        at = data.find(path.encode())
        if at >= 0:
            end = data.find(b"\0", at)
            yield "holds a path of the build machine: " + data[at:end][:200].decode(errors="replace")


def main(arguments):
    if len(arguments) < 3:
        print("usage: check_binary.py PROGRAM FORBIDDEN_PATH...")
        return 2
    program = arguments[1]
    text = dynamic_section(program)
    if "(NEEDED)" not in text:
        print(f"{program}: needs no library at all; this check is for dynamic programs")
        return 2
    with open(program, "rb") as file:
        broken = list(check_dynamic(text)) + list(check_paths(file.read(), arguments[2:]))
    for fact in broken:
        print(f"{program}: {fact}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
