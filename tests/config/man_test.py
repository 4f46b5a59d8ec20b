#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Help and man page of every program name the same options, and groff finds nothing in the pages.

usage: man_test.py NAME=PROGRAM... [unittest options]
A program that does not exist is listed as skipped.
"""
import glob
import os
import re
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
MAN = os.path.join(HERE, "../../packaging/man")
PROGRAMS = {}
while len(sys.argv) > 1 and "=" in sys.argv[1]:
    name, _, path = sys.argv.pop(1).partition("=")
    PROGRAMS[name] = os.path.abspath(path)


def output(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def of_help(text):
    """Long and short options at the beginnings of lines of a help text."""
    found = set()
    for line in text.splitlines():
        start = re.match(r" +(-\w|--[\w.-]+)((=|, | )\S+)*", line)
        if start:
            words = re.split(r"  |(?<==)|=", line.strip())[0]
            found |= set(re.findall(r"(?<![\w-])--?\w[\w.-]*", words))
    return found


def of_man(path, begins="."):
    """Options named by the macro Fl in lines that begin so, also the short form of several after one."""
    found = set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith(begins) and re.search(r"(^\.| )Fl ", line):
                for piece in re.split(r"(?:^\.| )Fl ", line)[1:]:
                    for number, word in enumerate(piece.split(" , ")):
                        word = word.split()[0] if word.split() else ""
                        if word and (number == 0 or len(word) == 1):
                            found.add("-" + word)
    return found


def subcommands(text):
    names = set()
    for line in re.search(r"Commands:\n(.*?)\n\n", text, re.S).group(1).splitlines():
        words = line.split("  ")[1].split()
        names.add(" ".join(word for word in words if word.islower()))
    return names


class Man(unittest.TestCase):
    def program(self, name):
        path = PROGRAMS.get(name)
        if path is None:
            print(f"skip config.man.{name}: the program is not built")
            self.skipTest("not built")
        return path

    def compare(self, name, page, helped):
        written = of_man(os.path.join(MAN, page))
        self.assertGreater(len(helped), 5)
        self.assertEqual(helped - written, set(), f"in the help of {name}, not in {page}")
        self.assertEqual(written - helped, set(), f"in {page}, not in the help of {name}")
        if name != "pingtrail":  # whose options stand with their commands
            self.assertEqual(helped - of_man(os.path.join(MAN, page), ".It"), set(), f"no item in {page}")

    def test_check_pingtrail(self):
        self.compare("check_pingtrail", "check_pingtrail.8", of_help(output(self.program("check_pingtrail"), "--help")))

    def test_pingtrail_rrd(self):
        self.compare("pingtrail-rrd", "pingtrail-rrd.8", of_help(output(self.program("pingtrail-rrd"), "--help")))

    def test_pingtrail_exporter(self):
        self.compare("pingtrail-exporter", "pingtrail-exporter.8",
                     of_help(output(self.program("pingtrail-exporter"), "--help")))

    def test_pingtrail(self):
        program = self.program("pingtrail")
        first = output(program, "--help")
        helped = of_help(first)
        with open(os.path.join(MAN, "pingtrail.1"), encoding="utf-8") as file:
            items = re.findall(r"(?m)^\.It Cm ((?:[a-z]+ ?)+)", file.read())
        names = subcommands(first)
        self.assertGreater(len(names), 8)
        for command in names:
            self.assertIn(command, {item.strip() for item in items}, "no item in pingtrail.1")
            helped |= of_help(output(program, *command.split(), "--help"))
        self.compare("pingtrail", "pingtrail.1", helped)

    def test_groff(self):
        if shutil.which("groff") is None:
            self.fail("groff is not installed")
        pages = sorted(glob.glob(os.path.join(MAN, "*.[158]")))
        self.assertGreaterEqual(len(pages), 5)
        for page in pages:
            for macros in ("-man", "-mandoc"):
                done = subprocess.run(["groff", "-ww", macros, "-Tutf8", page], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""), page)
                self.assertGreater(len(done.stdout), 1000)

    def test_pages_name_themselves_and_refer_to_what_there_is(self):
        ours = {os.path.basename(page) for page in glob.glob(os.path.join(MAN, "*.[158]"))}
        for page in ours:
            with open(os.path.join(MAN, page), encoding="utf-8") as file:
                text = file.read()
            name, section = page.rsplit(".", 1)
            self.assertIn(f".Dt {name.upper()} {section}\n", text)
            for other, number in re.findall(r"\.Xr (\S*pingtrail\S*) (\d)", text):
                self.assertIn(f"{other}.{number}", ours, page)


if __name__ == "__main__":
    unittest.main()
