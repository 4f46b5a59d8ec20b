# SPDX-License-Identifier: GPL-3.0-or-later
"""Icinga 2 and Nagios 4 over the estate of chain_plan.py, with the packaged configuration: its files are
taken as they are but for the paths in them."""
import os

import chain_plan
from processes import NAGIOS, Icinga, read, read_if_there, write

ICINGA_CONFIG = """const PluginDir = "{plugins}"
include <itl>
object IcingaApplication "app" {{ vars.pingtrail_state_dir = "{state}" }}
object CheckerComponent "checker" {{ }}
object FileLogger "log" {{ severity = "warning"; path = LogDir + "/icinga.log" }}
include "pingtrail-commands.conf"
include "pingtrail-perfdata.conf"
include "pingtrail-apply-example.conf"
{hosts}"""
ICINGA_HOST = """object Host "{host.name}" {{
  import "pingtrail-host"
  check_interval = {interval}s
  retry_interval = {interval}s
  address = "{host.address}"
  vars.pingtrail_size = {{{{ if (macro("$service.name$")) {{ return {size} + 4 }} else {{ return {size} }} }}}}
  vars.pingtrail_group = "{host.group}"
}}
"""
# Without a horizon of 0 Nagios leaves out host checks that come less than 15 s after the last one.
NAGIOS_CONFIG = """log_file={base}/nagios.log
cfg_file={base}/pingtrail-commands.cfg
cfg_file={base}/pingtrail-templates.cfg
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
cached_host_check_horizon=0
check_for_updates=0
use_syslog=0
"""
NAGIOS_OBJECTS = """define timeperiod {
  timeperiod_name always
  alias always
  sunday 00:00-24:00
  monday 00:00-24:00
  tuesday 00:00-24:00
  wednesday 00:00-24:00
  thursday 00:00-24:00
  friday 00:00-24:00
  saturday 00:00-24:00
}
define command {
  command_name quiet
  command_line /bin/true
}
define contact {
  contact_name nobody
  host_notifications_enabled 0
  service_notifications_enabled 0
  host_notification_period always
  service_notification_period always
  host_notification_commands quiet
  service_notification_commands quiet
}
"""
NAGIOS_HOST = """define host {{
  use pingtrail-host
  host_name {host.name}
  address {host.address}
  check_interval {interval}
  retry_interval {interval}
  check_period always
  contacts nobody
  notification_interval 0
  _PINGTRAIL_INTERVAL {interval}
  _PINGTRAIL_OPTIONS --state-dir {state} -b {size} --group {host.group}
}}
"""
# Beside the host's check, with a history of its own.
NAGIOS_SERVICE = """define service {{
  use pingtrail-service
  host_name {host.name}
  service_description ping of {host.group}
  check_command check_pingtrail!100ms,20%!500ms,60%!--series service
  check_interval {interval}
  retry_interval {interval}
  check_period always
  contacts nobody
  notification_interval 0
  _PINGTRAIL_INTERVAL {interval}
  _PINGTRAIL_OPTIONS --state-dir {state} -b 120
}}
"""


class Core:
    """Directories of one core's chain: what it writes, where pingtrail-rrd takes it, what comes of it."""

    def __init__(self, name, base, packaging, plugin, pingtrail):
        self.name, self.base, self.packaging = name, os.path.join(base, name), packaging
        self.written, self.state, self.spool, self.rrd, self.copies = (
            os.path.join(self.base, d) for d in ("written", "state", "taken", "rrd", "copies"))
        plugins = os.path.join(base, "plugins")
        for path in (self.state, self.spool, self.rrd, self.copies, plugins,
                     os.path.join(self.written, "perfdata"), os.path.join(self.written, "tmp")):
            os.makedirs(path, exist_ok=True)
        self.plugins = plugins
        if not os.path.exists(os.path.join(plugins, "check_pingtrail")):
            os.symlink(plugin, os.path.join(plugins, "check_pingtrail"))
        self.places = {"/var/spool/pingtrail": self.written, "/var/lib/pingtrail": self.state,
                       "/usr/bin/pingtrail": pingtrail}

    def packaged(self, file):
        """The text of a packaged file with the paths of this test."""
        text = read(os.path.join(self.packaging, file))
        for packaged, ours in self.places.items():
            text = text.replace(packaged, ours)
        return text

    def hand_over(self, everything=False):
        """Moves what the core has put into its spool to pingtrail-rrd's, keeping a second name of each file;
        `everything`: also what lay open when the core was ended."""
        places = [os.path.join(self.written, "perfdata")] + ([os.path.join(self.written, "tmp")] if everything else [])
        for place in places:
            for name in sorted(os.listdir(place)):
                path = os.path.join(place, name)
                shown = name if place == places[0] else name + ".last"
                os.link(path, os.path.join(self.copies, shown))
                os.rename(path, os.path.join(self.spool, shown))


class IcingaCore(Core):
    def __init__(self, *places):
        super().__init__("icinga", *places)
        self.icinga = Icinga(os.path.join(self.base, "icinga"))
        for file in ("pingtrail-commands.conf", "pingtrail-perfdata.conf", "pingtrail-apply-example.conf"):
            write(self.icinga.path("conf", file), self.packaged("icinga2/" + file))
        hosts = "".join(ICINGA_HOST.format(host=h, interval=chain_plan.INTERVAL, size=chain_plan.SIZES["icinga"])
                        for h in chain_plan.hosts())
        write(self.icinga.config, ICINGA_CONFIG.format(plugins=self.plugins, state=self.state, hosts=hosts))

    def command(self):
        return self.icinga.daemon()

    def log(self):
        return read_if_there(self.icinga.path("log", "icinga.log"))


class NagiosCore(Core):
    def __init__(self, *places):
        super().__init__("nagios", *places)
        own = os.path.join(self.base, "nagios")
        for name in ("tmp", "results"):
            os.makedirs(os.path.join(own, name))
        for file in ("pingtrail-commands.cfg", "pingtrail-templates.cfg"):
            write(os.path.join(own, file), self.packaged("nagios/" + file))
        write(os.path.join(own, "resource.cfg"), f"$USER1$={self.plugins}\n")
        hosts = "".join(NAGIOS_HOST.format(host=h, interval=chain_plan.INTERVAL, state=self.state,
                                           size=chain_plan.SIZES["nagios"]) for h in chain_plan.hosts())
        services = "".join(NAGIOS_SERVICE.format(host=h, interval=2 * chain_plan.INTERVAL, state=self.state)
                           for h in chain_plan.hosts() if h.group in ("fails", "slow"))
        write(os.path.join(own, "objects.cfg"), NAGIOS_OBJECTS + hosts + services)
        self.config = write(os.path.join(own, "nagios.cfg"),
                            NAGIOS_CONFIG.format(base=own) + self.packaged("nagios/pingtrail-perfdata.cfg"))
        self.log_file = os.path.join(own, "nagios.log")

    def command(self):
        return [NAGIOS, self.config]

    def log(self):
        return read_if_there(self.log_file)
