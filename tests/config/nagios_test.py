#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packaged configuration in the real Nagios 4: it validates without warnings, the command lines that
arrive at the plugin are right, and the perfdata arrives in the spool, also what is moved twice in a second.
An ordinary process in a directory of its own.

usage: nagios_test.py CHECK_PINGTRAIL PINGTRAIL [unittest options]
"""
import glob
import json
import os
import signal
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PLUGIN, READER = (os.path.abspath(path) for path in sys.argv[1:3])
del sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
SHIPPED = os.path.join(HERE, "../../packaging/nagios")
NAGIOS = shutil.which("nagios4", path="/usr/sbin:/usr/bin")
SECONDS = 90  # the most to wait for
MAIN = """log_file={base}/nagios.log
cfg_file={base}/site.cfg
cfg_file={base}/pingtrail-commands.cfg
cfg_file={base}/pingtrail-templates.cfg
cfg_file={base}/pingtrail-example.cfg
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
retain_state_information=0
interval_length=2
check_for_updates=0
use_syslog=0
process_performance_data=0
illegal_object_name_chars=`~!$%^&*|'"<>?,()=
illegal_macro_output_chars=`~$&|'"<>
"""
SITE = """define timeperiod {
  timeperiod_name 24x7
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
  contact_name root
  host_notifications_enabled 0
  service_notifications_enabled 0
  host_notification_period 24x7
  service_notification_period 24x7
  host_notification_commands quiet
  service_notification_commands quiet
}
define contactgroup {
  contactgroup_name admins
  alias all
  members root
}
define host {
  name generic-host
  register 0
  notification_period 24x7
}
define service {
  name generic-service
  register 0
  check_period 24x7
  notification_period 24x7
  contact_groups admins
}
"""
RECORDER = """#!/usr/bin/env python3
import json, os, sys, tempfile
file, path = tempfile.mkstemp(dir={log!r}, prefix=".")
os.write(file, json.dumps(sys.argv[1:]).encode())
os.close(file)
os.rename(path, os.path.join({log!r}, os.path.basename(path)[1:] + ".json"))
os.execv({plugin!r}, [{plugin!r}] + sys.argv[1:] + ["--state-dir", {state!r}])
"""
NAME = ["--name", "pingtrail-example", "--interval", "60"]
WANTED = [
    ["-H", "127.0.0.1", *NAME, "--group", "examples"],
    ["-H", "127.0.0.1", *NAME, "-w", "100ms,20%", "-c", "500ms,60%", "--series", "service", "--perfdata", "full",
     "--down-critical", "5m"],
    ["-6", "-H", "::1", *NAME, "-w", "100ms,20%", "-c", "500ms,60%"],
    ["-m", "1", "--interval", "60", "127.0.0.3", "127.0.0.4"],
]
LINKS = {"action_url": "graph/$HOSTNAME$.png?range=24h", "notes_url": "host/$HOSTNAME$"}


def stop(process):
    """Ends what was started here, with what it started."""
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Nagios(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.base = place.name
        for name in ("tmp", "results", "calls", "state", "plugins", "pt/tmp", "pt/perfdata"):
            os.makedirs(os.path.join(self.base, name))
        self.write("plugins/check_pingtrail", RECORDER.format(
            log=os.path.join(self.base, "calls"), plugin=PLUGIN, state=os.path.join(self.base, "state")))
        os.chmod(os.path.join(self.base, "plugins/check_pingtrail"), 0o755)
        for path in glob.glob(os.path.join(SHIPPED, "*.cfg")):
            with open(path, encoding="utf-8") as file:
                text = file.read().replace("/var/spool/pingtrail", self.base + "/pt").replace("/usr/bin/pingtrail", READER)
            text = text.replace("processing_interval=15", "processing_interval=3")
            self.write(os.path.basename(path), text)
        self.write("site.cfg", SITE)
        self.write("resource.cfg", f"$USER1$={self.base}/plugins\n")
        with open(os.path.join(self.base, "pingtrail-perfdata.cfg"), encoding="utf-8") as file:
            self.config = self.write("nagios.cfg", MAIN.format(base=self.base) + file.read())

    def write(self, name, text):
        path = os.path.join(self.base, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def calls(self):
        found = []
        for path in glob.glob(os.path.join(self.base, "calls", "*.json")):
            with open(path, encoding="utf-8") as file:
                found.append(json.load(file))
        return found

    def spool(self):
        text = ""
        for path in sorted(glob.glob(os.path.join(self.base, "pt/perfdata/*"))):
            with open(path, encoding="utf-8") as file:
                text += file.read()
        return text

    def missing(self):
        """What is to come and has not yet."""
        calls, text = self.calls(), self.spool()
        return [call for call in WANTED if call not in calls] + \
            [word for word in ("HOSTPERFDATA::rta=", "SERVICEDESC::ping\tSERVICEPERFDATA::rta=", "downtime=0s",
                               "SERVICEDESC::ping6\t", "SERVICEDESC::pingtrail health\t") if word not in text]

    def test_it_validates(self):
        done = subprocess.run([NAGIOS, "-v", self.config], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Total Warnings: 0", done.stdout)
        self.assertIn("Total Errors:   0", done.stdout)

    def test_command_lines_and_perfdata(self):
        with open(os.path.join(self.base, "out"), "w+", encoding="utf-8") as out:
            process = subprocess.Popen([NAGIOS, self.config], stdout=out, stderr=out, start_new_session=True)
            try:
                end = time.monotonic() + SECONDS
                while self.missing() and time.monotonic() < end and process.poll() is None:
                    time.sleep(0.2)
                out.seek(0)
                self.assertIsNone(process.poll(), out.read())
            finally:
                stop(process)
        self.assertEqual(self.missing(), [], str(self.calls()) + self.spool())
        for line in self.spool().splitlines():
            self.assertRegex(line, r"^DATATYPE::(HOST|SERVICE)PERFDATA\tTIMET::\d+\tHOSTNAME::pingtrail-example\t")
        with open(os.path.join(self.base, "objects.cache"), encoding="utf-8") as file:
            objects = file.read()
        for key, path in LINKS.items():
            self.assertIn(f"\t{key}\thttps://pingtrail.example.org/{path}\n", objects)

    def test_a_name_that_is_taken_is_waited_for(self):
        """The processing command, twice within one second: the second file stays and is not lost."""
        with open(os.path.join(self.base, "pingtrail-commands.cfg"), encoding="utf-8") as file:
            line = next(line for line in file if "command_line" in line and "nagios-host-perfdata" in line)
        command = line.split(None, 1)[1].replace("$TIMET$", "1795196760").split()
        for text in ("first\n", "second\n"):
            with open(os.path.join(self.base, "pt/tmp/nagios-host-perfdata"), "a", encoding="utf-8") as file:
                file.write(text)
            subprocess.run(command, capture_output=True, check=False)
        self.assertEqual(self.spool(), "first\n")
        with open(os.path.join(self.base, "pt/tmp/nagios-host-perfdata"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "second\n")


if __name__ == "__main__":
    if NAGIOS is None:
        print("skip live.config_nagios: nagios4-core is not installed")
        sys.exit(77)
    unittest.main()
