#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packaged configuration in the real Icinga 2: it validates, and the command lines that arrive at the
plugin are what the custom variables say. An ordinary process in a directory of its own.

usage: icinga2_test.py CHECK_PINGTRAIL PINGTRAIL [unittest options]
"""
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PLUGIN, READER = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "../../packaging/icinga2")
SECONDS = 60  # the most to wait for the first results
ICINGA = next(iter(glob.glob("/usr/lib/*/icinga2/sbin/icinga2")), None)
# Stands in for a plugin: leaves its arguments, then is the plugin.
RECORDER = """#!/usr/bin/env python3
import json, os, sys, tempfile
name = os.path.basename(sys.argv[0])
file, path = tempfile.mkstemp(dir={log!r}, prefix=".")
os.write(file, json.dumps([name] + sys.argv[1:]).encode())
os.close(file)
os.rename(path, os.path.join({log!r}, os.path.basename(path)[1:] + ".json"))
os.execv({links!r} + "/" + name, [name] + sys.argv[1:] + {more!r})
"""
HEAD = """object IcingaApplication "app" {{ }}
object CheckerComponent "checker" {{ }}
object FileLogger "log" {{ severity = "warning"; path = "{base}/icinga.log" }}
include <itl>
include <plugins>
"""
HOSTS = """
object Host "all options" {
  import "pingtrail-host"
  address = "127.0.0.1"
  check_interval = 9
  retry_interval = 9
  vars.pingtrail_group = "g 1"
}
object Service "everything" {
  import "pingtrail-service"
  host_name = "all options"
  check_interval = 0.1m
  retry_interval = 3
  OPTIONS
}
object Host "no address" {
  import "pingtrail-host"
  vars.pingtrail_address = "127.0.0.2"
}
object Host "only6" { import "pingtrail-host"; address6 = "::1" }
object Host "many" {
  check_command = "dummy"
  address = "127.0.0.1"
  vars.pingtrail_uplinks = [ "127.0.0.3", "127.0.0.4" ]
  vars.pingtrail_voice = true
  vars.pingtrail_health = true
}
"""
DROP_IN = """
for (name in [ "icmp", "ping", "ping4", "hostalive", "hostalive4", "fping4" ]) {
  object Service "drop-in-" + name use(name) {
    host_name = "many"
    check_command = "pingtrail-" + name
    check_interval = 7s
  }
}
"""
# Variables of one service that has them all, with what must arrive for them.
VALUES = {
    "warning": "150ms,30%", "critical": "600ms,90%", "rta": "100,200", "packet_loss": "40%,50%",
    "jitter": "40,50", "mos": "3.5,3.0", "score": "80,70", "minimal_host_alive": 1, "packets": 2,
    "packet_interval": 10, "target_interval": 5, "rate": 1000, "timeout": 7, "ttl": 33, "size": 64,
    "source": "127.0.0.1", "dscp": "EF", "tos": 8, "fwmark": 3, "extra_opts": "nothing@/dev/null",
    "state_dir": "/nonexistent", "series": "one two", "perfdata": "full", "spool": "/nonexistent",
    "down_warning": "2m", "down_critical": "5m"}
LONG = {"rta": "rta-mode-thresholds", "packet_loss": "packet-loss-mode-thresholds", "jitter": "jitter-mode-thresholds",
        "mos": "mos-mode-thresholds", "score": "score-mode-thresholds", "packets": "number-of-packets",
        "ttl": "outgoing-ttl", "ipv4": "ipv4-only", "ipv6": "ipv6-only", "out_of_order": "out-of-order-packets"}
SWITCHES = ("ipv4", "ipv6", "all_addresses", "out_of_order", "early", "dont_fragment", "verbose", "no_history")

OURS = ["check_pingtrail", "--interval"]
# What must arrive at the plugins, in any order.
WANTED = [
    OURS + ["5", "--name", "only6", "--host", "::1"],
    OURS + ["5", "--name", "only6", "--host", "::1", "--ipv6-only"],
    OURS + ["5", "--name", "no address", "--host", "127.0.0.2"],
    OURS + ["5", "--name", "pingtrail-example", "--host", "127.0.0.1", "--group", "examples"],
    OURS + ["5", "--name", "pingtrail-example", "--host", "127.0.0.1", "--group", "examples", "--ipv4-only"],
    OURS + ["5", "--name", "pingtrail-example", "--host", "::1", "--group", "examples", "--ipv6-only"],
    OURS + ["9", "--name", "all options", "--host", "127.0.0.1", "--group", "g 1"],
    OURS + ["5", "--minimal-host-alive", "1", "--host", "127.0.0.3", "--host", "127.0.0.4"],
    OURS + ["5", "--name", "many", "--host", "127.0.0.1", "--series", "voice", "--dscp", "EF", "--size", "1400",
            "--number-of-packets", "10", "--mos-mode-thresholds", "3.8,3.5", "--down-critical", "5m"],
    OURS + ["6", "--name", "all options", "--host", "all options", "--group", "g 1", "--extra-opts=nothing@/dev/null",
            *[word for key, value in VALUES.items() if key != "extra_opts"
              for word in ("--" + LONG.get(key, key.replace("_", "-")), str(value))],
            *["--" + LONG.get(key, key.replace("_", "-")) for key in SWITCHES]],
    ["check_icmp", "--name", "many", "--interval", "7", "-H", "127.0.0.1", "-w", "100,5%", "-c", "200,15%"],
    ["check_ping", "--name", "many", "--interval", "7", "-H", "127.0.0.1", "-w", "100,5%", "-c", "200,15%"],
    ["check_ping", "--name", "many", "--interval", "7", "-H", "127.0.0.1", "-w", "100,5%", "-c", "200,15%", "-4"],
    ["check_ping", "--name", "many", "--interval", "7", "-H", "127.0.0.1", "-w", "3000,80%", "-c", "5000,100%", "-4"],
    ["check_fping", "--name", "many", "--interval", "7", "127.0.0.1", "-w", "100,5%", "-c", "200,15%", "-4", "-n", "5",
     "-i", "500"],
]

# Host and series.
HISTORIES = {("only6", ""), ("only6", "ipv6"), ("pingtrail-example", ""), ("pingtrail-example", "ipv4"),
             ("pingtrail-example", "ipv6"), ("many", "voice"), ("many", ""), ("127.0.0.3", ""), ("127.0.0.4", ""),
             ("no address", ""), ("all options", "")}


def shipped_options():
    """{option: whether it has a description} of pingtrail-commands.conf."""
    with open(os.path.join(SHIPPED, "pingtrail-commands.conf"), encoding="utf-8") as file:
        text = file.read()
    found = {}
    for option, body in re.findall(r'"(--[\w-]+)" = \{(.*?)\n    \}', text, re.S):
        found[option] = "description = " in body
    return found


def options_of_help(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [re.findall(r"(?<![\w-])--[\w-]+", line.split("=")[0]) for line in done.stdout.splitlines()
            if re.match(r" +-", line)]


def stop(process):
    """Ends what was started here, with what it started."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Icinga(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.base = place.name
        for name in ("data", "cache", "log", "run", "spool", "calls", "plugins", "state", "own", "spool/perfdata", "spool/tmp"):
            os.mkdir(os.path.join(self.base, name))
        for name in ("check_pingtrail", "check_icmp", "check_ping", "check_fping"):
            os.symlink(PLUGIN, os.path.join(self.base, "own", name))
            self.script("plugins/" + name, RECORDER.format(
                log=os.path.join(self.base, "calls"), links=os.path.join(self.base, "own"),
                more=["--state-dir", os.path.join(self.base, "state")]))

    def script(self, name, text):
        path = os.path.join(self.base, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, 0o755)

    def config(self, *shipped, more=""):
        """The file for Icinga, which has the shipped ones with this test's directories in them."""
        text = HEAD.format(base=self.base)
        for name in shipped:
            with open(os.path.join(SHIPPED, name), encoding="utf-8") as file:
                text += file.read()
        text = text.replace("/usr/lib/pingtrail/plugins\"", self.base + "/plugins\"")
        text = text.replace("/var/spool/pingtrail", self.base + "/spool").replace("/usr/bin/pingtrail", READER)
        path = os.path.join(self.base, "icinga2.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text + more)
        return path

    def command(self, config, *more):
        places = {"DataDir": "data", "CacheDir": "cache", "LogDir": "log", "InitRunDir": "run", "SpoolDir": "spool",
                  "PluginDir": "plugins"}
        return [ICINGA, "--no-stack-rlimit", "daemon", "-c", config, "-DRunAsUser=root", "-DRunAsGroup=root",
                *[f"-D{key}={os.path.join(self.base, value)}" for key, value in places.items()], *more]

    def calls(self):
        found = []
        for path in glob.glob(os.path.join(self.base, "calls", "*.json")):
            with open(path, encoding="utf-8") as file:
                found.append(json.load(file))
        return found

    def test_every_option_is_a_variable_with_a_description(self):
        found = shipped_options()
        for names in options_of_help(PLUGIN, "--help"):
            if names and not {"--help", "--version"} & set(names):
                self.assertTrue(set(names) & set(found), f"{names}: no argument in pingtrail-commands.conf")
        known = {name for names in options_of_help(PLUGIN, "--help") + options_of_help(READER, "health", "--help")
                 for name in names}
        for option, described in found.items():
            self.assertTrue(described, option)
            self.assertIn(option, known)

    def test_the_examples_validate(self):
        config = self.config("pingtrail-commands.conf", "pingtrail-apply-example.conf", "pingtrail-perfdata.conf",
                             "pingtrail-drop-in.conf", "pingtrail-zones-example.conf", more=HOSTS.replace("OPTIONS", ""))
        done = subprocess.run(self.command(config, "-C", "-DNodeName=master-1.example.org"), capture_output=True,
                              text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertNotRegex(done.stdout, r"(?m)^\[[^]]*\] (warning|critical)")

    def test_command_lines(self):
        lines = [f"vars.pingtrail_{key} = {json.dumps(value)}" for key, value in VALUES.items()]
        lines += [f"vars.pingtrail_{key} = true" for key in SWITCHES]
        config = self.config("pingtrail-commands.conf", "pingtrail-apply-example.conf", "pingtrail-perfdata.conf",
                             "pingtrail-drop-in.conf", more=HOSTS.replace("OPTIONS", "\n  ".join(lines)) + DROP_IN)
        # Icinga spreads first checks over the interval.
        config = self.shorter(config)
        with open(os.path.join(self.base, "out.log"), "w+", encoding="utf-8") as out:
            process = subprocess.Popen(self.command(config), stdout=out, stderr=out, start_new_session=True)
            try:
                end = time.monotonic() + SECONDS
                while (self.missing() or self.unrecorded()) and time.monotonic() < end and process.poll() is None:
                    time.sleep(0.2)
                out.seek(0)
                self.assertIsNone(process.poll(), out.read())
            finally:
                stop(process)
        self.assertEqual(self.missing(), [], "\n".join(sorted(map(str, self.calls()))))
        self.assertEqual(self.unrecorded(), set())
        with open(os.path.join(self.base, "icinga.log"), encoding="utf-8") as file:
            self.assertNotRegex(file.read(), "(?i)macro|perfdata|critical")

    def unrecorded(self):
        """Histories that are to come and are not there yet."""
        done = subprocess.run([READER, "status", "--json", "--state-dir", os.path.join(self.base, "state")],
                              capture_output=True, text=True, check=False)
        there = json.loads(done.stdout)["hosts"] if done.returncode == 0 else []
        return HISTORIES - {(host["host"], host.get("series") or "") for host in there}

    def shorter(self, path):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("check_interval = 1m", "check_interval = 5s"))
        return path

    def missing(self):
        """Calls that are to come and have not yet."""
        calls = [sorted(call) for call in self.calls()]
        return [call for call in WANTED if sorted(call) not in calls]


if __name__ == "__main__":
    if ICINGA is None:
        print("skip live.config_icinga2: icinga2-bin is not installed")
        sys.exit(77)
    unittest.main()
