#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages in headless Chromium, as it renders them: what they show, that they need no script, that nothing is
refused by their own Content-Security-Policy, and that they fit a telephone. With PINGTRAIL_SCREENSHOTS=DIR
pictures are kept there to be looked at. Skipped (77) where there is no chromium.

usage: browser_test.py [unittest options]"""
import html.parser
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../exporter"))
from exporter_case import REASON, ExporterCase, run_writer  # noqa: E402

CHROMIUM = shutil.which("chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-quic", "--hide-scrollbars", "--enable-logging=stderr"]


class Texts(html.parser.HTMLParser):
    """The words of a page, and its tables as lists of rows."""

    def __init__(self, page):
        super().__init__()
        self.words, self.rows, self.images, self.skip = [], [], [], 0
        self.feed(page)
        self.text = " ".join(self.words)

    def handle_starttag(self, tag, attributes):
        if tag in ("style", "script"):
            self.skip += 1
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        if tag == "img":
            self.images.append(dict(attributes))

    def handle_endtag(self, tag):
        if tag in ("style", "script"):
            self.skip -= 1

    def handle_data(self, data):
        if self.skip or not data.strip():
            return
        self.words.append(data.strip())
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] = (self.rows[-1][-1] + " " + data.strip()).strip()


class Browser(ExporterCase):
    def setUp(self):
        super().setUp()
        self.rrd = self.directory("rrd")
        self.record("core-sw", ["up"] * 200 + ["down"] * 12 + ["up"] * 60 + ["down"] * 10, group="core")
        self.record("web <01>", ["up"] * 200, group="web")
        run_writer(self, self.rrd, "core-sw")
        self.start("--rrd-dir", self.rrd)

    def chromium(self, path, *flags, size=(1280, 1000)):
        with tempfile.TemporaryDirectory(prefix="pingtrail-chromium-") as profile:
            return subprocess.run([CHROMIUM, *FLAGS, f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
                                   *flags, f"http://127.0.0.1:{self.port}{path}"],
                                  capture_output=True, text=True, timeout=180, check=False)

    def rendered(self, path, *flags):
        done = self.chromium(path, "--dump-dom", *flags)
        self.assertEqual(done.returncode, 0, done.stderr)
        # Whatever the page's own policy refuses is said there.
        self.assertNotIn("Content Security Policy", done.stderr)
        return Texts(done.stdout)

    def picture(self, name, path, size=(1280, 1000), *flags):
        """Takes a picture; kept only when somebody wants to look at it."""
        keep = os.environ.get("PINGTRAIL_SCREENSHOTS")
        file = os.path.join(keep or self.base, name + ".png")
        self.chromium(path, f"--screenshot={file}", *flags, size=size)
        with open(file, "rb") as image:
            head = image.read(24)
        self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual((int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")), size)

    def test_the_status_page_shows_who_is_down_first(self):
        page = self.rendered("/")
        rows = [row for row in page.rows if len(row) == 9]
        self.assertEqual([row[0].split()[0] for row in rows], ["Host", "core-sw", "web"])
        down = rows[1]
        self.assertTrue(down[1].startswith("▼ DOWN"), down)
        self.assertIn(REASON, down[1])
        self.assertRegex(down[3], r"^0 days 00:(09|10):\d\d$")
        self.assertTrue(rows[2][0].startswith("web <01>"), rows[2])
        self.assertTrue(rows[2][1].startswith("▲ UP"), rows[2])
        self.assertEqual(rows[2][4], "100.000 %")
        self.picture("status", "/")
        self.picture("status-dark", "/", (1280, 1000), "--blink-settings=preferredColorScheme=0")
        self.picture("status-telephone", "/", (500, 900))

    def test_a_hosts_page_has_outages_and_graphs(self):
        page = self.rendered("/host/core-sw")
        self.assertIn("▼ goes on", page.text)
        outages = [row for row in page.rows if len(row) == 7 and row[0] != "Start"]
        self.assertEqual(len(outages), 2)
        self.assertEqual([row[2] for row in outages][1], "0 days 00:12:00")
        self.assertEqual(len(page.images), 5)
        for image in page.images:
            answer = self.get(image["src"])
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/svg+xml"), image)
        self.picture("host", "/host/core-sw", (1280, 2000))
        self.picture("host-dark", "/host/core-sw", (1280, 2000), "--blink-settings=preferredColorScheme=0")

    def test_graphs_have_the_size_that_was_asked_for(self):
        for width, height in ((300, 120), (1600, 400)):
            answer = self.get("/graph/core-sw.png", range="4h", w=width, h=height)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, "image/png"), answer.bytes[:200])
            self.assertEqual(answer.bytes[:8], b"\x89PNG\r\n\x1a\n")
            self.picture(f"graph-{width}", f"/graph/core-sw.svg?range=4h&w={width}&h={height}", (1700, 500))
        for bad in ({"w": 5}, {"h": 100000}, {"range": "2y"}, {"range": "x"}, {"w": "1e3"}):
            self.assertEqual(self.get("/graph/core-sw.png", **bad).status, 400, bad)

    def test_the_report_is_served(self):
        month = time.strftime("%Y-%m", time.gmtime())
        page = self.rendered(f"/report/{month}.html?target=99.9")
        self.assertIn("Availability report", page.text)
        self.assertIn("core-sw", page.text)
        self.assertIn("web <01>", page.text)
        self.picture("report", f"/report/{month}.html?target=99.9", (1280, 1400))

    def test_the_page_works_by_keyboard(self):
        page = self.get("/").text
        # Everything that can be acted on is a link, a field or a button of HTML itself, in order; the way past
        # the links is first.
        body = page.partition("<body>")[2]
        self.assertTrue(body.lstrip().startswith('<a class=skip href="#main">'))
        self.assertNotRegex(page, r"(?i)<script|\son\w+\s*=|tabindex|javascript:")
        self.assertEqual(re.findall(r"<main id=main>", page), ["<main id=main>"])
        self.assertIn("</label>", page)


if __name__ == "__main__":
    if not CHROMIUM:
        print("skip browser: chromium is not installed")
        sys.exit(77)
    unittest.main()
