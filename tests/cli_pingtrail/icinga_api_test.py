#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Downtimes from Icinga's API, as a fake one on 127.0.0.1 tells them over HTTPS.

usage: icinga_api_test.py PINGTRAIL [unittest options]
"""
import base64
import http.server
import json
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

PROGRAM = os.path.abspath(sys.argv.pop(1))
PASSWORD = "s3cret:with colon"
DOWNTIME = {"name": "core sw!7f", "type": "Downtime", "attrs": {
    "host_name": "core sw", "service_name": "", "start_time": 1773100800.0, "end_time": 1773104400.0, "fixed": True,
    "duration": 0.0, "trigger_time": 0.0, "was_cancelled": False, "comment": "new firmware"}}


def certificate(folder, name, san):
    """A certificate that signs itself: it is its own CA."""
    key, cert = (os.path.join(folder, f"{name}.{kind}") for kind in ("key", "crt"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-keyout", key, "-out", cert, "-days", "2", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName={san}"], check=True, capture_output=True)
    return cert, key


class Api(http.server.ThreadingHTTPServer):
    """Answers as `answer`, a function of the request's handler, says."""

    def __init__(self, cert, key, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer, self.asked, self.released = answer, [], threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        # The handshake is made by the request's own thread: a client that refuses harms no other.
        self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def handle_error(self, request, client_address):
        pass  # clients that hang up are what is tested

    def url(self, host="127.0.0.1"):
        return f"https://{host}:{self.server_address[1]}"

    def end(self):
        self.released.set()
        self.shutdown()
        self.thread.join()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        self.server.answer(self)

    def log_message(self, *_):
        pass

    def say(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def listing(*downtimes):
    return lambda handler: handler.say(200, json.dumps({"results": downtimes}).encode())


def status(code):
    return lambda handler: handler.say(code, json.dumps({"error": code, "status": "no"}).encode())


class Import(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="pingtrail-icinga-")
        cls.good = certificate(cls.folder, "good", "IP:127.0.0.1")
        cls.other = certificate(cls.folder, "other", "IP:127.0.0.1")
        cls.misnamed = certificate(cls.folder, "misnamed", "DNS:elsewhere.example")

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def setUp(self):
        self.state = tempfile.mkdtemp(prefix="state-", dir=self.folder)
        self.credentials = self.secret(f"pingtrail:{PASSWORD}\n")

    def secret(self, text, mode=0o640):
        path = os.path.join(self.state, "credentials")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def serve(self, answer, cert=None):
        api = Api(*(cert or self.good), answer)
        self.addCleanup(api.end)
        return api

    def run_import(self, *words, code=0, environment=None):
        done = subprocess.run([PROGRAM, *words, "--state-dir", self.state], capture_output=True, text=True, timeout=60,
                              check=False, env={**os.environ, **(environment or {})})
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        self.assertNotIn("s3cret", done.stdout + done.stderr)
        return done

    def ask(self, api, *words, code=0, ca=None, **more):
        return self.run_import("maintenance", "import", "--icinga", api if isinstance(api, str) else api.url(),
                               "--icinga-credentials", self.credentials, "--icinga-ca", (ca or self.good)[0], *words,
                               code=code, **more)

    def refused(self, api, fact, *words, **more):
        """One line that begins with the address and holds the fact; nothing is written."""
        done = self.ask(api, *words, code=2, **more)
        url = api if isinstance(api, str) else api.url()
        self.assertRegex(done.stderr, rf"\Apingtrail: {url}: {fact}\n\Z")
        self.assertEqual(os.listdir(self.state), ["credentials"])

    def test_a_downtime_becomes_planned_time_once(self):
        api = self.serve(listing(DOWNTIME))
        self.assertEqual(self.ask(api).stdout, "1 downtime read, 1 new, 0 bad\n")
        self.assertEqual(self.ask(api).stdout, "1 downtime read, 0 new, 0 bad\n")
        windows = json.loads(self.run_import("maintenance", "list", "--json").stdout)
        self.assertEqual([(w["host"], w["origin"], w["comment"], w["from"], w["to"]) for w in windows],
                         [("core sw", "icinga:core%20sw!7f", "new firmware", "2026-03-10T00:00:00.000Z",
                           "2026-03-10T01:00:00.000Z")])

    def test_the_question(self):
        api = self.serve(listing())
        self.assertEqual(self.ask(api).stdout, "0 downtimes read, 0 new, 0 bad\n")
        [(path, headers)] = api.asked
        self.assertEqual(urllib.parse.urlsplit(path).path, "/v1/objects/downtimes")
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
        self.assertEqual(query["filter"], ['downtime.service_name==""'])
        self.assertLessEqual(set(DOWNTIME["attrs"]), set(query["attrs"]))
        self.assertEqual(base64.b64decode(headers["Authorization"].split()[1]).decode(), f"pingtrail:{PASSWORD}")
        self.assertEqual(headers["Accept"], "application/json")

    def test_a_bad_downtime_is_named_and_the_good_ones_count(self):
        bad = {"name": "x!1", "attrs": {**DOWNTIME["attrs"], "end_time": 1}}
        api = self.serve(listing(bad, DOWNTIME))
        done = self.ask(api, code=1)
        self.assertEqual(done.stdout, "1 downtime read, 1 new, 1 bad\n")
        self.assertEqual(done.stderr, f"pingtrail: {api.url()}: downtime x!1: ends before it starts\n")

    def test_states_are_told_in_words(self):
        for code, fact in ((401, "HTTP 401: user pingtrail or the password is refused"),
                           (403, "HTTP 403: user pingtrail lacks the permission objects/query/Downtime"),
                           (503, "HTTP 503: Icinga is starting or reloading, to be tried again"),
                           (404, "HTTP 404: user pingtrail lacks the permission objects/query/Downtime, or this is no "
                                 "Icinga"), (500, "HTTP 500")):
            with self.subTest(code):
                self.refused(self.serve(status(code)), fact)

    def test_what_is_no_list_of_downtimes(self):
        self.refused(self.serve(lambda h: h.say(200, b"<html>")), "the answer: is no JSON")
        self.refused(self.serve(lambda h: h.say(200, b"{}")), "the answer: has no list of results")

    def test_an_answer_that_breaks_off(self):
        def torn(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b'{"results":[')
            handler.close_connection = True

        self.refused(self.serve(torn), ".+")

    def test_a_huge_answer_is_cut(self):
        def huge(handler):
            handler.send_response(200)
            handler.end_headers()
            try:
                while True:
                    handler.wfile.write(b" " * (1 << 20))
            except OSError:
                pass

        self.refused(self.serve(huge), "the answer is larger than 64 MiB")

    def test_a_slow_answer_ends_at_the_timeout(self):
        def slow(handler):
            handler.send_response(200)
            handler.end_headers()
            while not handler.server.released.wait(0.1):  # a trickle never ends the waiting
                try:
                    handler.wfile.write(b" ")
                    handler.wfile.flush()
                except OSError:
                    return

        self.refused(self.serve(slow), "no answer within 1 s", "--icinga-timeout", "1s")

    def test_certificates(self):
        api = self.serve(listing(DOWNTIME))
        self.refused(api, "certificate: .+", ca=self.other)
        misnamed = self.serve(listing(DOWNTIME), self.misnamed)
        self.refused(misnamed, "certificate: .+", ca=self.misnamed)
        self.assertEqual((api.asked, misnamed.asked), ([], []))  # no password went there

    def test_a_redirection_is_not_followed(self):
        api = self.serve(listing(DOWNTIME))
        self.refused(self.serve(lambda h: h.say(302, b"", Location=api.url() + "/v1/objects/downtimes")), "HTTP 302")
        self.assertEqual(api.asked, [])

    def test_no_proxy_is_used(self):
        api = self.serve(listing(DOWNTIME))
        self.ask(api, environment={"https_proxy": "http://127.0.0.1:9", "ALL_PROXY": "http://127.0.0.1:9"})

    def test_nobody_there(self):
        api = self.serve(listing())
        url = api.url()
        api.socket.close()
        self.refused(url, ".*[Cc]onnect.*")

    def test_addresses_that_are_refused(self):
        for url, line in (("http://127.0.0.1:5665", "http://127.0.0.1:5665: does not begin with https://"),
                          ("https://a:b@127.0.0.1", "--icinga: a user in the address; credentials come from a file"),
                          ("https://127.0.0.1/v1", "https://127.0.0.1/v1: not https://HOST:PORT"),
                          ("https://", "https://: does not begin with https://")):
            self.assertEqual(self.ask(url, code=2).stderr, f"pingtrail: {line}\n")

    def test_credentials_that_are_refused(self):
        api = self.serve(listing(DOWNTIME))
        shape = "not one line user:password"
        for text, mode, fact in (("u:s3cret", 0o644, "everybody may read it; take that right away"),
                                 ("s3cret", 0o600, shape), (":s3cret", 0o600, shape), ("u:s3cret\nv:w\n", 0o600, shape),
                                 ("", 0o600, shape), ("u:" + "s3cret" * 1000, 0o600, shape)):
            path = self.secret(text, mode)
            self.assertEqual(self.ask(api, code=2).stderr, f"pingtrail: {path}: {fact}\n")
        os.unlink(self.credentials)
        self.assertIn("No such file", self.ask(api, code=2).stderr)
        self.assertEqual(api.asked, [])

    def test_options_that_lack_another(self):
        for words, line in ((["--icinga", "https://127.0.0.1:1"], "--icinga-credentials: missing"),
                            (["--nagios", "/dev/null", "--icinga-ca", "x"], "--icinga-ca: without --icinga"),
                            (["--icinga", "https://127.0.0.1:1", "--icinga-credentials", self.credentials,
                              "--icinga-timeout", "0"], "--icinga-timeout: 0: not a time from 1s to 10m")):
            self.assertEqual(self.run_import("maintenance", "import", *words, code=2).stderr, f"pingtrail: {line}\n")


if __name__ == "__main__":
    unittest.main()
