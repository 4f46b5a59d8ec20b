#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs clang-tidy over every source of a build, skipping those that passed before unchanged.

usage: tidy.py BUILD_DIRECTORY JOBS
Unchanged means: the same preprocessed text with its comments, the same .clang-tidy files, the same
clang-tidy. What passed is remembered in BUILD_DIRECTORY/tidy. Exits 1 when any source has a finding.
"""
import concurrent.futures
import hashlib
import json
import os
import shlex
import subprocess
import sys
import time

# Warnings are the compiler's business, and clang does not know all of GCC's.
WARNINGS = ("-W", "-pedantic")


def compile_arguments(entry):
    """The options of one compile command without compiler, launcher, output and source."""
    words = shlex.split(entry["command"])
    start = next(i for i, word in enumerate(words) if word.startswith("-"))
    options, skip = [], False
    for word in words[start:]:
        if skip:
            skip = False
        elif word in ("-o", "-MF", "-MT"):
            skip = True
        elif word not in ("-c", "-MD", entry["file"]) and not word.startswith(WARNINGS):
            options.append(word)
    return options


def fingerprint(entry, options, salt):
    """What the verdict on this source depends on; preprocessed by the build's own compiler."""
    compiler = next(word for word in shlex.split(entry["command"]) if not word.endswith("ccache"))
    text = subprocess.run([compiler, "-E", "-C", *options, entry["file"]], cwd=entry["directory"],
                          capture_output=True, check=True).stdout
    return hashlib.sha256(salt + shlex.join(options).encode() + text).hexdigest()


def tidy(entry, salt, passed):
    """(source, findings, was remembered); no findings: empty text."""
    source = entry["file"]
    options = compile_arguments(entry)
    mark = fingerprint(entry, options, salt)
    if os.path.exists(os.path.join(passed, mark)):
        return source, "", True
    done = subprocess.run(["clang-tidy", "--quiet", source, "--", *options], cwd=entry["directory"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        return source, done.stdout + done.stderr, False
    with open(os.path.join(passed, mark), "w", encoding="utf-8"):
        pass
    return source, "", False


def salt_of(root):
    config = b""
    for name in (".clang-tidy", "tests/unit/.clang-tidy"):
        with open(os.path.join(root, name), "rb") as file:
            config += file.read()
    version = subprocess.run(["clang-tidy", "--version"], check=True, capture_output=True).stdout
    return hashlib.sha256(config + version).digest()


def main(arguments):
    if len(arguments) != 3:
        print("usage: tidy.py BUILD_DIRECTORY JOBS")
        return 2
    build, jobs = arguments[1], int(arguments[2])
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        entries = [e for e in json.load(file) if e["file"].endswith(".cc")]
    passed = os.path.abspath(os.path.join(build, "tidy"))
    os.makedirs(passed, exist_ok=True)
    salt = salt_of(root)
    begin, remembered, bad = time.monotonic(), 0, 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for source, findings, known in pool.map(lambda e: tidy(e, salt, passed), entries):
            remembered += known
            if findings:
                bad += 1
                print(f"{os.path.relpath(source, root)}:\n{findings}", flush=True)
    print(f"{len(entries)} sources, {remembered} unchanged since they passed, {bad} with findings, "
          f"{time.monotonic() - begin:.0f} s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
