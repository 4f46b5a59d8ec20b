#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Exactly once: however often the writer is killed, its archives end as those of an undisturbed run.

usage: kill_test.py PINGTRAIL_RRD [unittest options]
"""
import os
import random
import shutil
import subprocess
import time
import unittest

from rrd_case import RrdCase, estate, run, tree

KILLS = int(os.environ.get("PINGTRAIL_KILLS", "200"))


class Killed(RrdCase):
    def undisturbed(self, files, *options):
        spool, rrd = self.directory("spool.want"), self.directory("rrd.want")
        self.arrive(files, spool)
        self.drain(*options, spool=spool, rrd=rrd)
        return rrd

    def kill_until(self, kills, files, seed, *options):
        """Feeds the files a few at a time and kills the writer at random instants. How long it works
        depends on the machine, so the longest wait before a kill follows what was seen: shorter after
        a writer that was done first, longer after one that was hit. Returns how many of the kills hit
        it at work."""
        rng = random.Random(seed)
        waiting = list(files.items())
        begin = time.time() - 7200
        arrived = hits = 0
        longest_wait = 0.04
        share = max(1, len(waiting) * 3 // (kills * 2))
        for number in range(kills):
            if number % 3 != 0 or not os.listdir(self.spool) or not self.waiting():
                for name, text in waiting[arrived:arrived + share]:
                    path = os.path.join(self.spool, name)
                    self.write(path, text)
                    os.utime(path, (begin + arrived, begin + arrived))
                    arrived += 1
            writer = subprocess.Popen(self.command("--once", *options), stderr=subprocess.DEVNULL)
            try:
                writer.wait(rng.random() * longest_wait)
                longest_wait = max(0.002, longest_wait * 0.8)
            except subprocess.TimeoutExpired:
                writer.kill()
                writer.wait()
                hits += 1
                longest_wait = min(1.0, longest_wait * 1.15)
        for name, text in waiting[arrived:]:
            path = os.path.join(self.spool, name)
            self.write(path, text)
            os.utime(path, (begin + arrived, begin + arrived))
            arrived += 1
        self.drain(*options)
        return hits

    def check(self, files, kills, *options):
        want = self.undisturbed(files, *options)
        hits = self.kill_until(kills, files, 11, *options)
        print(f"{hits} of {kills} kills hit the writer at work; {len(tree(want))} archives", flush=True)
        self.assertGreater(hits, kills // 4)
        self.assert_same_archives(want, self.rrd)
        self.assert_spool_done()
        self.assert_no_leftovers()
        self.assertEqual(self.rejected(), "")

    def test_many_archives_with_sources_added_on_the_way(self):
        self.check(estate(100, 150, self.now, growing=True), KILLS)

    def test_few_archives_with_many_samples_each(self):
        self.check(estate(12, 300, self.now, seed=3), KILLS // 2, "--threads", "1")


if __name__ == "__main__":
    unittest.main()
