# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of pingtrail-exporter have in common: directories, the program at a free port, requests.

The environment names the programs: PINGTRAIL_EXPORTER, PINGTRAIL, PINGTRAIL_RECORD.
"""
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse

EXPORTER = os.environ["PINGTRAIL_EXPORTER"]
PINGTRAIL = os.environ["PINGTRAIL"]
RECORD = os.environ["PINGTRAIL_RECORD"]
MINUTE = 60000
REASON = "Destination Host Unreachable from 192.0.2.1"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(condition, seconds=30, what="condition"):
    """The condition's first true value; the bound is for a machine that hangs, not for a slow one."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not so after {seconds} s")
        time.sleep(0.05)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.bytes = response.read()

    @property
    def text(self):
        return self.bytes.decode("utf-8")

    def json(self):
        return json.loads(self.bytes)


class ExporterCase(unittest.TestCase):
    def setUp(self):
        self.base = tempfile.mkdtemp(prefix="pingtrail-exporter-")
        self.addCleanup(shutil.rmtree, self.base, ignore_errors=True)
        self.dir = self.directory("state dir")
        self.process = None
        self.now = int(time.time() * 1000)

    def directory(self, name):
        path = os.path.join(self.base, name)
        os.makedirs(path, exist_ok=True)
        return path

    def path(self, name, text, mode=0o600):
        path = os.path.join(self.base, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def record(self, name, states, series="", group="", begin=None, step=MINUTE, directory=None):
        """One observation a step, the last of them now unless `begin` says otherwise."""
        if begin is None:
            begin = self.now - (len(states) - 1) * step
        words = [f"{begin + i * step}:{word}" for i, word in enumerate(states)]
        for i in range(0, len(words), 1000):
            subprocess.run([RECORD, directory or self.dir, name, series, group, REASON, *words[i:i + 1000]], check=True)

    def start(self, *options, state=True, wait=True, **how):
        self.port = free_port()
        self.log = os.path.join(self.base, "exporter.log")
        words = [EXPORTER, "--listen", f"127.0.0.1:{self.port}", "--tz", "UTC"]
        if state:
            words += ["--state-dir", self.dir]
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([*words, *options], stdout=log, stderr=log, **how)
        self.addCleanup(self.stop)
        if wait:
            wait_for(self.answers, what=f"{words}: {self.logged()}")

    def answers(self):
        if self.process.poll() is not None:
            raise AssertionError(f"exporter ended with {self.process.returncode}: {self.logged()}")
        try:
            return self.get("/-/healthy").status
        except OSError:
            return None

    def logged(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def get(self, path, method="GET", headers=None, timeout=60, **query):
        if query:
            path += "?" + urllib.parse.urlencode(query, doseq=True)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, headers=headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def metric(self, name, text=None, **labels):
        """The value of the one series of that name and those labels (None: without that label); None when
        there is none."""
        text = self.get("/metrics").text if text is None else text
        found = []
        for line in text.splitlines():
            if not line.startswith((name + "{", name + " ")):
                continue
            series, value = line.rsplit(" ", 1)
            if all(f'{key}="' not in series if wanted is None else f'{key}="{wanted}"' in series
                   for key, wanted in labels.items()):
                found.append(float(value))
        if len(found) > 1:
            raise AssertionError(f"{name}{labels}: {len(found)} series")
        return found[0] if found else None

    def ask(self, *words):
        """What `pingtrail` prints of the same directory."""
        return subprocess.run([PINGTRAIL, *words, "--state-dir", self.dir], check=True, capture_output=True,
                              text=True).stdout


def run_writer(case, rrd, host, minutes=240):
    """Lets pingtrail-rrd make the archive of a host check: a sample a minute up to now, slow and lossy now
    and then, lost altogether in its last ten minutes."""
    spool = case.directory("spool")
    lines = []
    now = case.now // 1000
    for i in range(minutes):
        at = now - (minutes - 1 - i) * 60
        down = i >= minutes - 10
        rta = "U" if down else f"{8 + 5 * (i % 9 == 0) + (i % 7) / 4:.3f}ms"
        loss = 100 if down else 20 * (i % 31 == 0)
        lines.append(f"DATATYPE::HOSTPERFDATA\tTIMET::{at}\tHOSTNAME::{host}\tHOSTPERFDATA::rta={rta};200.000;500.000;0; "
                     f"pl={loss}%;40;80;; rtmax={'U' if down else '19.000ms'};;;; rtmin={'U' if down else '7.000ms'};;;;"
                     f"\tHOSTCHECKCOMMAND::check_icmp\tHOSTSTATE::UP\tHOSTSTATETYPE::HARD\n")
    with open(os.path.join(spool, "host-perfdata.1"), "w", encoding="utf-8") as file:
        file.write("".join(lines))
    os.utime(os.path.join(spool, "host-perfdata.1"), (now - 3600, now - 3600))
    subprocess.run([os.environ["PINGTRAIL_RRD"], "--spool", spool, "--rrd-dir", rrd, "--once"], check=True,
                   capture_output=True)
