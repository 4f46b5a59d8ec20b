# SPDX-License-Identifier: GPL-3.0-or-later
"""The real promtool on the golden expositions, which the unit tests hold to be what is printed."""
import os
import shutil
import subprocess
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
PROMTOOL = shutil.which("promtool")


def check(data):
    done = subprocess.run([PROMTOOL, "check", "metrics"], input=data, capture_output=True, timeout=60)
    return done.returncode, (done.stdout + done.stderr).decode()


class Promtool(unittest.TestCase):
    def clean(self, name):
        with open(os.path.join(HERE, "golden", name), "rb") as file:
            code, said = check(file.read())
        self.assertEqual((code, said), (0, ""), name)

    def test_default_set(self):
        self.clean("metrics.prom")

    def test_compat(self):
        self.clean("compat.prom")

    def test_filtered(self):
        self.clean("group.prom")

    def test_it_can_fail(self):
        self.assertNotEqual(check(b"# TYPE a counter\na 1\n")[0], 0)
        self.assertNotEqual(check(b'a{host="x} 1\n')[0], 0)


if __name__ == "__main__":
    if not PROMTOOL:
        print("skip metrics.promtool: promtool is not installed (package prometheus)")
        sys.exit(77)
    unittest.main()
