# SPDX-License-Identifier: GPL-3.0-or-later
"""The real programs of the live tests, as ordinary processes with directories of their own."""
import ctypes
import os
import signal
import subprocess
import sys
import time

ICINGA = "/usr/lib/x86_64-linux-gnu/icinga2/sbin/icinga2"
NAGIOS = "/usr/sbin/nagios4"
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


def lacking(*paths):
    """Why the test cannot be made here; None when all programs are there."""
    missing = [p for p in paths if not os.access(p, os.X_OK)]
    return f"{', '.join(missing)} not installed" if missing else None


def not_root():
    """Icinga and Nagios set their groups, which a user namespace with one group does not allow."""
    return None if os.geteuid() == 0 else "only root can run the cores in a network of their own"


def leave_out(name, reason):
    """Ends a test that cannot be made here, as ctest and tests/run expect it."""
    if reason:
        print(f"skip {name}: {reason}")
        sys.exit(77)


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def read_if_there(path):
    return read(path) if os.path.exists(path) else ""


def wait_for(fact, seconds, what):
    end = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.1)


def end_with_parent():
    """In the child: what it would leave behind ends with the test, however that ends."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Processes:
    """What was started, each with its output in FOLDER/NAME.out; ended by process id, last first."""

    def __init__(self, folder):
        self.folder, self.running = folder, []
        os.makedirs(folder, exist_ok=True)

    def start(self, name, *command):
        with open(os.path.join(self.folder, name + ".out"), "a", encoding="utf-8") as out:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                       preexec_fn=end_with_parent)
        self.running.append((name, process))
        return process

    def end(self, process):
        self.running = [(n, p) for n, p in self.running if p is not process]
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return process.returncode

    def end_all(self):
        for _, process in reversed(self.running):
            self.end(process)

    def gone(self):
        """Names and outputs of those that ended by themselves."""
        return {n: self.output(n) for n, p in self.running if p.poll() is not None}

    def output(self, name):
        return read(os.path.join(self.folder, name + ".out"))


class Icinga:
    """One Icinga 2 with all its directories below `base`."""

    PLACES = {"DataDir": "data", "CacheDir": "cache", "LogDir": "log", "InitRunDir": "run", "SpoolDir": "spool",
              "ConfigDir": "conf", "ZonesDir": "zones.d"}

    def __init__(self, base):
        self.base = base
        for place in self.PLACES.values():
            os.makedirs(os.path.join(base, place), exist_ok=True)
        self.config = os.path.join(base, "conf", "icinga2.conf")

    def path(self, *names):
        return os.path.join(self.base, *names)

    def command(self, *words):
        defines = [f"-D{key}={self.path(value)}" for key, value in self.PLACES.items()]
        return [ICINGA, "--no-stack-rlimit", *words, *defines, "-DRunAsUser=root", "-DRunAsGroup=root"]

    def daemon(self):
        return self.command("daemon", "-c", self.config)

    def run(self, *words):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise AssertionError(f"icinga2 {' '.join(words)}: {done.stdout}{done.stderr}")

    def sign(self, name, key, cert):
        """A certificate by this Icinga's CA, which must be there."""
        csr = self.path("data", name + ".csr")
        self.run("pki", "new-cert", "--cn", name, "--key", key, "--csr", csr)
        self.run("pki", "sign-csr", "--csr", csr, "--cert", cert)
