#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the satellite test that runs inside the fake network, which is the satellite's. The master gets a
namespace of its own, from which the hosts cannot be reached, and a wire (veth) between the two.

usage: satellite_inside.py BASE PACKAGING CHECK_PINGTRAIL PINGTRAIL PINGTRAIL_RRD
"""
import base64
import json
import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import satellite_plan as plan  # noqa: E402
from chain_cores import Core  # noqa: E402
from chain_inside import RRA  # noqa: E402
from processes import Icinga, Processes, read_if_there, wait_for, write  # noqa: E402

COMMON = """const NodeName = "{name}"
const PluginDir = "{core.plugins}"
include <itl>
object IcingaApplication "app" {{ vars.pingtrail_state_dir = "{core.state}" }}
object CheckerComponent "checker" {{ }}
object FileLogger "log" {{ severity = "information"; path = LogDir + "/icinga.log" }}
object Endpoint "master" {{ host = "{master}" }}
object Endpoint "satellite" {{ host = "{satellite}" }}
object Zone "master" {{ endpoints = [ "master" ] }}
object Zone "site-a" {{ parent = "master"; endpoints = [ "satellite" ] }}
object Zone "pingtrail-global" {{ global = true }}
"""
MASTER = COMMON + """object ApiListener "api" {{ bind_host = "{master}" }}
object ApiUser "test" {{ password = "test"; permissions = [ "objects/query/*" ] }}
include "pingtrail-perfdata.conf"
"""
SATELLITE = COMMON + """object ApiListener "api" {{ bind_host = "{satellite}"; accept_config = true; accept_commands = true }}
"""
HOST = """object Host "{name}" {{
  check_command = "pingtrail-host"
  check_interval = {interval}s
  retry_interval = {interval}s
  address = "{address}"
}}
"""
# In the child, before the program: waits until the other end of the wire is put here, and takes it up.
TAKE_WIRE = ("i=0; until ip link show up0 >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 100 ] || exit 1; sleep 0.1; done; "
             f"ip link set lo up && ip addr add {plan.MASTER}/30 dev up0 && ip link set up0 up && exec \"$@\"")


class Site:
    def __init__(self, base, packaging, plugin, pingtrail, rrd):
        self.begun, self.base, self.pingtrail, self.rrd = time.monotonic(), base, pingtrail, rrd
        self.processes = Processes(os.path.join(base, "out"))
        self.addresses = {"master": plan.MASTER, "satellite": plan.SATELLITE}
        self.cores, self.icingas = {}, {}
        for name, config in (("master", MASTER), ("satellite", SATELLITE)):
            core = self.cores[name] = Core(name, base, packaging, plugin, pingtrail)
            icinga = self.icingas[name] = Icinga(os.path.join(core.base, "icinga"))
            write(icinga.config, config.format(name=name, core=core, **self.addresses))
        master, core = self.icingas["master"], self.cores["master"]
        write(master.path("conf", "pingtrail-perfdata.conf"), core.packaged("icinga2/pingtrail-perfdata.conf"))
        write(master.path("zones.d", "pingtrail-global", "commands.conf"),
              core.packaged("icinga2/pingtrail-commands.conf"))
        write(master.path("zones.d", "site-a", "hosts.conf"), "".join(
            HOST.format(name=n, address=a, interval=plan.INTERVAL) for n, a, _, _ in plan.HOSTS))
        self.ca = master.path("data", "certs", "ca.crt")

    def wire(self):
        """Starts the master in a namespace of its own, and lays the wire."""
        master = self.processes.start("master", "unshare", "--net", "sh", "-c", TAKE_WIRE, "sh",
                                      *self.icingas["master"].daemon())
        # The wire goes to a process, and so must not be laid before that has left this namespace.
        here = os.readlink("/proc/self/ns/net")
        wait_for(lambda: os.readlink(f"/proc/{master.pid}/ns/net") != here, 10, "a namespace for the master")
        for command in (f"link add down0 type veth peer name up0 netns {master.pid}",
                        f"addr add {plan.SATELLITE}/30 dev down0", "link set down0 up"):
            subprocess.run(["ip", *command.split()], check=True)

    def api(self, path):
        context = ssl.create_default_context(cafile=self.ca)
        context.check_hostname = False  # asked by address
        request = urllib.request.Request(f"https://{plan.MASTER}:5665/v1/{path}", headers={
            "Accept": "application/json", "Authorization": "Basic " + base64.b64encode(b"test:test").decode()})
        with urllib.request.urlopen(request, timeout=10, context=context) as answer:
            return json.load(answer)["results"]

    def sources(self):
        """{host: who ran its last check} by the master; {} while it does not answer."""
        try:
            return {r["name"]: (r["attrs"]["last_check_result"] or {}).get("check_source")
                    for r in self.api("objects/hosts")}
        except (urllib.error.URLError, ConnectionError):
            return {}

    def until(self, second):
        while time.monotonic() - self.begun < second:
            time.sleep(0.2)
            self.cores["master"].hand_over()
            self.nobody_ended()

    def nobody_ended(self):
        if self.processes.gone():
            raise AssertionError(f"ended by itself: {self.processes.gone()}")

    def run(self):
        core = self.cores["master"]
        rra = write(os.path.join(self.base, "rra.cfg"), RRA)
        self.processes.start("rrd", self.rrd, "--spool", core.spool, "--rrd-dir", core.rrd, "--rra-cfg", rra)
        self.wire()
        satellite = self.processes.start("satellite", *self.icingas["satellite"].daemon())
        names = {h[0] for h in plan.HOSTS}
        wait_for(lambda: self.nobody_ended() or self.sources() == {n: "satellite" for n in names},
                 plan.QUIET_UNTIL, "the master has results of every host")
        self.until(plan.END + 2 * plan.INTERVAL)
        sources = self.sources()
        # First the satellite: what it has sent shall arrive.
        ended = time.monotonic()
        self.processes.end(satellite)
        wait_for(lambda: not self.api("objects/endpoints/satellite")[0]["attrs"]["connected"], 30,
                 "the master has read all that the satellite sent")
        self.processes.end(next(p for n, p in self.processes.running if n == "master"))
        core.hand_over(everything=True)
        claimed = os.path.join(core.spool, "claimed")
        wait_for(lambda: os.listdir(claimed) == [] and not
                 [f for f in os.listdir(core.spool) if os.path.isfile(os.path.join(core.spool, f))], 30, "drained")
        return {"ended": ended, "sources": sources, "wall_minus_mono": time.time() - time.monotonic()}


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    site = Site(*map(os.path.abspath, sys.argv[1:6]))
    try:
        seen = site.run()
    except BaseException:
        for icinga in site.icingas.values():
            print(read_if_there(icinga.path("log", "icinga.log"))[-4000:], file=sys.stderr)
        raise
    finally:
        site.processes.end_all()
    write(os.path.join(site.base, "seen.json"), json.dumps(seen))


if __name__ == "__main__":
    main()
