#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Icinga 2 lets another one, an agent, run the packaged check: the agent gets the name, interval and
addresses of the master's objects, and keeps the history; the master gets the result. Two ordinary processes
that talk on 127.0.0.1.

usage: icinga2_agent_test.py CHECK_PINGTRAIL PINGTRAIL [unittest options]
"""
import glob
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PLUGIN, READER = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]
COMMANDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../packaging/icinga2/pingtrail-commands.conf")
SECONDS = 90  # the most to wait for
ICINGA = next(iter(glob.glob("/usr/lib/*/icinga2/sbin/icinga2")), None)
BOTH = """const NodeName = "{name}"
const ZoneName = "{name}"
object IcingaApplication "app" {{ }}
object CheckerComponent "checker" {{ }}
object ApiListener "api" {{ accept_commands = true; bind_host = "127.0.0.1"; bind_port = {port} }}
object Endpoint "master" {{ {address} }}
object Endpoint "agent" {{ }}
object Zone "master" {{ endpoints = [ "master" ] }}
object Zone "agent" {{ endpoints = [ "agent" ]; parent = "master" }}
include "{commands}"
"""
MASTER = """include <itl>
object PerfdataWriter "perfdata" {{ rotation_interval = 1s
  host_perfdata_path = "{base}/perfdata/host"; service_perfdata_path = "{base}/perfdata/service"
  host_temp_path = "{base}/host"; service_temp_path = "{base}/service" }}
template Service "far" {{ host_name = "far"; zone = "master"; command_endpoint = "agent"; check_command = "pingtrail"
  retry_interval = 3s }}
object Host "far" {{ check_command = "dummy"; zone = "master"; address = "127.0.0.1"; address6 = "::1" }}
object Service "plain" {{ import "far"; check_interval = 7s; vars.pingtrail_group = "g 1" }}
object Service "six" {{ import "far"; check_interval = 6s; vars.pingtrail_ipv6 = true }}
object Service "many" {{ import "far"; check_interval = 5s; vars.pingtrail_address = [ "127.0.0.2", "127.0.0.3" ] }}
"""
WANTED = {
    ("--group", "g 1", "--interval", "7", "--name", "far", "--host", "127.0.0.1"),
    ("--interval", "6", "--ipv6-only", "--name", "far", "--host", "::1"),
    ("--interval", "5", "--host", "127.0.0.2", "--host", "127.0.0.3"),
}
HISTORIES = {("far", ""), ("far", "ipv6"), ("127.0.0.2", ""), ("127.0.0.3", "")}


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Agent(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.base = place.name
        self.started = []
        self.addCleanup(self.end_all)
        os.makedirs(os.path.join(self.base, "perfdata"))
        for name in ("master", "agent"):
            for part in ("data/certs", "cache", "log", "run", "spool", "plugins", "state"):
                os.makedirs(os.path.join(self.base, name, part))
            script = self.write(f"{name}/plugins/check_pingtrail", "#!/bin/bash\n"
                                f"printf '%q ' \"$@\" >>{self.base}/{name}/calls; echo >>{self.base}/{name}/calls\n"
                                f"exec {shlex.quote(PLUGIN)} \"$@\" --state-dir {self.base}/{name}/state\n")
            os.chmod(script, 0o755)

    def write(self, name, text):
        path = os.path.join(self.base, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def read(self, name):
        try:
            with open(os.path.join(self.base, name), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""

    def icinga(self, name, *words):
        places = {"DataDir": "data", "CacheDir": "cache", "LogDir": "log", "InitRunDir": "run", "SpoolDir": "spool",
                  "PluginDir": "plugins"}
        return [ICINGA, "--no-stack-rlimit", *words, "-DRunAsUser=root", "-DRunAsGroup=root",
                *[f"-D{key}={os.path.join(self.base, name, value)}" for key, value in places.items()]]

    def pki(self, *words):
        done = subprocess.run(self.icinga("master", "pki", *words), capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def certify(self):
        self.pki("new-ca")
        for name in ("master", "agent"):
            stem = os.path.join(self.base, name, "data/certs", name)
            self.pki("new-cert", "--cn", name, "--key", stem + ".key", "--csr", stem + ".csr")
            self.pki("sign-csr", "--csr", stem + ".csr", "--cert", stem + ".crt")
            self.write(f"{name}/data/certs/ca.crt", self.read("master/data/ca/ca.crt"))

    def start(self, name, config):
        with open(os.path.join(self.base, name, "out"), "w", encoding="utf-8") as out:
            self.started.append(subprocess.Popen(self.icinga(name, "daemon", "-c", config), stdout=out, stderr=out,
                                                 start_new_session=True))

    def end_all(self):
        for process in self.started:
            process.terminate()
        for process in self.started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.started = []

    def missing(self):
        """What is to come and has not yet."""
        calls = {tuple(shlex.split(line)) for line in self.read("agent/calls").splitlines()}
        done = subprocess.run([READER, "status", "--json", "--state-dir", os.path.join(self.base, "agent/state")],
                              capture_output=True, text=True, check=False)
        hosts = json.loads(done.stdout)["hosts"] if done.returncode == 0 else []
        perfdata = "".join(self.read(path) for path in glob.glob(self.base + "/perfdata/service.*"))
        return (WANTED - calls) | (HISTORIES - {(h["host"], h.get("series") or "") for h in hosts}) | \
            {name for name in ("plain", "six", "many") if f"SERVICEDESC::{name}\t" not in perfdata}

    def test_an_agent_runs_the_check(self):
        self.certify()
        ports = dict(zip(("master", "agent"), free_ports(2)))
        for name in ("master", "agent"):
            address = f'host = "127.0.0.1"; port = "{ports["master"]}"' if name == "agent" else ""
            text = BOTH.format(name=name, port=ports[name], address=address, commands=COMMANDS)
            config = self.write(f"{name}/icinga2.conf", text + (MASTER.format(base=self.base) if name == "master" else ""))
            self.start(name, config)
        end = time.monotonic() + SECONDS
        while self.missing() and time.monotonic() < end and all(one.poll() is None for one in self.started):
            time.sleep(0.3)
        out = self.read("master/out") + self.read("agent/out")
        self.assertTrue(all(one.poll() is None for one in self.started), out)
        self.assertEqual(self.missing(), set(), self.read("agent/calls") + out)
        self.assertEqual(self.read("master/calls"), "", "the master ran checks itself")


if __name__ == "__main__":
    if ICINGA is None:
        print("skip live.config_icinga2_agent: icinga2-bin is not installed")
        sys.exit(77)
    unittest.main()
