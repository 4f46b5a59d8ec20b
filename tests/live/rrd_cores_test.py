#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Icinga 2 and Nagios 4 as Debian ships them, each writing the spool that pingtrail-rrd drains meanwhile.
Both run as ordinary processes in a directory of their own; the only packets go to 127.0.0.1.

usage: rrd_cores_test.py PINGTRAIL_RRD CHECK_PINGTRAIL [unittest options]
"""
import os
import re
import signal
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree as ElementTree

PLUGIN = os.path.abspath(sys.argv.pop(2))
sys.argv[1] = os.path.abspath(sys.argv[1])
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../rrd"))
from rrd_case import RrdCase, run, tree  # noqa: E402

SECONDS = int(os.environ.get("PINGTRAIL_LIVE_SECONDS", "60"))
HOSTS = ["web-1", "core sw", "db.example.org"]
# What their checks print, and what is to be found in the archives: {service: (perfdata, {source: value})}.
SERVICES = {
    "load": ("load1=0.500;5;10;0; load5=+0.25;4;6;0;", {"1": 0.5, "2": 0.25}),
    "disk usage": ("'/var lib'=12.5MB;;;0;100 /=1.5e+03MB", {"1": 12.5, "2": 1500.0}),
    "odd": ("'it''s'=5 bad=0x10 temp=21,5C", {"1": 5.0, "3": 21.5}),
}
ICINGA_HOST = """object Host "{host}" {{ check_command = "ping"; address = "127.0.0.1"
  check_interval = 2s; retry_interval = 2s }}
"""
ICINGA_SERVICE = """object Service "{service}" {{ host_name = "{host}"; check_command = "{command}"
  check_interval = 2s; retry_interval = 2s }}
"""
ICINGA = """object IcingaApplication "app" {{ }}
object CheckerComponent "checker" {{ }}
object FileLogger "log" {{ severity = "warning"; path = "{base}/icinga.log" }}
object PerfdataWriter "perfdata" {{ rotation_interval = 3s
  host_perfdata_path = "{spool}/host-perfdata"; service_perfdata_path = "{spool}/service-perfdata"
  host_temp_path = "{base}/tmp/host-perfdata"; service_temp_path = "{base}/tmp/service-perfdata" }}
object CheckCommand "ping" {{ command = [ "{base}/check_icmp", "-n", "2", "-H", "$address$" ] }}
object CheckCommand "ours" {{ command = [ "{base}/check_icmp", "-n", "2", "-H", "127.0.0.1" ] }}
"""
NAGIOS = """log_file={base}/nagios.log
cfg_file={base}/objects.cfg
object_cache_file={base}/objects.cache
precached_object_file={base}/objects.precache
resource_file={base}/resource.cfg
status_file={base}/status.dat
nagios_user=root
nagios_group=root
command_file={base}/nagios.cmd
lock_file={base}/nagios.pid
temp_file={base}/nagios.tmp
temp_path={base}/tmp
check_result_path={base}/results
query_socket={base}/nagios.qh
state_retention_file={base}/retention.dat
retain_state_information=0
interval_length=1
check_for_updates=0
use_syslog=0
process_performance_data=1
service_perfdata_file={base}/service-perfdata
host_perfdata_file={base}/host-perfdata
service_perfdata_file_template=DATATYPE::SERVICEPERFDATA\\tTIMET::$TIMET$\\tHOSTNAME::$HOSTNAME$\\tSERVICEDESC::$SERVICEDESC$\\tSERVICEPERFDATA::$SERVICEPERFDATA$\\tSERVICECHECKCOMMAND::$SERVICECHECKCOMMAND$\\tHOSTSTATE::$HOSTSTATE$\\tHOSTSTATETYPE::$HOSTSTATETYPE$\\tSERVICESTATE::$SERVICESTATE$\\tSERVICESTATETYPE::$SERVICESTATETYPE$
{host_template}
service_perfdata_file_mode=a
host_perfdata_file_mode=a
service_perfdata_file_processing_interval=3
host_perfdata_file_processing_interval=3
service_perfdata_file_processing_command=move-service
host_perfdata_file_processing_command=move-host
"""
# Nagios' own default for hosts, PNP's for services: both shapes come from the real program.
HOST_TEMPLATE = ("host_perfdata_file_template=[HOSTPERFDATA]\\t$TIMET$\\t$HOSTNAME$\\t$HOSTEXECUTIONTIME$\\t"
                 "$HOSTOUTPUT$\\t$HOSTPERFDATA$")


def clean(name):
    return re.sub(r"[& :/\\]", "_", name)


class Cores(RrdCase):
    def setUp(self):
        super().setUp()
        # Rows of two seconds, so that there are some after one minute.
        self.write(self.rra, "RRA_STEP=2\nRRA:AVERAGE:0.5:1:1000\nRRA:MAX:0.5:5:400\n")
        for name in ("tmp", "results"):
            self.directory(name)
        self.started = []
        self.addCleanup(self.end_all)
        os.symlink(PLUGIN, os.path.join(self.base, "check_icmp"))
        for number, (perfdata, _) in enumerate(SERVICES.values()):
            self.script(f"service{number}", f"OK - fine|{perfdata}")

    def script(self, name, output):
        path = os.path.join(self.base, name)
        quoted = output.replace("'", "'\\''")
        self.write(path, f"#!/bin/sh\necho '{quoted}'\n")
        os.chmod(path, 0o755)

    def start(self, *command):
        with open(os.path.join(self.base, os.path.basename(command[0]) + ".out"), "w", encoding="utf-8") as out:
            process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        self.started.append(process)
        return process

    def end_all(self):
        """Ends what was started here: the process groups made for it, by their numbers."""
        for process in reversed(self.started):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
        self.started = []

    def watch(self, core):
        self.start(*self.command())
        process = self.start(*core)
        end = time.monotonic() + SECONDS
        while time.monotonic() < end:
            time.sleep(0.5)
            self.assertIsNone(process.poll(), self.outputs())
        self.started[-1:] = []
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        self.wait_for(lambda: not self.waiting(), 10)
        time.sleep(1)
        self.end_all()

    def outputs(self):
        return "\n".join(f"{f}:\n{self.read(os.path.join(self.base, f))}" for f in os.listdir(self.base)
                         if f.endswith((".out", ".log")))

    def check_archives(self):
        want = sorted([f"{clean(h)}/{clean(s)}.rrd" for h in HOSTS for s in list(SERVICES) + ["ping"]] +
                      [f"{clean(h)}/_HOST_.rrd" for h in HOSTS])
        self.assertEqual(tree(self.rrd), want, self.outputs())
        for host in HOSTS:
            for service, (_, values) in SERVICES.items():
                at, got = self.lastupdate(clean(host), clean(service) + ".rrd")
                self.assertEqual({k: float(got[int(k) - 1]) for k in values}, values, service)
                self.assertLess(abs(at - time.time()), 60)
            self.check_ping_page(clean(host), "ping", "check_icmp" if self.id().endswith("nagios_4") else "ours")
            self.check_ping_page(clean(host), "_HOST_", None)
        # Only the value that is none is listed. Nagios, when it is late on a busy machine, runs a check of
        # every 2 s twice within one second now and then, of which an archive takes one.
        faults = {re.sub(r"^[^:]*:\d+: ", "", line) for line in self.rejected().splitlines()}
        if self.id().endswith("nagios_4"):
            faults.discard("a second sample of the same second")
        self.assertEqual(faults, {"item 2 (bad=0x10): its value is not a number; stored as unknown"})
        self.assertEqual(self.waiting(), [])

    def check_ping_page(self, host, service, template):
        """What PNP's template for check_icmp goes by: source 1 is the round-trip time in ms, source 2 the
        loss in per cent, each with its limits, in the file RRDFILE names."""
        page = ElementTree.fromstring(self.read(self.path(host, service + ".xml")))
        sources = page.findall("DATASOURCE")
        self.assertEqual([(s.findtext("DS"), s.findtext("NAME"), s.findtext("UNIT")) for s in sources[:2]],
                         [("1", "rta", "ms"), ("2", "pl", "%%")])
        self.assertEqual([sources[i].findtext(k) for i in (0, 1) for k in ("WARN", "CRIT")],
                         ["200.000", "500.000", "40", "80"])
        file = sources[0].findtext("RRDFILE")
        self.assertEqual(file, self.path(host, service + ".rrd"))
        if template:
            self.assertEqual(sources[0].findtext("TEMPLATE"), template)
        graph = run("rrdtool", "graph", os.path.join(self.base, "g.png"), "-s", "-10min",
                    f"DEF:rta={file}:1:AVERAGE", f"DEF:pl={file}:2:AVERAGE", "LINE:rta", "LINE:pl",
                    "VDEF:r=rta,MAXIMUM", "PRINT:r:%lf", "VDEF:l=pl,MAXIMUM", "PRINT:l:%lf")
        self.assertEqual(graph.returncode, 0, graph.stderr)
        rta, loss = (float(x) for x in graph.stdout.split()[1:3])
        self.assertGreater(rta, 0)
        self.assertLess(rta, 100)
        self.assertEqual(loss, 0)

    def test_icinga_2(self):
        text = ICINGA.format(base=self.base, spool=self.spool)
        for number in range(len(SERVICES)):
            text += f'object CheckCommand "fake{number}" {{ command = [ "{self.base}/service{number}" ] }}\n'
        for host in HOSTS:
            text += ICINGA_HOST.format(host=host)
            text += ICINGA_SERVICE.format(host=host, service="ping", command="ours")
            for number, service in enumerate(SERVICES):
                text += ICINGA_SERVICE.format(host=host, service=service, command=f"fake{number}")
        config = os.path.join(self.base, "icinga2.conf")
        self.write(config, text)
        for name in ("data", "cache", "log", "run", "icinga-spool"):
            self.directory(name)
        places = {"DataDir": "data", "CacheDir": "cache", "LogDir": "log", "InitRunDir": "run", "SpoolDir": "icinga-spool"}
        defines = [f"-D{key}={os.path.join(self.base, value)}" for key, value in places.items()]
        self.watch(["/usr/lib/x86_64-linux-gnu/icinga2/sbin/icinga2", "--no-stack-rlimit", "daemon", "-c", config,
                    *defines, "-DRunAsUser=root", "-DRunAsGroup=root"])
        self.check_archives()

    def test_nagios_4(self):
        text = ["define timeperiod {\n timeperiod_name always\n alias always\n sunday 00:00-24:00\n monday 00:00-24:00\n"
                " tuesday 00:00-24:00\n wednesday 00:00-24:00\n thursday 00:00-24:00\n friday 00:00-24:00\n"
                " saturday 00:00-24:00\n }\n",
                "define contact {\n contact_name nobody\n host_notifications_enabled 0\n service_notifications_enabled 0\n"
                " host_notification_period always\n service_notification_period always\n"
                " host_notification_commands quiet\n service_notification_commands quiet\n }\n"]
        commands = {"check_icmp": f"{self.base}/check_icmp -n 2 -H 127.0.0.1", "quiet": "/bin/true",
                    "move-service": f"/bin/mv {self.base}/service-perfdata {self.spool}/service-perfdata.$TIMET$",
                    "move-host": f"/bin/mv {self.base}/host-perfdata {self.spool}/host-perfdata.$TIMET$"}
        commands.update({f"fake{n}": f"{self.base}/service{n}" for n in range(len(SERVICES))})
        text += [f"define command {{\n command_name {n}\n command_line {c}\n }}\n" for n, c in commands.items()]
        common = (" check_interval 2\n retry_interval 2\n max_check_attempts 1\n check_period always\n contacts nobody\n"
                  " process_perf_data 1\n notification_interval 0\n")
        for host in HOSTS:
            text.append(f"define host {{\n host_name {host}\n address 127.0.0.1\n check_command check_icmp\n{common} }}\n")
            for service, command in [("ping", "check_icmp")] + [(s, f"fake{n}") for n, s in enumerate(SERVICES)]:
                text.append(f"define service {{\n host_name {host}\n service_description {service}\n"
                            f" check_command {command}\n{common} }}\n")
        self.write(os.path.join(self.base, "objects.cfg"), "".join(text))
        self.write(os.path.join(self.base, "resource.cfg"), "")
        config = os.path.join(self.base, "nagios.cfg")
        self.write(config, NAGIOS.format(base=self.base, host_template=HOST_TEMPLATE))
        self.watch(["/usr/sbin/nagios4", config])
        self.check_archives()


if __name__ == "__main__":
    unittest.main()
