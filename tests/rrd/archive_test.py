#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pingtrail-rrd makes of a spool, looked at with rrdtool.

usage: archive_test.py PINGTRAIL_RRD [unittest options]
"""
import os
import re
import signal
import subprocess
import unittest
import xml.etree.ElementTree as ElementTree

from rrd_case import RrdCase, dump, estate, host_line, run, service_line, tree


class Archives(RrdCase):
    def labels(self, *parts):
        root = ElementTree.fromstring(self.read(self.path(*parts)))
        return [(d.findtext("DS"), d.findtext("LABEL")) for d in root.findall("DATASOURCE")]

    def test_services_and_hosts_get_archives_with_their_first_sample(self):
        at = self.now
        self.arrive({"a": service_line(at, "web 1", "ping v4", "rta=1.5ms pl=20%") + host_line(at, "web 1", "rta=2ms"),
                     "b": f"[SERVICEPERFDATA]\t{at}\tcore\tload\t0.1\t0.2\tOK\tload1=0.5 load5=0.25\n"})
        self.drain()
        self.assertEqual(tree(self.rrd), ["core/load.rrd", "web_1/_HOST_.rrd", "web_1/ping_v4.rrd"])
        fetched = run("rrdtool", "fetch", self.path("web_1/ping_v4.rrd"), "AVERAGE", "-s", str(at - 60), "-e", str(at - 1))
        self.assertIn(f"{at}: 1.5000000000e+00 2.0000000000e+01", fetched.stdout)
        self.assertEqual(self.lastupdate("core/load.rrd"), (at, ["0.5", "0.25"]))
        self.assert_spool_done()
        self.assertEqual(self.rejected(), "")
        self.assert_no_leftovers()

    def test_default_layout_is_that_of_pnp(self):
        os.unlink(self.rra)
        self.arrive({"a": service_line(self.now, "h", "s", "rta=1ms octets=5c")})
        done = run("env", *[w for w in self.command("--once") if w not in ("--rra-cfg", self.rra)])
        self.assertEqual(done.returncode, 0, done.stderr)
        info = run("rrdtool", "info", self.path("h/s.rrd")).stdout
        self.assertIn("step = 60\n", info)
        self.assertIn('ds[1].type = "GAUGE"', info)
        self.assertIn('ds[2].type = "DERIVE"', info)
        self.assertIn("ds[2].min = 0.0000000000e+00", info)
        self.assertIn("ds[1].minimal_heartbeat = 8460", info)
        rows = re.findall(r'rra\[\d+\]\.cf = "(\w+)"\nrra\[\d+\]\.rows = (\d+)\n.*\nrra\[\d+\]\.pdp_per_row = (\d+)', info)
        self.assertEqual(rows, [(f, r, p) for f in ("AVERAGE", "MAX", "MIN")
                                for r, p in (("2880", "1"), ("2880", "5"), ("4320", "30"), ("5840", "360"))])
        header = 128 + 2 * 120 + 12 * 120 + 16 + 2 * 112 + 2 * 12 * 80 + 12 * 8
        self.assertEqual(os.stat(self.path("h/s.rrd")).st_size, header + 2 * 8 * 3 * 15920)

    def test_labels_keep_their_source_when_they_move_vanish_or_join(self):
        at = self.now - 300
        lines = ["rta=1 pl=2", "pl=3 rta=4", "pl=5", "new=6 rta=7 pl=8"]
        self.arrive({f"f{i}": service_line(at + 60 * i, "h", "s", p) for i, p in enumerate(lines)})
        self.drain()
        self.assertEqual(self.labels("h/s.xml"), [("1", "rta"), ("2", "pl"), ("3", "new")])
        self.assertEqual(self.lastupdate("h/s.rrd"), (at + 180, ["7", "8", "6"]))
        text = dump(self.path("h/s.rrd"))
        self.assertIn("<v>NaN</v><v>5.0000000000e+00</v><v>NaN</v>", text)

    def test_labels_are_remembered_across_runs(self):
        at = self.now - 120
        self.arrive({"a": service_line(at, "h", "s", "rta=1 pl=2")})
        self.drain()
        self.arrive({"b": service_line(at + 60, "h", "s", "pl=3 rta=4")})
        self.drain()
        self.assertEqual(self.lastupdate("h/s.rrd"), (at + 60, ["4", "3"]))

    def test_an_archive_of_pnp_without_its_xml_goes_on_by_position(self):
        at = self.now - 60
        os.makedirs(self.path("h"))
        run("rrdtool", "create", self.path("h/s.rrd"), "--start", str(at - 60), "--step", "300",
            "DS:1:GAUGE:8460:U:U", "DS:2:COUNTER:8460:U:U", "RRA:AVERAGE:0.5:1:10")
        inode = os.stat(self.path("h/s.rrd")).st_ino
        self.arrive({"a": service_line(at, "h", "s", "rta=1.5 octets=7.9c")})
        self.drain()
        self.assertEqual(os.stat(self.path("h/s.rrd")).st_ino, inode)
        self.assertEqual(self.lastupdate("h/s.rrd"), (at, ["1.5", "8"]))
        self.assertEqual(self.labels("h/s.xml"), [("1", "rta"), ("2", "octets")])

    def test_bad_lines_and_items_are_listed_and_the_rest_is_stored(self):
        at = self.now
        self.arrive({"f": service_line(at, "h", "s", "a=1 b=0x10 c=3") + "garbage\n" +
                     service_line("soon", "h", "s", "a=1") + service_line(at, "..", "s", "a=1") +
                     service_line(at, "h", "_HOST_", "a=1") + service_line(at + 86400, "h", "t", "a=1") +
                     service_line(5, "h", "t", "a=1") + service_line(at, "h", "t", "=1") +
                     service_line(at, "h", "u", "x=1\tHOSTNAME::other") + service_line(at, "h", "v", "")})
        self.drain()
        self.assertEqual(self.rejected(), "".join(f"f:{line}\n" for line in [
            "1: item 2 (b=0x10): its value is not a number; stored as unknown",
            "2: a field is no KEY::VALUE",
            "3: TIMET is not a time",
            "4: the host name begins with a dot",
            "5: a service named _HOST_ would overwrite its host",
            "6: its time lies more than an hour in the future",
            "7: its time lies before 1980",
            "8: no item with a label",
            "9: a key stands twice in the line"]))
        self.assertEqual(tree(self.rrd), ["h/s.rrd"])
        self.assertEqual(self.lastupdate("h/s.rrd"), (at, ["1", "U", "3"]))

    def test_order_of_samples_across_files_does_not_matter(self):
        at = self.now - 300
        self.arrive({f"f{i}": service_line(at + 60 * i, "h", "s", f"a={i}") for i in (3, 1, 0, 2)})
        self.drain()
        self.assertEqual(self.rejected(), "")
        self.assertEqual(self.lastupdate("h/s.rrd"), (at + 180, ["3"]))

    def test_the_same_sample_from_two_masters_counts_once_and_silently(self):
        line = service_line(self.now, "h", "s", "a=1")
        self.arrive({"master1": line, "master2": line})
        self.drain()
        self.arrive({"master3": line})
        self.drain()
        self.assertEqual(self.rejected(), "")

    def test_late_and_contradicting_samples_are_listed(self):
        at = self.now
        self.arrive({"a": service_line(at, "h", "s", "a=1") + service_line(at, "h", "s", "a=2")})
        self.drain()
        self.arrive({"b": service_line(at - 60, "h", "s", "a=1")})
        self.drain()
        self.assertEqual(self.rejected(), "a:2: a second sample of the same second\n"
                         f"b:1: older than the newest sample of its archive, {at}\n")

    def test_only_command_narrows(self):
        self.arrive({"a": service_line(self.now, "h", "s", "a=1", "check_icmp!x") +
                     service_line(self.now, "h", "t", "a=1", "check_disk")})
        self.drain("--only-command", "check_i*")
        self.assertEqual(tree(self.rrd), ["h/s.rrd"])
        self.assertIn("samples_filtered_total 1\n", self.read(self.path(".pingtrail/counters")))

    def test_hostile_names_stay_inside(self):
        at = self.now
        names = ["..", ".", "/etc/x", "../../x", "a/../../x", "x\\..\\y", ".hidden", "a" * 300, "", "é" * 150]
        self.arrive({"f": "".join(service_line(at, n, "s", "a=1") + service_line(at, "h", n, "a=1") for n in names)})
        before = sorted(os.listdir(self.base))
        self.drain()
        self.assertEqual(sorted(os.listdir(self.base)), before)
        self.assertEqual(tree(self.rrd), sorted(["_etc_x/s.rrd", "a_.._.._x/s.rrd", "h/_etc_x.rrd",
                                                 "h/a_.._.._x.rrd", "h/x_.._y.rrd", "x_.._y/s.rrd"]))
        self.assertEqual(len(self.rejected().splitlines()), 14)

    def test_symbolic_links_are_not_followed(self):
        outside = self.directory("outside")
        os.symlink(outside, self.path("linked"))
        os.makedirs(self.path("h"))
        os.symlink(os.path.join(outside, "s.rrd"), self.path("h/s.rrd"))
        os.symlink(os.path.join(outside, "t.xml"), self.path("h/t.xml"))
        self.arrive({"f": service_line(self.now, "linked", "s", "a=1") + service_line(self.now, "h", "s", "a=1") +
                     service_line(self.now, "h", "t", "a=1")})
        self.drain()
        self.assertEqual(os.listdir(outside), [])
        self.assertEqual(self.rejected(),
                         f"f:1: {self.rrd}/linked: is a symbolic link, which is not followed\n"
                         f"f:2: {self.rrd}/h/s.rrd: is a symbolic link, which is not followed\n")
        self.assertFalse(os.path.islink(self.path("h/t.xml")))

    def test_damaged_archives_are_set_aside_and_begun_anew(self):
        at = self.now - 120
        services = ["truncated", "zeroed", "garbage", "directory", "empty", "whole"]
        self.arrive({"a": "".join(service_line(at, "h", s, "a=1 b=2") for s in services)})
        self.drain()
        os.truncate(self.path("h/truncated.rrd"), 1500)
        size = os.stat(self.path("h/zeroed.rrd")).st_size
        with open(self.path("h/zeroed.rrd"), "wb") as file:
            file.write(bytes(size))
        with open(self.path("h/garbage.rrd"), "r+b") as file:
            file.write(b"not an archive")
        os.truncate(self.path("h/empty.rrd"), 0)
        os.unlink(self.path("h/directory.rrd"))
        os.makedirs(self.path("h/directory.rrd/inside"))
        self.arrive({"b": "".join(service_line(at + 60, "h", s, "b=4 a=3") for s in services)})
        done = self.drain()
        aside = [f for f in os.listdir(self.path("h")) if ".rrd.bad-" in f]
        self.assertEqual(sorted(f.split(".")[0] for f in aside), sorted(services[:-1]))
        for service in services:
            self.assertEqual(self.lastupdate(f"h/{service}.rrd"), (at + 60, ["3", "4"]))
        self.assertEqual(len(done.stderr.splitlines()), 5, done.stderr)
        self.assertIn("truncated; set aside and begun anew", done.stderr)
        self.assertEqual(self.rejected(), "")

    def test_a_reader_that_loops_loses_nothing(self):
        files = estate(4, 60, self.now)
        want_spool, want = self.directory("spool.want"), self.directory("rrd.want")
        self.arrive(files, want_spool)
        self.drain(spool=want_spool, rrd=want)
        first = dict(list(files.items())[:1])
        self.arrive(first)
        self.drain()
        loop = "while :; do for f in \"$1\"/host0/*.rrd; do rrdtool graph /dev/null -s -1h DEF:a=\"$f\":1:AVERAGE LINE:a; done; done"
        reader = subprocess.Popen(["sh", "-c", loop, "sh", self.rrd], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                  start_new_session=True)
        try:
            for name, text in list(files.items())[1:]:
                self.arrive({name: text})
                self.drain()
        finally:
            os.killpg(reader.pid, signal.SIGKILL)
            reader.wait()
        self.assert_same_archives(want, self.rrd)
        self.assertEqual(self.rejected(), "")

    def test_dry_run_tells_and_touches_nothing(self):
        self.arrive({"a": service_line(self.now, "h", "s", "a=1 b=2") + service_line(self.now, "h", "t", "a=1") + "x\n"})
        done = run(*self.command("--dry-run"))
        self.assertEqual((done.returncode, done.stdout),
                         (0, "1 files, 2 samples, 1 lines to reject, 2 archives, 2 of them new, taking 0.0 MiB\n"))
        self.assertEqual((os.listdir(self.spool), os.listdir(self.rrd)), (["a"], []))

    def test_dry_run_foresees_the_size(self):
        self.write(self.rra, "RRA:AVERAGE:0.5:1:100000\n")
        self.arrive({"a": service_line(self.now, "h", "s", "a=1 b=2")})
        told = run(*self.command("--dry-run")).stdout
        self.drain()
        size = os.stat(self.path("h/s.rrd")).st_size
        self.assertIn(f"taking {size / 1048576:.1f} MiB", told)

    def test_what_cannot_begin_says_so_in_one_line(self):
        for options, want in [(["--spool", "/none"], "/none: No such file or directory"),
                              (["--rrd-dir", "/none"], "/none: No such file or directory"),
                              (["--rra-cfg", "/none"], "/none: cannot be read"),
                              (["--rrdcached", "x:y"], "--rrdcached: x:y is no address"),
                              (["--group", "soon"], "--group: soon is no time between 0 and an hour"),
                              (["--threads", "0"], "--threads: 0 is not between 1 and 64"),
                              (["--frobnicate"], "command line: unrecognised option '--frobnicate'"),
                              (["extra"], "command line: too many positional options have been specified on the command line")]:
            with self.subTest(options=options):
                words = self.command("--once")
                if options[0] in words:
                    at = words.index(options[0])
                    del words[at:at + 2]
                done = run(*words, *options)
                self.assertEqual((done.returncode, done.stdout), (1, ""))
                self.assertTrue(done.stderr.endswith(want + "\n"), done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1)

    def test_a_second_writer_on_the_same_spool_is_refused(self):
        writer = subprocess.Popen(self.command(), stderr=subprocess.PIPE, text=True)
        try:
            self.wait_for(lambda: os.path.exists(self.path(".pingtrail/counters")))
            self.assertIn("another pingtrail-rrd is at work here", self.drain(code=1).stderr)
        finally:
            writer.terminate()
            writer.communicate(timeout=10)

    def test_a_configuration_file_gives_way_to_the_command_line(self):
        config = os.path.join(self.base, "rrd.conf")
        self.write(config, f"spool = {self.spool}\nrrd-dir = /none\nonly-command = x\n")
        done = run(self.command()[0], "--config", config, "--rrd-dir", self.rrd, "--rra-cfg", self.rra, "--once")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.write(config, "spoool = x\n")
        done = run(self.command()[0], "--config", config, "--once")
        self.assertEqual((done.returncode, done.stderr), (1, f"pingtrail-rrd: {config}: unrecognised option 'spoool'\n"))


if __name__ == "__main__":
    unittest.main()
