#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real program through the tables of cases.py in a network namespace of its own.

usage: run.py PROGRAM VERSION
Exits 0 when all held, 1 when one did not, 77 when no namespace can be made here. Comparisons with a
program that is not installed are counted and named as skipped.
"""
import difflib
import fcntl
import os
import shlex
import subprocess
import sys
import tempfile
import time

import cases

NAMES = ["check_pingtrail", "check_icmp", "check_host", "check_rta_multi", "check_ping", "check_fping"]
# Where distributions put Monitoring Plugins; PINGTRAIL_PEERS names a place before them.
PEER_DIRECTORIES = [*filter(None, [os.environ.get("PINGTRAIL_PEERS")]),
                    "/usr/lib/nagios/plugins", "/usr/lib64/nagios/plugins", "/usr/lib/monitoring-plugins"]
INSIDE = "PINGTRAIL_CLI_INSIDE"
SKIPPED = 77
TRIES = 4  # of what must be quick: other work on the machine makes it slower, never quicker


def enter_namespace():
    """Starts this script again inside new namespaces; does not come back when that worked."""
    environment = dict(os.environ, **{INSIDE: "1"})
    for flags in (["-n"], ["-Urn"]):
        if subprocess.run(["unshare", *flags, "true"], stderr=subprocess.DEVNULL).returncode == 0:
            command = ["unshare", *flags, sys.executable, "-B", *sys.argv]
            sys.exit(subprocess.run(command, env=environment).returncode)
    print("cli: skipped, no network namespace can be made here")
    sys.exit(SKIPPED)


def set_up_network():
    for command in ("ip link set lo up", "ip address add 192.0.2.7/32 dev lo",
                    # An interface whose other end drops frames for a strange address: hosts that
                    # never answer.
                    "ip link add hole type veth peer name void", "ip link set hole up",
                    "ip link set void up",
                    "ip route add 192.0.2.128/25 dev hole",
                    "ip neighbour add 192.0.2.200 lladdr 02:00:00:00:00:01 dev hole"):
        subprocess.run(command.split(), check=True)
    # Ping sockets for everyone; in a user namespace only its own groups may be named.
    for groups in ("0 2147483647", "0 0"):
        try:
            with open("/proc/sys/net/ipv4/ping_group_range", "w", encoding="ascii") as file:
                file.write(groups)
            return
        except OSError:
            continue


def echoes_sent():
    """Echo requests that left this namespace since it was made, of both families."""
    total = 0
    with open("/proc/net/snmp", encoding="ascii") as file:
        rows = [line.split() for line in file if line.startswith("Icmp:")]
        total += int(dict(zip(rows[0], rows[1]))["OutEchos"])
    with open("/proc/net/snmp6", encoding="ascii") as file:
        for line in file:
            if line.startswith("Icmp6OutEchos"):
                total += int(line.split()[1])
    return total


class Runner:
    def __init__(self, program, version, directory):
        self.version, self.directory = version, directory
        self.failures = self.passed = 0
        self.skipped = []
        for name in NAMES:
            os.symlink(os.path.abspath(program), os.path.join(directory, name))
        with open(os.path.join(directory, "good.ini"), "w", encoding="ascii") as file:
            file.write("# found by --extra-opts\n[short]\nwarning = 100,20%\npacket-interval=0\n"
                       "[check_pingtrail]\nhost=\"::1\"\ni=0\n")
        with open(os.path.join(directory, "bad.ini"), "w", encoding="ascii") as file:
            file.write("[s]\nwarning=100,20%\nn=many\n")

    def fill(self, text):
        return text.replace("{tmp}", self.directory).replace("{version}", self.version)

    def run(self, line, directory=None, history=True):
        words = shlex.split(self.fill(line))
        words[0] = os.path.join(directory or self.directory, words[0])
        if not history:  # a packaged state directory on this machine is none of the tests' business
            words.insert(1, "--no-history")
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              env={"PATH": os.environ["PATH"], "LC_ALL": "C"})
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def judge(self, line, differences):
        if differences:
            self.failures += 1
            print(f"FAILED: {line}")
            for difference in differences:
                print("    " + difference)
        else:
            self.passed += 1

    def check_good(self, line, want_code, want_text):
        for _ in range(TRIES):
            code, text, errors = self.run(line, history=False)
            if "no answer in time" not in text:  # said by a check that got no time to work in
                break
        differences = [] if code == want_code else [f"exit code {code}, not {want_code}"]
        differences += [f"on standard error: {errors}"] if errors else []
        differences += differ(self.fill(want_text), cases.filter_numbers(text))
        self.judge(line, differences)

    def check_bad(self, line, want):
        before = echoes_sent()
        code, text, errors = self.run(line)
        sent = echoes_sent() - before
        differences = [] if code == 3 else [f"exit code {code}, not 3"]
        differences += [f"{sent} echo requests were sent"] if sent else []
        differences += [f"on standard error: {errors}"] if errors else []
        differences += differ(f"UNKNOWN - {self.fill(want)}\n", text)
        self.judge(line, differences)

    def compare(self, line):
        name = line.split()[0]
        places = [d for d in PEER_DIRECTORIES if os.access(os.path.join(d, name), os.X_OK)]
        if not places:
            self.skipped.append(f"{name} is not installed: {line}")
            return
        ours, peers = self.run(line, history=False), self.run(line, places[0])
        differences = [] if ours[0] == peers[0] else [f"exit code {ours[0]}, the peer's {peers[0]}"]
        # The peers end with a blank that means nothing.
        differences += differ(cases.filter_numbers(peers[1]).rstrip(), cases.filter_numbers(ours[1]).rstrip())
        self.judge(f"{line} (beside {places[0]})", differences)


def differ(want, got):
    if want == got:
        return []
    return list(difflib.unified_diff(want.splitlines(), got.splitlines(), "want", "got", lineterm=""))


def check_counter(runner):
    """A good check must move the counter that the bad ones are held against."""
    before = echoes_sent()
    runner.run("check_pingtrail -n 3 -i 0 127.0.0.1", history=False)
    runner.run("check_pingtrail -n 2 -i 0 ::1", history=False)
    sent = echoes_sent() - before
    runner.judge("counter of echo requests", [] if sent == 5 else [f"counted {sent} of 5"])


def check_locked_history(runner):
    """Whoever holds the history's locks for ever costs notes, never the answer or its time."""
    state = os.path.join(runner.directory, "state")
    os.mkdir(state)
    hosts = " ".join(f"127.0.1.{n}" for n in range(1, 61))
    line = f"check_pingtrail --state-dir {state} -t 2 -n 1 {hosts}"
    runner.run(line)
    for part, notes in (("state", 1), ("journal", 0)):
        held = []
        folder = os.path.join(state, part)
        for name in os.listdir(folder):
            held.append(open(os.path.join(folder, name), "rb"))  # pylint: disable=consider-using-with
            fcntl.flock(held[-1], fcntl.LOCK_EX)
        for network in range(2, 2 + TRIES):
            begun = time.monotonic()
            # New names are written to the journal.
            code, text, _ = runner.run(line if part == "state" else line.replace("127.0.1.", f"127.0.{network}."))
            took = time.monotonic() - begun
            first, *rest = text.splitlines()
            if took < 2.1 and len(rest) >= notes:
                break
        for file in held:
            file.close()
        wrong = [] if code == 0 and first.startswith("OK - 60 hosts: 60 ok|") else [f"{code}: {first[:80]}"]
        wrong += [] if took < 2.1 else [f"took {took:.1f} s of 2"]
        wrong += [] if notes <= len(rest) <= 4 else [f"{len(rest)} lines of notes", *rest[:3]]
        runner.judge(f"60 hosts, {part} locked", wrong)


def check_interrupted_recording(runner):
    """SIGTERM is answered within 0.5 s while locks are waited for, and with standard output closed the
    answer does not go into the file that got its number."""
    state = os.path.join(runner.directory, "interrupted")
    os.mkdir(state)
    line = f"check_pingtrail --state-dir {state} -t 9 -n 1 " + " ".join(f"127.0.1.{n}" for n in range(1, 101))
    runner.run(line)
    folder = os.path.join(state, "state")
    held = [open(os.path.join(folder, name), "rb") for name in os.listdir(folder)]  # pylint: disable=consider-using-with
    for file in held:
        fcntl.flock(file, fcntl.LOCK_EX)
    for redirection in ("", " >&-"):
        words = ["sh", "-c", f"exec {runner.directory}/{line}{redirection}"]
        for _ in range(TRIES):
            with subprocess.Popen(words, stdout=subprocess.PIPE) as check:
                time.sleep(0.5)
                check.terminate()
                begun = time.monotonic()
                text = check.communicate(timeout=30)[0].decode()
                took = time.monotonic() - begun
            if took < 0.6:
                break
        wrong = [] if took < 0.6 else [f"took {took:.1f} s"]
        wrong += [] if check.returncode == 3 else [f"exit code {check.returncode}"]
        wrong += differ("" if redirection else "UNKNOWN - check: interrupted\n", text)
        for file in held:
            file.seek(0)
            wrong += [f"{file.name} holds the answer"] if b"UNKNOWN -" in file.read() else []
        runner.judge(f"SIGTERM while recording{redirection}", wrong)
    for file in held:
        file.close()


def check_help(runner):
    """--help is long and checked for what must be in it."""
    code, text, _ = runner.run("check_pingtrail --help")
    wanted = ["--host", "--warning", "--extra-opts", "--state-dir", "--down-critical", "Examples:"]
    missing = [word for word in wanted if word not in text]
    runner.judge("check_pingtrail --help", ([] if code == 3 else [f"exit code {code}"]) + missing)


def main():
    if INSIDE not in os.environ:
        enter_namespace()
    set_up_network()
    with tempfile.TemporaryDirectory() as directory:
        runner = Runner(sys.argv[1], sys.argv[2], directory)
        check_counter(runner)
        check_help(runner)
        check_locked_history(runner)
        check_interrupted_recording(runner)
        for case in cases.GOOD:
            runner.check_good(*case)
        for case in cases.BAD:
            runner.check_bad(*case)
        for line in cases.PEERS:
            runner.compare(line)
    for reason in runner.skipped:
        print(f"skipped: {reason}")
    print(f"cli: {runner.passed} passed, {runner.failures} failed, {len(runner.skipped)} skipped; "
          f"{len(cases.GOOD) + len(cases.BAD)} command lines, {len(cases.BAD)} of them bad input")
    sys.exit(1 if runner.failures else 0)


if __name__ == "__main__":
    main()
