#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pingtrail-rrd as a daemon: arrivals, signals, the service manager, a disk that fills up, rrdcached.

usage: daemon_test.py PINGTRAIL_RRD [unittest options]
"""
import os
import random
import signal
import socket
import subprocess
import time
import unittest

from rrd_case import RrdCase, estate, run, service_line


class DaemonCase(RrdCase):
    def start(self, *options, **arguments):
        self.log = os.path.join(self.base, "log")
        with open(self.log, "a", encoding="utf-8") as log:
            writer = subprocess.Popen(self.command(*options), stderr=log, **arguments)
        self.addCleanup(self.end, writer)
        return writer

    @staticmethod
    def end(writer):
        if writer.poll() is None:
            writer.kill()
        writer.wait()

    def said(self):
        return self.read(self.log)

    def stop(self, writer):
        writer.terminate()
        self.assertEqual(writer.wait(20), 0, self.said())
        return self.said()

    def move_in(self, name, text):
        """As the cores do: complete, by rename."""
        path = os.path.join(self.base, "in." + name)
        self.write(path, text)
        os.rename(path, os.path.join(self.spool, name))

    def drained(self):
        return not self.waiting() and not os.listdir(os.path.join(self.spool, "claimed"))

    def undisturbed(self, files):
        spool, rrd = os.path.join(self.base, "spool.want"), os.path.join(self.base, "rrd.want")
        for path in (spool, rrd):
            os.makedirs(path)
        self.arrive(files, spool)
        self.drain(spool=spool, rrd=rrd)
        return rrd


class Daemon(DaemonCase):
    def test_files_are_taken_as_they_arrive_and_sigterm_ends(self):
        writer = self.start()
        self.wait_for(lambda: os.path.isdir(os.path.join(self.spool, "rejected")))
        for i in range(3):
            self.move_in(f"f{i}", service_line(self.now + 30 * i, "h", "s", f"a={i}"))
            # Well below the 2 s of a look without an event.
            self.wait_for(self.drained, 10)
        log = self.stop(writer)
        self.assertEqual(log, "")
        self.assertEqual(self.lastupdate("h/s.rrd"), (self.now + 60, ["2"]))
        self.assertIn("samples_written_total 3\n", self.read(self.path(".pingtrail/counters")))

    def test_a_file_that_is_being_written_is_taken_when_it_is_whole(self):
        writer = self.start()
        with open(os.path.join(self.spool, "f"), "w", encoding="utf-8") as file:
            file.write(service_line(self.now, "h", "s", "a=1")[:40])
            file.flush()
            time.sleep(0.5)
            self.assertEqual(self.waiting(), ["f"])
            file.write(service_line(self.now, "h", "s", "a=1")[40:])
        self.wait_for(self.drained)
        self.stop(writer)
        self.assertEqual(self.rejected(), "")
        self.assertEqual(self.lastupdate("h/s.rrd"), (self.now, ["1"]))

    def test_a_file_held_open_by_somebody_is_taken_before_younger_ones(self):
        first, second = (service_line(self.now + 30 * i, "h", "s", f"a={i}") for i in (0, 1))
        with open(os.path.join(self.spool, "f0"), "w", encoding="utf-8") as held:
            held.write(first)
            held.flush()
            writer = self.start()
            self.wait_for(lambda: os.path.isdir(os.path.join(self.spool, "rejected")))
            self.move_in("f1", second)
            self.wait_for(self.drained)
        self.stop(writer)
        self.assertEqual(self.rejected(), "")
        self.assertIn("samples_written_total 2\n", self.read(self.path(".pingtrail/counters")))

    def test_group_lets_files_wait(self):
        writer = self.start("--group", "3s")
        begin = time.monotonic()
        self.wait_for(lambda: os.path.isdir(os.path.join(self.spool, "rejected")))
        self.move_in("f0", service_line(self.now, "h", "s", "a=0"))
        self.move_in("f1", service_line(self.now + 30, "h", "s", "a=1"))
        self.wait_for(self.drained)
        self.assertGreater(time.monotonic() - begin, 2.5)
        self.stop(writer)
        self.assertEqual(self.lastupdate("h/s.rrd"), (self.now + 30, ["1"]))

    def test_the_service_manager_is_told(self):
        path = os.path.join(self.base, "notify")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.bind(path)
            manager.settimeout(10)
            writer = self.start(env=dict(os.environ, NOTIFY_SOCKET=path, JOURNAL_STREAM="1:2"))
            self.assertEqual(manager.recv(1000), b"READY=1")
            writer.send_signal(signal.SIGHUP)
            seen = []
            while not seen or seen[-1] != b"READY=1":
                seen.append(manager.recv(1000))
            self.assertIn(b"RELOADING=1", seen)
            log = self.stop(writer)
            while seen[-1] != b"STOPPING=1":
                seen.append(manager.recv(1000))
        self.assertEqual(log, "<6>configuration read again\n")

    def test_sighup_takes_new_rras(self):
        writer = self.start()
        self.move_in("f0", service_line(self.now, "h", "s", "a=0"))
        self.wait_for(lambda: os.path.exists(self.path("h/s.rrd")))
        self.write(self.rra, "RRA_STEP=300\nRRA:AVERAGE:0.5:1:10\n")
        writer.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        self.move_in("f1", service_line(self.now, "h", "t", "a=0"))
        self.wait_for(lambda: os.path.exists(self.path("h/t.rrd")))
        self.write(self.rra, "nonsense\n")
        writer.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        log = self.stop(writer)
        self.assertIn("step = 300", run("rrdtool", "info", self.path("h/t.rrd")).stdout)
        self.assertIn("the old configuration stays", log)

    def test_counters_go_on_after_a_restart(self):
        for i in range(2):
            self.arrive({f"f{i}": service_line(self.now + i, "h", "s", f"a={i}")})
            self.drain()
        counters = self.read(self.path(".pingtrail/counters"))
        self.assertIn("samples_written_total 2\n", counters)
        self.assertIn("archives_created_total 1\n", counters)
        self.assertIn(f"newest_sample_s {self.now + 1}\n", counters)

    def test_a_full_disk_stops_the_work_and_nothing_else(self):
        files = estate(60, 12, self.now, growing=True)
        want = self.undisturbed(files)
        disk = self.directory("disk")
        mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "none", disk)
        self.assertEqual(mounted.returncode, 0, mounted.stderr)
        self.addCleanup(run, "umount", "-l", disk)
        self.rrd, self.spool = os.path.join(disk, "rrd"), os.path.join(disk, "spool")
        os.makedirs(self.rrd)
        os.makedirs(self.spool)
        items = list(files.items())
        self.arrive(dict(items[:2]))
        self.drain()
        self.arrive(dict(items[2:]))
        with open(os.path.join(disk, "filler"), "wb", buffering=0) as filler, self.assertRaises(OSError):
            while True:
                filler.write(b"x" * 4096)
        writer = self.start()
        self.wait_for(lambda: "No space left" in self.said() or writer.poll() is not None)
        self.assertIsNone(writer.poll())
        self.assertNotEqual(self.waiting() + os.listdir(os.path.join(self.spool, "claimed")), [])
        os.unlink(os.path.join(disk, "filler"))
        self.wait_for(self.drained, 60)
        self.stop(writer)
        self.assert_no_leftovers()
        self.assertEqual(self.rejected(), "")
        self.assert_same_archives(want, self.rrd)


class Cached(DaemonCase):
    def start_cache(self):
        cache = subprocess.Popen(["rrdcached", "-g", "-l", "unix:" + self.socket, "-p", os.path.join(self.base, "cache.pid"),
                                  "-b", self.rrd, "-B", "-w", "600", "-f", "3600", "-j", self.directory("journal")],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.end_cache, cache)
        self.wait_for(lambda: os.path.exists(self.socket))
        return cache

    @staticmethod
    def end_cache(cache):
        if cache.poll() is None:
            cache.kill()
        cache.wait()

    def setUp(self):
        super().setUp()
        self.socket = os.path.join(self.base, "cache.sock")

    def kill_cache(self, cache):
        cache.kill()
        cache.wait()
        for path in (self.socket, os.path.join(self.base, "cache.pid")):
            if os.path.exists(path):
                os.unlink(path)

    def test_through_rrdcached_archives_are_the_same(self):
        files = estate(50, 10, self.now, growing=True)
        want = self.undisturbed(files)
        self.start_cache()
        self.arrive(files)
        self.drain("--rrdcached", "unix:" + self.socket)
        self.assert_same_archives(want, self.rrd)
        self.assert_spool_done()

    def test_rows_longer_than_the_daemon_takes_arrive_too(self):
        wide = " ".join(f"label{i}=0.1234567{i}" for i in range(800))
        files = {"f0": service_line(self.now - 60, "h", "s", wide), "f1": service_line(self.now, "h", "s", wide)}
        want = self.undisturbed(files)
        self.start_cache()
        self.arrive(files)
        self.drain("--rrdcached", self.socket)
        self.assert_same_archives(want, self.rrd)

    def test_without_the_daemon_everything_waits(self):
        self.arrive({"f": service_line(self.now, "h", "s", "a=1")})
        writer = self.start("--rrdcached", self.socket)
        self.wait_for(lambda: "rrdcached at" in self.said())
        self.assertEqual(self.waiting(), ["f"])
        self.start_cache()
        self.wait_for(self.drained)
        self.stop(writer)
        self.assertEqual(self.lastupdate("h/s.rrd"), (self.now, ["1"]))

    def test_killed_daemons_lose_and_repeat_nothing(self):
        files = estate(40, 120, self.now)
        want = self.undisturbed(files)
        cache = self.start_cache()
        writer = self.start("--rrdcached", self.socket)
        rng = random.Random(5)
        for number, (name, text) in enumerate(files.items()):
            self.move_in(name, text)
            if number % 4 == 3:
                time.sleep(rng.random() * 0.02)
                self.kill_cache(cache)
                if number % 8 == 7:
                    self.end(writer)
                    writer = self.start("--rrdcached", self.socket)
                cache = self.start_cache()
        self.wait_for(self.drained, 60)
        self.stop(writer)
        self.assert_same_archives(want, self.rrd)
        self.assertEqual(self.rejected(), "")


if __name__ == "__main__":
    unittest.main()
