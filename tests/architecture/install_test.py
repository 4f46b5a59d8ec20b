#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs a build into an empty directory and looks at what an administrator would find there.

usage: install_test.py BUILD_DIRECTORY [unittest options]
"""
import os
import re
import subprocess
import sys
import tempfile
import unittest

BUILD = sys.argv.pop(1)
NAMES = ["check_pingtrail", "check_icmp", "check_host", "check_rta_multi", "check_ping", "check_fping"]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.prefix = cls.directory.name
        subprocess.run(["cmake", "--install", BUILD, "--prefix", cls.prefix], check=True, capture_output=True)
        cls.links = os.path.join(cls.prefix, "lib/pingtrail/plugins")
        with open(os.path.join(cls.prefix, "share/man/man8/check_pingtrail.8"), encoding="utf-8") as page:
            cls.page = page.read()

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def test_every_name_is_a_relative_link_to_the_one_program(self):
        self.assertEqual(sorted(os.listdir(self.links)), sorted(NAMES))
        for name in NAMES:
            self.assertEqual(os.readlink(os.path.join(self.links, name)), "../../nagios/plugins/check_pingtrail")

    def test_every_name_answers_version_and_help_with_exit_code_3(self):
        for name in NAMES:
            for option in ("-V", "-h"):
                with self.subTest(name=name, option=option):
                    done = run(os.path.join(self.links, name), option)
                    self.assertEqual((done.returncode, done.stderr), (3, ""))
                    self.assertIn(name, done.stdout)

    def test_man_page_and_help_name_the_same_options(self):
        offered = run(os.path.join(self.links, "check_pingtrail"), "--help").stdout
        # A lower bound, so that a help text of another shape does not make this test empty.
        in_help = set(re.findall(r"(?<![\w-])--([A-Za-z0-9][a-z0-9-]+)", offered))
        self.assertGreater(len(in_help), 30)
        in_page = set(re.findall(r"\bFl -([A-Za-z0-9][a-z0-9-]+)", self.page))
        self.assertEqual(in_help - in_page, set(), "in --help, not in the man page")
        self.assertEqual(in_page - in_help, set(), "in the man page, not in --help")

    def test_man_page_has_no_faults_a_formatter_can_see(self):
        done = run("groff", "-ww", "-mandoc", "-Tascii", os.path.join(self.prefix, "share/man/man8/check_pingtrail.8"))
        self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
