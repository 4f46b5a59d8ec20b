#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downtimes that are announced to a real Icinga 2 through its API arrive in the reports.

usage: icinga_downtimes_test.py PINGTRAIL [unittest options]
"""
import base64
import calendar
import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

PROGRAM = os.path.abspath(sys.argv.pop(1))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from processes import ICINGA, Icinga, Processes, lacking, leave_out, wait_for, write  # noqa: E402

NODE = "localhost"
PASSWORD = "only:for this test"
CONFIG = """const NodeName = "{node}"
include <itl>
object IcingaApplication "app" {{ }}
object CheckerComponent "checker" {{ }}
object FileLogger "log" {{ severity = "information"; path = LogDir + "/icinga.log" }}
object Endpoint NodeName {{ }}
object Zone "master" {{ endpoints = [ NodeName ] }}
object ApiListener "api" {{ bind_host = "127.0.0.1"; bind_port = {port} }}
object ApiUser "admin" {{ password = "{password}"; permissions = [ "*" ] }}
object ApiUser "reader" {{ password = "{password}"; permissions = [ "objects/query/Downtime" ] }}
object ApiUser "stranger" {{ password = "{password}"; permissions = [ "status/query" ] }}
for (name in [ "core sw", "web", "db" ]) {{
  object Host name {{ check_command = "dummy"; enable_active_checks = false; max_check_attempts = 1 }}
}}
object Service "disk" {{ host_name = "web"; check_command = "dummy"; enable_active_checks = false }}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Downtimes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.base = tempfile.mkdtemp(prefix="pingtrail-downtimes-")
        cls.addClassCleanup(shutil.rmtree, cls.base, ignore_errors=True)
        cls.icinga = Icinga(os.path.join(cls.base, "icinga"))
        cls.port = free_port()
        write(cls.icinga.config, CONFIG.format(node=NODE, port=cls.port, password=PASSWORD))
        certs = cls.icinga.path("data", "certs")
        os.makedirs(certs)
        cls.icinga.run("pki", "new-ca")
        cls.icinga.sign(NODE, f"{certs}/{NODE}.key", f"{certs}/{NODE}.crt")
        cls.ca = shutil.copy(cls.icinga.path("data", "ca", "ca.crt"), certs)
        cls.processes = Processes(os.path.join(cls.base, "out"))
        cls.addClassCleanup(cls.processes.end_all)
        cls.daemon = cls.processes.start("icinga", *cls.icinga.daemon())
        wait_for(cls.answers, 60, "the API of Icinga answers")

    @classmethod
    def answers(cls):
        if cls.processes.gone():
            raise AssertionError(cls.processes.gone())
        try:
            return cls.api("GET", "objects/hosts/web")["results"]
        except (urllib.error.URLError, ConnectionError):
            return None

    @classmethod
    def api(cls, method, path, body=None):
        request = urllib.request.Request(
            f"https://localhost:{cls.port}/v1/{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Accept": "application/json", "Authorization":
                     "Basic " + base64.b64encode(f"admin:{PASSWORD}".encode()).decode()})
        with urllib.request.urlopen(request, timeout=20, context=ssl.create_default_context(cafile=cls.ca)) as answer:
            return json.load(answer)

    def setUp(self):
        self.state = tempfile.mkdtemp(prefix="state-", dir=self.base)
        self.now = int(time.time())
        rows = "".join(f"{(self.now - 3600 + i * 60) * 1000},{host},{'down' if 20 <= i < 40 else 'up'},60\n"
                       for i in range(60) for host in ("core sw", "web", "db"))
        self.run_pingtrail("import", "-", stdin=rows)

    def run_pingtrail(self, *words, stdin="", code=0):
        done = subprocess.run([PROGRAM, *words, "--state-dir", self.state], input=stdin, capture_output=True, text=True,
                              timeout=60, check=False)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done

    def run_import(self, user="reader", host="localhost", code=0):
        secret = write(os.path.join(self.base, user), f"{user}:{PASSWORD}\n", 0o600)
        return self.run_pingtrail("maintenance", "import", "--icinga", f"https://{host}:{self.port}",
                                  "--icinga-credentials", secret, "--icinga-ca", self.ca, code=code)

    def schedule(self, kind, where, begin, end, **more):
        body = {"type": kind, "filter": where, "author": "test", "comment": "planned work", "start_time": begin,
                "end_time": end, "duration": end - begin, **more}
        [result] = self.api("POST", "actions/schedule-downtime", body)["results"]
        self.addCleanup(self.remove, result["name"])
        return result["name"]

    def remove(self, name):
        try:
            self.api("POST", "actions/remove-downtime", {"downtime": name})
        except urllib.error.HTTPError as error:
            error.close()  # removed by the test itself

    def planned(self):
        report = json.loads(self.run_pingtrail("report", "--window", "2h", "--json").stdout)
        return {h["host"]: h["down_planned_s"] for h in report["hosts"]}

    def test_a_fixed_downtime_is_planned_and_no_other(self):
        self.assertEqual(self.run_import().stdout, "0 downtimes read, 0 new, 0 bad\n")
        name = self.schedule("Host", 'host.name=="core sw"', self.now - 1800, self.now + 600)
        self.schedule("Service", 'host.name=="web"', self.now - 3600, self.now + 600)
        self.assertEqual(self.run_import().stdout, "1 downtime read, 1 new, 0 bad\n")
        self.assertEqual(self.run_import().stdout, "1 downtime read, 0 new, 0 bad\n")
        # Down from 40 to 20 minutes ago, planned from 30 minutes ago on.
        self.assertEqual(self.planned(), {"core sw": 600.0, "web": 0.0, "db": 0.0})
        [window] = json.loads(self.run_pingtrail("maintenance", "list", "--json").stdout)
        self.assertEqual((window["host"], window["origin"], window["comment"]),
                         ("core sw", "icinga:" + name.replace(" ", "%20"), "planned work"))

    def test_a_flexible_one_is_planned_once_a_failure_triggers_it(self):
        self.schedule("Host", 'host.name=="db"', self.now - 60, self.now + 600, fixed=False, duration=300)
        self.assertEqual(self.run_import().stdout, "0 downtimes read, 0 new, 0 bad\n")
        before = time.time()
        self.api("POST", "actions/process-check-result",
                 {"type": "Host", "filter": 'host.name=="db"', "exit_status": 1, "plugin_output": "down"})
        self.assertEqual(self.run_import().stdout, "1 downtime read, 1 new, 0 bad\n")
        [window] = json.loads(self.run_pingtrail("maintenance", "list", "--json").stdout)
        seconds = [calendar.timegm(time.strptime(window[k][:19], "%Y-%m-%dT%H:%M:%S")) for k in ("from", "to")]
        self.assertEqual(seconds[1] - seconds[0], 300)
        self.assertGreaterEqual(seconds[0], int(before) - 1)
        self.assertLessEqual(seconds[0], time.time())

    def test_what_was_removed_before_it_began_is_none(self):
        self.remove(self.schedule("Host", 'host.name=="web"', self.now + 600, self.now + 1200))
        self.assertEqual(self.run_import().stdout, "0 downtimes read, 0 new, 0 bad\n")

    def test_refusals_of_the_real_one(self):
        url = f"https://localhost:{self.port}"
        self.assertEqual(self.run_import("nobody", code=2).stderr,
                         f"pingtrail: {url}: HTTP 401: user nobody or the password is refused\n")
        self.assertEqual(self.run_import("stranger", code=2).stderr,
                         f"pingtrail: {url}: HTTP 404: user stranger lacks the permission objects/query/Downtime, or this "
                         "is no Icinga\n")
        # The certificate is of another name.
        self.assertIn("certificate: ", self.run_import(host="127.0.0.1", code=2).stderr)


if __name__ == "__main__":
    leave_out("live.icinga_downtimes", lacking(ICINGA))
    unittest.main()
