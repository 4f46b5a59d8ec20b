#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of `pingtrail`: run.py PROGRAM RECORD VERSION REPORT_JSON.md MAN_PAGE"""
import csv
import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM, RECORD, VERSION, SCHEMA, MAN_PAGE = sys.argv[1:6]
BEGIN = 1773100800000  # 2026-03-10T00:00:00Z
MINUTE = 60000
ASOF = "2026-03-10T01:00:00Z"
REASON = 'Destination Host Unreachable from 192.0.2.1, "twice"'


def run(*words, code=0, stdin=""):
    done = subprocess.run([PROGRAM, *words], input=stdin, capture_output=True, text=True, timeout=60)
    if done.returncode != code:
        raise AssertionError(f"{words}: exit {done.returncode}, not {code}\n{done.stdout}{done.stderr}")
    return done


def checks(states, begin=BEGIN):
    return [f"{begin + i * MINUTE}:{word}" for i, word in enumerate(states)]


class Directory(unittest.TestCase):
    """A state directory for each test: one hour, one check a minute."""

    def setUp(self):
        self.root = tempfile.mkdtemp(prefix="pingtrail-cli-")
        self.addCleanup(shutil.rmtree, self.root)
        self.dir = os.path.join(self.root, "state dir")
        os.mkdir(self.dir)

    def path(self, name, text):
        path = os.path.join(self.root, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def record(self, name, states, series="", group="", begin=BEGIN, directory=None):
        subprocess.run([RECORD, directory or self.dir, name, series, group, REASON, *checks(states, begin)],
                       check=True)

    def estate(self):
        self.record("core-sw", ["up"] * 10 + ["down"] * 5 + ["up"] * 45, group="core")
        self.record("web-01", ["up"] * 60, group="web")
        self.record("web-01", ["up"] * 30 + ["down"] * 30, series="ipv6", group="web")

    def ask(self, *words, code=0):
        return run(*words, "--state-dir", self.dir, code=code)

    def report(self, *words):
        return json.loads(self.ask("report", "--from", "2026-03-10", "--to", ASOF, "--tz", "UTC", "--asof", ASOF,
                                   "--json", *words).stdout)


class Help(unittest.TestCase):
    def test_version_and_help_exit_0(self):
        for word in ("-V", "--version"):
            self.assertEqual(run(word).stdout, f"pingtrail {VERSION}\n")
        for word in ("-h", "--help", "help"):
            self.assertIn("Commands:", run(word).stdout)

    def test_every_command_of_the_help_has_its_own(self):
        names = re.findall(r"^  ((?:maintenance )?[a-z]+)(?: [A-Z ]+)? {2,}", run("-h").stdout, re.MULTILINE)
        self.assertEqual(len(names), 11, names)
        for name in names:
            out = run(*name.split(), "--help").stdout
            self.assertTrue(out.startswith(f"Usage: pingtrail {name} [options]"), out)
            self.assertIn("--state-dir DIR", out)
            self.assertIn(VERSION, run(*name.split(), "-V").stdout)

    def test_man_page_names_the_options_of_the_help_and_no_other(self):
        commands = [c for c in re.findall(r"^  ((?:maintenance )?[a-z]+)", run("-h").stdout, re.MULTILINE)]
        offered = set()
        for name in commands:
            offered |= set(re.findall(r"^  (?:-\w, )?--([a-z-]+)", run(*name.split(), "-h").stdout, re.MULTILINE))
        self.assertGreater(len(offered), 20)
        with open(MAN_PAGE, encoding="utf-8") as page:
            told = set(re.findall(r"Fl -([a-z-]+)", page.read()))
        self.assertEqual(offered ^ told, set())

    def test_maintenance_alone_shows_its_three(self):
        self.assertEqual(run("maintenance", "--help").stdout.count("Usage: pingtrail maintenance "), 4)


class BadInput(Directory):
    """Exit 2, nothing on standard output, one line that names object, place and fact."""

    CASES = [
        ([], "no command; see pingtrail --help"),
        (["reprot"], "reprot: no such command; see pingtrail --help"),
        (["maintenance"], "maintenance: needs add, list or import"),
        (["maintenance", "drop"], "maintenance: needs add, list or import"),
        (["report", "--mouth", "2026-03"], "--mouth: no such option"),
        (["report", "--month"], "--month: needs a value"),
        (["status", "--json=yes"], "--json: takes no value"),
        (["report"], "period: needs --month, --window, or --from and --to"),
        (["report", "--month", "2026-13"], "--month: 2026-13: not a month as 2026-03"),
        (["report", "--month", "03/2026"], "--month: 03/2026: not a month as 2026-03"),
        (["report", "--month", "2026-03", "--window", "7d"], "period: only one of --month, --window and --from"),
        (["report", "--window", "7x"], "--window: 7x: not a duration as 90s, 15m, 24h or 7d"),
        (["report", "--window", "0d"], "--window: 0d: not above 0"),
        (["report", "--window", "1d", "--target", "101"], "--target: 101: not a percentage from 0 to 100"),
        (["report", "--window", "1d", "--target", "99,9"], "--target: 99,9: not a percentage from 0 to 100"),
        (["report", "--window", "1d", "--confirm", "0"], "--confirm: 0: not a number from 1 to 1000"),
        (["report", "--window", "1d", "--format", "pdf"], "--format: pdf: not one of text, json, csv, html"),
        (["report", "--window", "1d", "--group", "none"], "group none: no such host"),
        (["report", "--from", "2026-03-10", "--to", "2026-03-09"], "--to: not after --from"),
        (["report", "--from", "yesterday"], "--from: yesterday: not a time as 2026-03-10T12:00:00+01:00"),
        (["status", "--json", "--csv"], "--format: only one of --format, --json and --csv"),
        (["status", "--format", "html"], "--format: html: not one of text, json, csv"),
        (["status", "--tz", "Mars/Olympus"], "--tz: Mars/Olympus: no such time zone"),
        (["status", "--asof", "later"], "--asof: later: not a time as 2026-03-10T12:00:00+01:00"),
        (["status", "here"], "status: 'here' is one too many"),
        (["outages", "--host", "nobody"], "nobody: no such host"),
        (["outages", "--min", "ten"], "--min: ten: not a duration as 90s, 15m, 24h or 7d"),
        (["import"], "import: needs FILE"),
        (["import", "/nonexistent.csv"], "/nonexistent.csv: No such file or directory"),
        (["import", "/"], "/: Is a directory"),
        (["rename", "one"], "rename: needs OLD NEW"),
        (["rename", "nobody", "somebody"], "nobody: no such host"),
        (["forget", "nobody"], "nobody: no such host"),
        (["maintenance", "add", "--from", "2026-03-10", "--to", "2026-03-11"], "--host: missing"),
        (["maintenance", "add", "--host", "a", "--to", "2026-03-11"], "--from: missing"),
        (["maintenance", "add", "--host", "a", "--from", "2026-03-11", "--to", "2026-03-10"], "--to: not after --from"),
        (["maintenance", "add", "--host", "a", "--from", "2026-03-10", "--to", "2026-03-11"], "--comment: missing"),
        (["maintenance", "import"], "--nagios or --icinga: missing"),
        (["maintenance", "import", "--nagios", "/nonexistent"], "/nonexistent: No such file or directory"),
        (["rename", "a", "b", "--state-dir", "/tmp"], "--state-dir: only one, as this command writes"),
    ]

    def test_is_named_in_one_line(self):
        for words, fact in self.CASES:
            with self.subTest(words=words):
                where = ["--state-dir", self.dir] if words and not words[0].startswith("repr") else []
                if words in (["maintenance"], ["maintenance", "drop"]):
                    where = []
                done = run(*words, *where, code=2)
                self.assertEqual(done.stdout, "")
                self.assertEqual(done.stderr, f"pingtrail: {fact}\n")

    def test_a_directory_that_is_not_there_is_named(self):
        for words in (["status"], ["report", "--window", "1d"], ["verify"], ["outages"]):
            done = run(*words, "--state-dir", "/nonexistent", code=2)
            self.assertIn("/nonexistent", done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1)

    def test_a_full_output_is_an_error(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([PROGRAM, "status", "--state-dir", self.dir], stdout=full, stderr=subprocess.PIPE,
                                  text=True, check=False)
        self.assertEqual((done.returncode, done.stderr),
                         (2, "pingtrail: standard output: No space left on device\n"))


class Import(Directory):
    def test_good_lines_apply_and_bad_ones_are_numbered(self):
        path = self.path("o.csv", "time,host,state,interval_s\n2026-03-10T00:00:00Z,a,up,60\nnonsense\n"
                         "2026-03-10T00:01:00Z,a,sideways,60\n2026-03-10T00:02:00Z,a,down,60\n")
        done = self.ask("import", path, code=1)
        self.assertEqual(re.findall(r"line (\d+): ", done.stderr), ["3", "4"])
        self.assertEqual(done.stdout, f"{path}: 4 lines, 2 applied, 0 indeterminate, 0 late or known, 2 bad; 1 host, "
                                      "2 transitions\n")
        hosts = json.loads(self.ask("status", "--json", "--asof", "2026-03-10T00:02:30Z").stdout)["hosts"]
        self.assertEqual([(h["host"], h["state"], h["downtime_s"]) for h in hosts], [("a", "down", 30.0)])

    def test_the_same_file_twice_changes_nothing(self):
        path = self.path("o.csv", "time,host,state,interval_s\n2026-03-10T00:00:00Z,a,up,60\n")
        self.ask("import", path)
        self.assertIn("0 applied, 0 indeterminate, 1 late or known", self.ask("import", path).stdout)

    def test_reads_standard_input(self):
        done = run("import", "-", "--state-dir", self.dir, stdin="2026-03-10T00:00:00Z,a,up\n")
        self.assertTrue(done.stdout.startswith("standard input: 1 line, 1 applied"), done.stdout)

    def test_an_empty_file_is_no_error(self):
        self.assertIn("0 lines", self.ask("import", self.path("o.csv", "")).stdout)

    def test_no_bar_where_no_terminal_is(self):
        path = self.path("o.csv", "2026-03-10T00:00:00Z,a,up\n" * 1000)
        self.assertEqual(self.ask("import", path).stderr, "")


class Reading(Directory):
    def test_status_names_state_since_and_downtime(self):
        self.estate()
        done = self.ask("status", "--asof", "2026-03-10T00:59:30Z", "--tz", "UTC")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[1].split()[:3], ["core-sw", "UP", "2026-03-10T00:15:00+00:00"])
        self.assertIn("web-01 (ipv6)  DOWN   2026-03-10T00:30:00+00:00  0 days 00:29:30", done.stdout)
        self.assertIn("2 up, 1 down, 0 unknown", lines[-1])
        self.assertNotIn("\x1b", done.stdout)

    def test_report_has_the_figures_of_the_worked_case(self):
        self.estate()
        hosts = {h["host"]: h for h in self.report()["hosts"]}
        core = hosts["core-sw"]
        self.assertEqual(core["up_s"] + core["down_s"], 3600.0)
        self.assertEqual((core["down_s"], core["availability_pct"], core["mttr_s"], core["mtbf_s"]),
                         (300.0, 91.666667, 300.0, 3300.0))
        self.assertEqual(core["outages"], [{
            "start": "2026-03-10T00:10:00.000Z", "end": "2026-03-10T00:15:00.000Z", "ongoing": False,
            "downtime_s": 300.0, "unknown_inside_s": 0.0, "lower_bound_s": 240.0, "upper_bound_s": 360.0,
            "planned_s": 0.0, "reason": REASON, "source": "journal"}])
        self.assertEqual(hosts["web-01"]["down_s"], 0.0)

    def test_groups_can_be_picked(self):
        self.estate()
        self.assertEqual([h["host"] for h in self.report("--group", "core")["hosts"]], ["core-sw"])

    def test_csv_parses_back_and_ends_lines_with_crlf(self):
        self.estate()
        done = subprocess.run([PROGRAM, "outages", "--csv", "--asof", ASOF, "--state-dir", self.dir],
                              capture_output=True, check=True)
        self.assertTrue(all(line.endswith(b"\r") for line in done.stdout.split(b"\n")[:-1]))
        rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
        self.assertEqual([(r["host"], r["reason"]) for r in rows], [("core-sw", REASON), ("web-01", REASON)])

    def test_every_format_of_every_read_command(self):
        self.estate()
        month = ["report", "--month", "2026-03", "--asof", ASOF, "--target", "99.9"]
        for words, formats in ((["status"], 3), (["outages"], 3), (["maintenance", "list"], 3), (month, 4)):
            for name in ("text", "json", "csv", "html")[:formats]:
                self.assertNotEqual(self.ask(*words, "--format", name).stdout, "")

    def test_several_directories_are_one_history(self):
        other = os.path.join(self.root, "satellite")
        os.mkdir(other)
        self.record("core-sw", ["up"] * 30)
        self.record("core-sw", ["up"] * 30, begin=BEGIN + 30 * MINUTE, directory=other)
        host = self.report("--state-dir", other)["hosts"][0]
        self.assertEqual((host["up_s"], host["unknown_s"]), (3600.0, 0.0))

    def test_a_damaged_state_file_costs_one_host_and_is_named(self):
        self.estate()
        path = os.path.join(self.dir, "state", "core-sw")
        with open(path, "wb") as file:
            file.write(b"\xff" * 4096)
        done = self.ask("status", "--json", "--asof", ASOF)
        self.assertIn(path, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(len(answer["notes"]), 1)
        self.assertIn("web-01", [h["host"] for h in answer["hosts"]])

    def test_colour_on_a_terminal_only_and_not_against_the_users_wish(self):
        self.estate()
        for wish, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
            ours, theirs = pty.openpty()
            env = {**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm", **wish}
            subprocess.run([PROGRAM, "status", "--state-dir", self.dir], stdout=theirs, env=env, check=True)
            os.close(theirs)
            self.assertEqual(b"\x1b[" in os.read(ours, 65536), coloured, wish)
            os.close(ours)


class Schema(Directory):
    """The JSON against the tables of its page: every key, its type, and no other key."""

    def tables(self):
        with open(SCHEMA, encoding="utf-8") as file:
            sections = re.split(r"^## ", file.read(), flags=re.MULTILINE)[1:]
        tables = {}
        for section in sections:
            name, body = section.split("\n", 1)
            keys = dict(re.findall(r"^\| `(\w+)` \| ([\w? ]+) \|", body, re.MULTILINE))
            for base in re.findall(r"keys of (\w+)", body):
                keys = {**tables[base], **keys}
            tables[name.strip()] = keys
        return tables

    def hold(self, tables, name, value, where):
        if name.endswith("?"):
            if value is None:
                return
            name = name[:-1]
        if name.startswith("array of "):
            self.assertIsInstance(value, list, where)
            for element in value:
                self.hold(tables, name[len("array of "):], element, where)
        elif name in tables and name not in ("string",):
            optional = {"group", "host", "total", "error_budgets"} if name in ("budget", "report") else set()
            if name == "budget":
                value = {k: v for k, v in value.items() if k not in optional}
            self.assertEqual(set(value) | (optional & set(tables[name])), set(tables[name]), f"{where}: {name}")
            for key, element in value.items():
                self.hold(tables, tables[name][key], element, f"{where}.{key}")
        else:
            self.simple(name, value, where)

    def simple(self, name, value, where):
        if name == "instant":
            self.assertRegex(value, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", where)
        elif name in ("seconds", "percent", "number"):
            self.assertIsInstance(value, (int, float), where)
        elif name == "count":
            self.assertTrue(isinstance(value, int) and not isinstance(value, bool) and value >= 0, where)
        else:
            self.assertIsInstance(value, {"string": str, "boolean": bool}[name], where)

    def test_every_answer_holds_the_page(self):
        self.estate()
        self.ask("maintenance", "add", "--host", "web-*", "--from", str(BEGIN), "--to", ASOF, "--comment", "c")
        tables = self.tables()
        self.hold(tables, "report", self.report("--target", "99.9", "--confirm", "6"), "report")
        self.hold(tables, "report", self.report(), "report")
        self.hold(tables, "status", json.loads(self.ask("status", "--json", "--asof", ASOF).stdout), "status")
        self.hold(tables, "outages", json.loads(self.ask("outages", "--json", "--asof", ASOF).stdout), "outages")
        for window in json.loads(self.ask("maintenance", "list", "--json").stdout):
            self.hold(tables, "maintenance window", window, "maintenance")

    def test_a_host_has_the_agreed_keys_and_no_other(self):
        self.estate()
        self.assertEqual(list(self.report()["hosts"][0]), [
            "host", "window_s", "up_s", "up_planned_s", "down_s", "down_planned_s", "unknown_s", "unknown_planned_s",
            "availability_pct", "availability_incl_planned_pct", "availability_worst_pct", "availability_best_pct",
            "coverage_pct", "outages_started", "mttr_s", "mtbf_s", "outages"])


class Writing(Directory):
    def test_maintenance_becomes_planned_time_once(self):
        self.estate()
        words = ["maintenance", "add", "--host", "core-*", "--from", "2026-03-10T00:00Z", "--to", ASOF, "--comment",
                 "new firmware"]
        self.assertEqual(self.ask(*words).stdout, "added\n")
        self.assertEqual(self.ask(*words).stdout, "already there\n")
        core = self.report()["hosts"][0]
        self.assertEqual((core["down_s"], core["down_planned_s"], core["availability_pct"]), (0.0, 300.0, None))
        self.assertIn("new firmware", self.ask("maintenance", "list").stdout)

    def test_a_window_for_nobody_stands_with_a_word(self):
        done = self.ask("maintenance", "add", "--host", "tpyo", "--from", "2026-03-10", "--to", "2026-03-11",
                        "--comment", "x")
        self.assertEqual(done.stderr, "pingtrail: --host: tpyo: fits no host so far\n")

    def test_downtimes_come_from_nagios(self):
        path = self.path("status.dat", "hostdowntime {\n\thost_name=core-sw\n\tdowntime_id=1\n\tcomment_id=1\n"
                         "\tentry_time=1773100000\n\tstart_time=1773100800\n\tend_time=1773104400\n"
                         "\ttriggered_by=0\n\tfixed=1\n\tduration=3600\n\tis_in_effect=1\n\tauthor=a\n"
                         "\tcomment=swap\n\t}\n")
        self.assertEqual(self.ask("maintenance", "import", "--nagios", path).stdout,
                         "1 downtime read, 1 new, 0 bad\n")
        self.assertEqual(self.ask("maintenance", "import", "--nagios", path).stdout,
                         "1 downtime read, 0 new, 0 bad\n")

    def test_rename_takes_the_history_along_and_forget_drops_it(self):
        self.estate()
        self.ask("rename", "core-sw", "core-1")
        self.assertIn("pingtrail: core-1: this name is in use\n", self.ask("rename", "web-01", "core-1", code=2).stderr)
        hosts = {h["host"]: h for h in self.report()["hosts"]}
        self.assertEqual(hosts["core-1"]["down_s"], 300.0)
        self.ask("forget", "core-1")
        self.assertEqual([h["host"] for h in self.report()["hosts"]], ["web-01"])


class Verify(Directory):
    def chain(self):
        return os.path.join(self.dir, "journal", "chain")

    def test_exit_codes_intact_broken_torn_and_repaired(self):
        self.estate()
        self.assertRegex(self.ask("verify").stdout, r": intact, \d+ records\n$")
        with open(self.chain(), "ab") as file:
            file.write(b"x" * 100)
        self.assertIn("torn end", self.ask("verify", code=1).stdout)
        self.assertIn("torn end closed", self.ask("verify", "--repair").stdout)
        self.ask("verify")
        with open(self.chain(), "r+b") as file:
            file.seek(2 * 256 + 100)
            byte = file.read(1)
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte[0] ^ 1]))
        done = self.ask("verify", code=2)
        self.assertIn("broken: record 2", done.stdout)
        self.assertIn("broken", self.ask("verify", "--repair", code=2).stdout)

    def test_a_journal_that_was_removed_is_broken(self):
        self.assertIn("intact, 0 records", self.ask("verify").stdout)
        self.estate()
        shutil.rmtree(os.path.dirname(self.chain()))
        self.assertIn("broken: record 0: missing", self.ask("verify", code=2).stdout)
        self.assertIn("broken: record 0: missing", self.ask("health", code=2).stdout)

    def test_a_broken_chain_shows_in_reports(self):
        self.estate()
        with open(self.chain(), "r+b") as file:
            file.seek(300)
            file.write(b"\xff\xff")
        done = self.ask("status", "--json", "--asof", ASOF)
        self.assertFalse(json.loads(done.stdout)["journal_verified"])
        self.assertIn("record 1", done.stderr)


class Health(Directory):
    def test_speaks_the_plugin_protocol(self):
        none = self.ask("health", "--free-warning", "0", "--free-critical", "0", code=3).stdout
        self.assertTrue(none.startswith("UNKNOWN - no check recorded yet | hosts=0"), none)
        self.estate()
        free = ["--free-warning", "0", "--free-critical", "0"]
        fine = self.ask("health", *free, "--asof", ASOF).stdout
        self.assertTrue(fine.startswith("OK - 3 hosts, newest check 0 days 00:01:00 ago, journal intact"), fine)
        self.assertIn(" | newest_check_age=60s;600;1800;0 hosts=3;;;0 ", fine)
        self.assertTrue(self.ask("health", *free, "--asof", "2026-03-10T01:15Z", code=1).stdout.startswith("WARNING"))
        self.assertTrue(self.ask("health", *free, "--asof", "2026-03-11", code=2).stdout.startswith("CRITICAL"))

    def test_errors_are_unknown_on_standard_output(self):
        for words in (["--age-warning", "x"], ["--nonsense"], ["--age-warning", "2h"], ["extra"]):
            done = self.ask("health", *words, code=3)
            self.assertTrue(done.stdout.startswith("UNKNOWN - "), done.stdout)
            self.assertEqual((done.stdout.count("\n"), done.stderr), (1, ""))
        self.assertTrue(run("health", "--state-dir", "/nonexistent", code=3).stdout.startswith("UNKNOWN - "))


class HealthOfArchiving(Directory):
    NOW = 1773104400  # ASOF

    def setUp(self):
        super().setUp()
        self.estate()
        self.spool, self.rrd = (os.path.join(self.root, name) for name in ("spool", "rrd"))
        for path in (self.spool, os.path.join(self.rrd, ".pingtrail")):
            os.makedirs(path)
        self.counters()

    def counters(self, **more):
        values = {"updated_ms": (self.NOW - 3) * 1000, "newest_sample_s": self.NOW - 20, "rejects_total": 4,
                  "store_failures_total": 1, "something_new": 5, **more}
        self.path("rrd/.pingtrail/counters", "".join(f"{k} {v}\n" for k, v in values.items()))

    def waiting(self, name, age, text="x" * 10):
        os.makedirs(os.path.dirname(os.path.join(self.spool, name)), exist_ok=True)
        path = self.path(f"spool/{name}", text)
        os.utime(path, (self.NOW - age, self.NOW - age))

    def health(self, *words, code=0):
        return self.ask("health", "--free-warning", "0", "--free-critical", "0", "--asof", ASOF, "--spool", self.spool,
                        "--rrd-dir", self.rrd, *words, code=code).stdout

    def test_counts_what_waits_is_in_work_and_was_rejected(self):
        self.waiting("host-perfdata.1", 200)
        self.waiting("claimed/host-perfdata.0", 250)
        self.waiting("rejected/host-perfdata.0", 1000, "a:1: b\na:2: c\n")
        self.waiting(".hidden", 9000)
        out = self.health()
        self.assertIn(", 2 spool files waiting, 2 lines rejected, writer heard of 0 days 00:00:03 ago | ", out)
        self.assertTrue(out.endswith(
            " spool_files=2;100;1000;0 spool_bytes=20B;;;0 spool_age=250s;300;1800;0 spool_rejected=2;;;0"
            " writer_age=3s;120;600;0 writer_lag=20s;;;0 writer_pending_age=0s;;;0 writer_rejects=4c;;;0"
            " writer_store_failures=1c;;;0\n"), out)

    def test_thresholds(self):
        self.waiting("claimed/f", 400)
        claimed = f"spool file {self.spool}/claimed/f waiting for 0 days 00:06:40"
        self.assertTrue(self.health(code=1).startswith(f"WARNING - {claimed} | "))
        self.assertTrue(self.health("--spool-age-critical", "400s", code=2).startswith(f"CRITICAL - {claimed} | "))
        self.assertTrue(self.health("--spool-age-warning", "401").startswith("OK - "))
        calm = ["--spool-age-warning", "401"]
        self.assertIn("1 spool file waiting", self.health(*calm, "--spool-files-warning", "1", code=1))
        self.assertIn("1 spool file waiting",
                      self.health(*calm, "--spool-files-warning", "1", "--spool-files-critical", "1", code=2))
        self.assertIn(f"writer of {self.rrd} silent for 0 days 00:00:03",
                      self.health(*calm, "--writer-age-warning", "3", code=1))

    def test_of_several_the_worst_is_named_and_what_cannot_be_seen(self):
        other = os.path.join(self.root, "other")
        os.makedirs(os.path.join(other, ".pingtrail"))
        self.path("other/.pingtrail/counters", f"updated_ms {(self.NOW - 700) * 1000}\nrejects_total 2\n")
        out = self.health("--rrd-dir", other, "--spool", "/nonexistent", code=2)
        self.assertTrue(out.startswith(f"CRITICAL - writer of {other} silent for 0 days 00:11:40, "
                                       "/nonexistent: No such file or directory | "), out)
        self.assertIn(" writer_rejects=6c;", out)
        lost = self.health("--rrd-dir", self.spool, code=3)
        self.assertTrue(lost.startswith(f"UNKNOWN - {self.spool}/.pingtrail/counters: No such file or directory | "), lost)
        self.counters(updated_ms="nonsense")
        self.assertIn("/counters: no updated_ms", self.health(code=3))

    def test_limits_that_contradict_each_other_are_refused(self):
        for name, value in (("spool-age", "31m"), ("spool-files", "1001"), ("writer-age", "11m")):
            self.assertEqual(self.health(f"--{name}-warning", value, code=3),
                             f"UNKNOWN - --{name}-warning: above --{name}-critical\n")
        self.assertIn("not a number from 1", self.health("--spool-files-warning", "0", code=3))


class ProgressBar(Directory):
    def test_shows_on_a_terminal_and_goes_away(self):
        rows = "".join(f"{BEGIN + i * 1000},h{i % 50},{'up' if i % 7 else 'down'},60\n" for i in range(1500000))
        path = self.path("big.csv", rows)
        ours, theirs = pty.openpty()
        done = subprocess.Popen([PROGRAM, "import", path, "--state-dir", self.dir], stderr=theirs,
                                stdout=subprocess.DEVNULL)
        os.close(theirs)
        seen = b""
        try:
            while chunk := os.read(ours, 65536):
                seen += chunk
        except OSError:  # the other end is gone
            pass
        os.close(ours)
        self.assertEqual(done.wait(60), 0)
        self.assertIn(b"import  [", seen)
        self.assertTrue(seen.endswith(b"\r\x1b[K"), seen[-80:])


class Reconstructed(Directory):
    """Hosts that have an archive and no journal."""

    SOURCES = ("rta", "pl")

    def archive(self, host, states, service="_HOST_", page=True, root="rrd"):
        """One sample a minute from BEGIN on: U(p), D(own), '.' none."""
        directory = os.path.join(self.root, root, host)
        os.makedirs(directory, exist_ok=True)
        path = os.path.join(directory, service + ".rrd")
        begin = BEGIN // 1000
        subprocess.run(["rrdtool", "create", path, "--start", str(begin - 60), "--step", "60",
                        "DS:1:GAUGE:120:U:U", "DS:2:GAUGE:120:U:U", "RRA:AVERAGE:0.5:1:2880",
                        "RRA:AVERAGE:0.5:5:2880"], check=True)
        values = {"U": "1.5:0", "D": "U:100", "p": "2:99"}
        rows = [f"{begin + i * 60}:{values[state]}" for i, state in enumerate(states) if state in values]
        subprocess.run(["rrdtool", "update", path, *rows], check=True)
        if page:
            named = "".join(f"<DATASOURCE><DS>{i}</DS><LABEL>{label}</LABEL><UNIT></UNIT></DATASOURCE>"
                            for i, label in enumerate(self.SOURCES, 1))
            with open(os.path.join(directory, service + ".xml"), "w", encoding="utf-8") as file:
                file.write(f"<NAGIOS>{named}<NAGIOS_DISP_HOSTNAME>{host}</NAGIOS_DISP_HOSTNAME>"
                           f"<NAGIOS_AUTH_SERVICEDESC>{service}</NAGIOS_AUTH_SERVICEDESC></NAGIOS>")
        return path

    def setUp(self):
        super().setUp()
        self.rrd = os.path.join(self.root, "rrd")

    def look(self, *words, code=0):
        return self.ask(*words, "--rrd-dir", self.rrd, "--tz", "UTC", "--asof", ASOF, code=code)

    def test_outages_are_as_in_the_script_and_marked(self):
        self.archive("old-sw", "U" * 10 + "D" * 5 + "U" * 45)
        self.record("core-sw", ["up"] * 10 + ["down"] * 5 + ["up"] * 45)
        rows = {row["host"]: row for row in json.loads(self.look("outages", "--json").stdout)["outages"]}
        self.assertEqual(set(rows), {"old-sw", "core-sw"})
        old = rows["old-sw"]
        self.assertEqual((old["source"], old["resolution_s"]), ("reconstructed", 60))
        self.assertEqual(rows["core-sw"]["source"], "journal")
        self.assertNotIn("resolution_s", rows["core-sw"])
        for key in ("start", "end", "downtime_s", "lower_bound_s"):
            self.assertEqual(old[key], rows["core-sw"][key], key)
        self.assertEqual(old["upper_bound_s"], rows["core-sw"]["upper_bound_s"] + 60)
        self.assertIn("(reconstructed, within 60 s)", self.look("outages").stdout)
        table = list(csv.DictReader(io.StringIO(self.look("outages", "--csv").stdout)))
        self.assertEqual({row["host"]: row["source"] for row in table},
                         {"old-sw": "reconstructed", "core-sw": "journal"})

    def test_status_and_report_mark_the_host(self):
        self.archive("old-sw", "U" * 50 + "D" * 11)
        self.record("core-sw", ["up"] * 60)
        status = {row["host"]: row for row in json.loads(self.look("status", "--json").stdout)["hosts"]}
        self.assertEqual((status["old-sw"]["state"], status["old-sw"]["source"]), ("down", "reconstructed"))
        self.assertEqual(status["old-sw"]["last_check"], "2026-03-10T01:00:00.000Z")
        self.assertEqual(status["core-sw"]["source"], "journal")
        self.assertIn("old-sw (reconstructed)", self.look("status").stdout)
        window = ("report", "--from", "2026-03-10", "--to", ASOF)
        hosts = {row["host"]: row for row in json.loads(self.look(*window, "--json").stdout)["hosts"]}
        self.assertEqual((hosts["old-sw"]["down_s"], hosts["old-sw"]["source"]), (600, "reconstructed"))
        self.assertIn("old-sw (reconstructed)", self.look(*window).stdout)
        self.assertIn("old-sw (reconstructed)", self.look(*window, "--format", "html").stdout)
        table = list(csv.DictReader(io.StringIO(self.look(*window, "--csv").stdout)))
        self.assertEqual({row["name"]: row["source"] for row in table if row["kind"] == "host"},
                         {"old-sw": "reconstructed", "core-sw": "journal"})

    def test_a_journal_outweighs_an_archive(self):
        self.archive("core-sw", "D" * 60)
        self.record("core-sw", ["up"] * 60)
        self.assertEqual(json.loads(self.look("outages", "--json").stdout)["outages"], [])

    def test_rows_without_data_are_unknown(self):
        self.archive("old-sw", "U" * 20 + "." * 20 + "U" * 20)
        window = ("report", "--from", "2026-03-10", "--to", ASOF, "--json")
        host = json.loads(self.look(*window).stdout)["hosts"][0]
        # 20 checks are missing; rrdtool takes no row from the first one after such a silence; and the
        # state holds for its 60 s.
        self.assertEqual((host["unknown_s"], host["down_s"]), (1260, 0))

    def test_which_archives_are_read(self):
        self.archive("no-page", "U" * 60, page=False)
        self.archive("by-service", "U" * 60, service="PING")
        self.archive("service-without-page", "U" * 60, service="load", page=False)
        other = os.path.join(self.root, "other")
        self.archive("elsewhere", "U" * 60, root="other")
        os.symlink(os.path.join(other, "elsewhere"), os.path.join(self.rrd, "linked"))
        names = [row["host"] for row in json.loads(self.look("status", "--json").stdout)["hosts"]]
        self.assertEqual(names, ["by-service", "no-page"])
        both = self.look("status", "--json", "--rrd-dir", other).stdout
        self.assertEqual([row["host"] for row in json.loads(both)["hosts"]],
                         ["by-service", "elsewhere", "no-page"])

    def test_a_damaged_archive_costs_one_host_and_is_named(self):
        path = self.archive("bad", "U" * 60)
        self.archive("good", "U" * 60)
        with open(path, "r+b") as file:
            file.truncate(3000)
        done = self.look("status", "--json")
        self.assertEqual([row["host"] for row in json.loads(done.stdout)["hosts"]], ["good"])
        self.assertEqual(json.loads(done.stdout)["notes"], [f"{path}: truncated"])
        self.assertEqual(done.stderr, f"pingtrail: {path}: truncated\n")

    def test_a_directory_that_is_not_there_is_named(self):
        done = self.look("status", "--json")
        self.assertIn("rrd: No such file or directory", done.stderr)
        self.assertEqual(self.ask("status", "--rrd-dir", "", code=2).stderr, "pingtrail: --rrd-dir: empty\n")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
