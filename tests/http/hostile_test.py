# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that mean no good. Runs against the test server or any running one: see http_case.py."""
import os
import random
import socket
import time
import unittest

from http_case import (OPTIONS, SANITIZED, HttpCase, Running, await_true, body, connect, exchange, get, header, is_healthy, read_all,
                       resident_kb, skip, status)

REFUSED_TARGETS = [
    "/..", "/../", "/../etc/passwd", "/a/../b", "/a/..", "/.", "/./metrics", "/%2e%2e", "/%2E%2e/%2e%2E", "/.%2e",
    "/host/%2e%2e", "/host/..%2f..%2fetc", "/host/a%2F..%2Fb", "/host/%00", "/host/a%00.html", "/%0a", "/host/a%0d%0ab",
    "/host/%7f", "/host/%1b[2J", "/host/%ff", "/host/%c0%ae", "/host/%c0%af", "/host/%e0%80%af", "/host/%ed%a0%80",
    "/host/%f4%90%80%80", "/host/%c3", "/host/%", "/host/%4", "/host/%zz", "/host/%%", "//", "//metrics", "/host//x",
    "metrics", "*", "/metrics?a=%", "/metrics?%00=1", "/metrics?a=%ff", "/metrics?" + "a=1&" * 65,
]
GARBAGE = [
    b"\r\n\r\n\r\n\r\n", b"\0" * 100 + b"\r\n\r\n", b"GET\r\n\r\n", b"GET \r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
    b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"GET / HTTP/1.1\r\n Host: x\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) * 2, b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\nHost: x\nConnection: close\n\n",
    b"GET /\0hidden HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /host/\xff\xfe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nabc",
]


class Hostile(HttpCase):
    def setUp(self):
        if OPTIONS.target:
            self.server = Running()
        else:
            self.server = self.start("request=10", "idle=20", "piece=20")

    def ask(self, *words, **options):
        return exchange(self.server, get(*words, **options))

    def test_hostile_targets_are_refused(self):
        for target in REFUSED_TARGETS:
            with self.subTest(target=target):
                answer = self.ask(target)
                self.assertEqual(status(answer), 400, answer[:200])
                self.assertNotIn(b"root:", answer)
        self.assertTrue(is_healthy(self.server))

    def test_unknown_paths_are_not_found(self):
        for target in ["/nothing", "/metrics/x", "/favicon.ico", "/-/", "/-/reloads", "/api/v2/hosts", "/graph/x.gif",
                       "/report/2026-3.html", "/etc/passwd", "/host"]:
            with self.subTest(target=target):
                self.assertEqual(status(self.ask(target)), 404)

    def test_wrong_methods_are_told_the_right_ones(self):
        for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW", "get"]:
            for target in ["/", "/metrics", "/-/healthy", "/-/ready", "/sd"]:
                with self.subTest(method=method, target=target):
                    answer = self.ask(target, method=method)
                    self.assertEqual(status(answer), 405)
                    self.assertEqual(header(answer, "Allow"), "GET, HEAD")
        answer = self.ask("/-/reload")
        self.assertEqual((status(answer), header(answer, "Allow")), (405, "POST"))

    def test_a_page_elsewhere_cannot_make_a_browser_reload(self):
        answer = self.ask("/-/reload", "Sec-Fetch-Site: cross-site", method="POST")
        self.assertEqual(status(answer), 403)

    def test_every_answer_carries_the_security_headers(self):
        for target, code in [("/", 200), ("/nothing", 404), ("/..", 400), ("/-/reload", 405)]:
            answer = self.ask(target)
            self.assertEqual(status(answer), code)
            self.assertIn("default-src 'none'", header(answer, "Content-Security-Policy"))
            self.assertEqual(header(answer, "X-Content-Type-Options"), "nosniff")

    def test_long_targets_and_large_headers_have_their_status(self):
        self.assertEqual(status(self.ask("/" + "a" * 8191)), 404)
        self.assertEqual(status(self.ask("/" + "a" * 8192)), 414)
        self.assertEqual(status(self.ask("/" + "a" * 60000)), 414)
        self.assertEqual(status(self.ask("/", "X-Large: " + "a" * 60000)), 431)
        self.assertEqual(status(self.ask("/", *(f"X-{i}: {i}" for i in range(6000)))), 431)
        self.assertTrue(is_healthy(self.server))

    def test_garbage_is_answered_with_an_error_or_closed(self):
        for garbage in GARBAGE:
            with self.subTest(garbage=garbage[:40]):
                with connect(self.server) as client:
                    client.sendall(garbage)
                    client.shutdown(socket.SHUT_WR)
                    answer = read_all(client)
                if not garbage.startswith(b"GET / HTTP/1.1\nHost"):  # bare line feeds are let pass
                    self.assertIn(status(answer) // 100, (0, 4, 5), answer[:200])
        self.assertTrue(is_healthy(self.server))

    def test_random_bytes_harm_nobody(self):
        rng = random.Random(7)
        for _ in range(200):
            with connect(self.server) as client:
                try:
                    client.sendall(rng.randbytes(rng.randrange(1, 2000)))
                    client.sendall(b"\r\n\r\n")
                except OSError:
                    pass  # it closed already
        self.assertTrue(is_healthy(self.server))

    def test_mutated_requests_harm_nobody(self):
        rng = random.Random(11)
        clients = []
        good = get("/host/%C3%A9?x=1&y=2", "Accept: */*", "Accept-Encoding: gzip;q=0.5, *;q=0", "Authorization: Basic eDp5")
        for _ in range(300):
            request = bytearray(good)
            for _ in range(rng.randrange(1, 6)):
                request[rng.randrange(len(request))] = rng.randrange(256)
            clients.append(connect(self.server))
            clients[-1].sendall(bytes(request))
            clients[-1].shutdown(socket.SHUT_WR)
        for client in clients:  # some wait for what never comes, all at once
            with client:
                self.assertIn(status(read_all(client)), (0, 200, 400, 403, 404, 405, 413, 414, 431, 501, 505))
        self.assertTrue(is_healthy(self.server))

    def test_pipelined_requests_are_answered_in_order(self):
        one = b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
        answer = exchange(self.server, one * 20 + get("/-/ready"))
        self.assertEqual([word[:3] for word in answer.split(b"HTTP/1.1 ")[1:]], [b"200", b"404"] * 20 + [b"200"])

    def test_half_closed_clients_get_their_answer(self):
        with connect(self.server) as client:
            client.sendall(get("/-/healthy"))
            client.shutdown(socket.SHUT_WR)
            self.assertEqual(status(read_all(client)), 200)

    def test_http_10_is_answered_and_closed(self):
        answer = exchange(self.server, b"GET /-/healthy HTTP/1.0\r\n\r\n")
        self.assertEqual((status(answer), body(answer)), (200, b"healthy\n"))
        answer = exchange(self.server, b"GET " + OPTIONS.large.encode() + b" HTTP/1.0\r\n\r\n")
        self.assertEqual(status(answer), 200)
        self.assertNotIn(b"chunked", answer.split(b"\r\n\r\n")[0])

    def test_absolute_targets_are_taken(self):
        self.assertEqual(body(self.ask("http://elsewhere:80/-/healthy")), b"healthy\n")

    def test_head_gives_headers_alone(self):
        for target in ["/", "/metrics", "/-/healthy"]:
            answer = self.ask(target, method="HEAD")
            self.assertEqual(status(answer), 200)
            self.assertEqual(answer.partition(b"\r\n\r\n")[2], b"")

    def test_bodies_that_nobody_wants_are_let_pass_or_cut(self):
        answer = exchange(self.server, get("/", "Content-Length: 1000", method="POST") + b"x" * 1000)
        self.assertEqual(status(answer), 405)
        with connect(self.server) as client:
            try:
                client.sendall(get("/", "Content-Length: 100000000", method="POST"))
                while client.send(b"x" * 65536):
                    pass
            except OSError:
                pass  # it was cut, which is what ends this loop
        self.assertTrue(is_healthy(self.server))

    def test_clients_that_go_away_harm_nobody(self):
        for i in range(100):
            with connect(self.server) as client:
                if i % 2:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # a reset
                client.sendall(get(OPTIONS.large))
        self.assertTrue(is_healthy(self.server))

    def test_many_idle_clients_hold_up_nobody_and_cost_little(self):
        before = resident_kb(self.server)
        idle = [connect(self.server) for _ in range(500)]
        try:
            for client in idle[::2]:
                client.sendall(b"GET /metr")
            self.assertTrue(is_healthy(self.server))
            # Sanitizers keep a shadow of everything.
            self.assertLess(resident_kb(self.server) - before, 500 * (256 if SANITIZED else 64))
        finally:
            for client in idle:
                client.close()


class Slow(HttpCase):
    """Needs a server with short limits, and so the test's own."""

    def setUp(self):
        if OPTIONS.target:
            skip(self, "needs a server with short limits of its own")
        self.server = self.start("request=2", "idle=30", "piece=2")

    def send_until_cut(self, first, piece):
        """Sends a byte now and then until the server closes; the bytes that were sent."""
        with connect(self.server) as client:
            client.sendall(first)
            client.settimeout(0.1)
            end = time.monotonic() + 120
            while time.monotonic() < end:
                try:
                    client.send(piece)
                    if client.recv(1000) == b"":
                        return
                except TimeoutError:
                    continue
                except OSError:
                    return
        self.fail("a slow sender was never cut off")

    def test_a_byte_at_a_time_is_cut_off(self):
        for first, piece in [(b"", b"G"), (b"GET / HTTP/1.1\r\nX: ", b"x"), (b"GET / HTTP/1.1\r\n", b"A: b\r\n"),
                             (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n", b"x"),
                             (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n")]:
            with self.subTest(first=first):
                self.send_until_cut(first, piece)
        await_true(lambda: is_healthy(self.server), "an answer")

    def test_a_connection_without_a_request_is_cut_off(self):
        with connect(self.server) as client:
            self.assertEqual(read_all(client), b"")

    def descriptors(self):
        """How many files and sockets the server has open."""
        return len(os.listdir(f"/proc/{self.server.pid}/fd"))

    def test_slow_readers_are_cut_off(self):
        at_rest = self.descriptors()
        for path in ["/metrics?mb=64", "/api/v1/hosts?mb=64"]:
            with self.subTest(path=path):
                await_true(lambda: self.descriptors() == at_rest, "no connection is left")
                with connect(self.server, receive_bytes=4096) as client:
                    client.sendall(get(path))
                    got = len(client.recv(64))
                    await_true(lambda: self.descriptors() > at_rest, "the connection")

                    def is_cut():
                        nonlocal got
                        try:
                            got += len(client.recv(64))
                        except ConnectionResetError:
                            return True
                        return self.descriptors() == at_rest

                    await_true(is_cut, "a slow reader is cut off")
                    got += len(read_all(client))  # what was on its way
                self.assertLess(got, 64 << 20)
        await_true(lambda: is_healthy(self.server), "an answer")


if __name__ == "__main__":
    unittest.main()
