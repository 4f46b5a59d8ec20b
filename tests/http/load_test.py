# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clients at once: who waits for whom, what it costs, and how it ends."""
import gzip
import hashlib
import socket
import threading
import time
import unittest

from http_case import (OPTIONS, SANITIZED, HttpCase, Server, await_true, body, connect, exchange, get, header,
                       is_healthy, read_all, resident_kb, status)

MB = 1 << 20


def page(megabytes):
    """What the test server's pages of lines hold."""
    out = []
    for i in range(megabytes * MB // 64):
        begin = f'pingtrail_test{{line="{i:010}"}} '
        out.append(begin + "7" * (63 - len(begin)) + "\n")
    return "".join(out).encode()


class Load(HttpCase):
    # Limits that no busy machine reaches.
    PATIENT = ("idle=3600", "request=3600", "piece=3600", "answer=3600")

    def test_pages_arrive_whole_in_every_way(self):
        server = self.start()
        wanted = hashlib.sha256(page(5)).hexdigest()
        for target in ["/metrics?mb=5", "/api/v1/hosts?mb=5"]:
            for headers in [(), ("Accept-Encoding: gzip",)]:
                answer = exchange(server, get(target, *headers))
                packed = header(answer, "Content-Encoding") == "gzip"
                self.assertEqual(packed, bool(headers))
                self.assertIn("Accept-Encoding", header(answer, "Vary"))
                got = gzip.decompress(body(answer)) if packed else body(answer)
                self.assertEqual(hashlib.sha256(got).hexdigest(), wanted)

    def test_a_keepalive_connection_stays_in_step(self):
        server = self.start()
        requests = b"".join(f"{method} {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode() for method, target in
                            [("HEAD", "/"), ("GET", "/-/healthy"), ("HEAD", "/-/healthy"), ("GET", "/metrics"),
                             ("HEAD", "/nothing"), ("PUT", "/"), ("GET", "/sd")])
        answer = exchange(server, requests + get("/-/ready"))
        self.assertEqual([one[:3] for one in answer.split(b"HTTP/1.1 ")[1:]],
                         [b"200", b"200", b"200", b"200", b"404", b"405", b"200", b"200"])

    def test_twenty_large_scrapes_at_once_need_little_memory(self):
        server = self.start()
        before = resident_kb(server)
        most = [0]
        results = []

        def scrape():
            answer = exchange(server, get("/metrics?mb=20"))
            results.append(len(body(answer)))

        threads = [threading.Thread(target=scrape) for _ in range(20)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            most[0] = max(most[0], resident_kb(server))
            time.sleep(0.01)
        self.assertEqual(results, [20 * MB] * 20)
        print(f"20 scrapes of 20 MB: {before} KB before, {most[0]} KB at most")
        self.assertLess(most[0] - before, (200 if SANITIZED else 40) * 1024)

    def test_two_thousand_idle_clients_hold_up_nobody(self):
        server = self.start()
        before = resident_kb(server)
        idle = []
        try:
            for i in range(2000):
                client = connect(server)
                idle.append(client)
                if i % 2:
                    client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            for _ in range(20):
                self.assertTrue(is_healthy(server))
            after = resident_kb(server)
            print(f"2,000 idle clients: {before} KB before, {after} KB after")
            self.assertLess(after - before, (400 if SANITIZED else 100) * 1024)
        finally:
            for client in idle:
                client.close()

    def test_slow_readers_of_a_large_page_are_bounded_in_memory(self):
        server = self.start(f"held={50 * MB}", *self.PATIENT)
        before = resident_kb(server)
        clients = []
        codes = []
        try:
            for target in ["/metrics?mb=20"] * 40 + ["/api/v1/hosts?mb=10"] * 10:
                client = connect(server, receive_bytes=4096)
                clients.append(client)
                client.sendall(get(target))
                codes.append(status(client.recv(16)))
            self.assertEqual(codes[:40], [200] * 40)
            self.assertEqual(set(codes[40:]), {200, 503})
            after = resident_kb(server)
            print(f"50 slow readers of 10 and 20 MB: {before} KB before, {after} KB after")
            self.assertLess(after - before, (400 if SANITIZED else 120) * 1024)
            self.assertTrue(is_healthy(server))
            late = exchange(server, get("/api/v1/hosts?mb=10"))
            self.assertEqual((status(late), header(late, "Retry-After")), (503, "5"))
        finally:
            for client in clients:
                client.close()
        await_true(lambda: status(exchange(server, get("/api/v1/hosts?mb=10"))) == 200, "room for a large page")

    def test_graphs_hold_up_no_scrape_and_are_refused_when_too_many_wait(self):
        server = self.start("heavy=4")
        waiting = []
        try:
            waiting.append(connect(server))
            waiting[0].sendall(get("/graph/a.png"))
            await_true(lambda: body(exchange(server, get("/host/drawing"))) == b"1\n", "a graph in work")
            for _ in range(4):
                waiting.append(connect(server))
                waiting[-1].sendall(get("/graph/b.svg"))
            refused = await_true(lambda: self.refused(server), "the queue is full")
            self.assertEqual(header(refused, "Retry-After"), "5")
            self.assertTrue(is_healthy(server))
            self.assertEqual(status(exchange(server, get("/metrics"))), 200)
            self.assertEqual(status(exchange(server, get("/host/release"))), 200)
            for client in waiting:
                self.assertEqual(status(read_all(client)), 200)
        finally:
            for client in waiting:
                client.close()

    @staticmethod
    def refused(server):
        """A refusal of one more graph; None where it was taken."""
        with connect(server) as client:
            client.sendall(get("/report/2026-03.html"))
            client.settimeout(0.5)
            try:
                answer = read_all(client)
            except TimeoutError:
                return None
        return answer if status(answer) == 503 else None

    def test_clients_above_the_limit_are_turned_away(self):
        server = self.start("connections=50", *self.PATIENT)
        clients = [connect(server) for _ in range(50)]
        try:
            for client in clients:  # all are known to the server once they have an answer
                client.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertEqual(status(client.recv(4096)), 200)
            for _ in range(20):
                with connect(server) as more:
                    self.assertEqual(read_all(more), b"")
            clients.pop().close()
            await_true(lambda: is_healthy(server), "room for one more")
        finally:
            for client in clients:
                client.close()

    def test_a_page_that_throws_harms_nobody(self):
        server = self.start()
        self.assertEqual(status(exchange(server, get("/host/throw"))), 500)
        self.assertEqual(status(exchange(server, get("/metrics?break"))), 500)
        broken = exchange(server, get("/metrics?mb=2&break"))
        self.assertEqual(status(broken), 200)
        self.assertFalse(broken.endswith(b"0\r\n\r\n"), "the client must see that the end is missing")
        self.assertTrue(is_healthy(server))

    def test_what_is_under_way_is_finished_at_the_end(self):
        server = Server()
        with connect(server) as client:
            client.sendall(get("/metrics?mb=20"))
            got = client.recv(1000)
            server.process.terminate()
            got += read_all(client)
        self.assertEqual(server.finish(), 0, server.log)
        self.assertEqual(len(body(got)), 20 * MB)

    def test_it_ends_without_what_is_still_waiting(self):
        server = Server()
        clients = []
        for _ in range(5):  # one is in work, and waits until the server lets it go
            clients.append(connect(server))
            clients[-1].sendall(get("/graph/a.png"))
        await_true(lambda: body(exchange(server, get("/host/drawing"))) == b"1\n", "a graph in work")
        self.assertEqual(server.stop(), 0, server.log)
        for client in clients:
            with client:
                self.assertIn(status(read_all(client)), (0, 200, 503))

    def test_it_ends_under_load(self):
        server = Server()
        ended = threading.Event()

        def ask():
            while not ended.is_set():
                try:
                    exchange(server, get("/metrics?mb=1", "Accept-Encoding: gzip"))
                except OSError:
                    return

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        slow = connect(server, receive_bytes=4096)
        slow.sendall(get("/metrics?mb=50"))
        slow.recv(100)
        await_true(lambda: is_healthy(server), "an answer under load")
        code = server.stop()
        ended.set()
        for thread in threads:
            thread.join()
        slow.close()
        self.assertEqual(code, 0, server.log)


class Listening(HttpCase):
    def test_sockets_that_are_handed_in_are_served(self):
        with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
            fds = (one.fileno(), two.fileno())
            server = self.start(*(f"fd={fd}" for fd in fds), pass_fds=fds, listen=())
            self.assertEqual(server.addresses, ["%s:%d" % s.getsockname() for s in (one, two)])
            for address in [one.getsockname(), two.getsockname()]:
                server.address = address
                self.assertTrue(is_healthy(server))

    def test_both_families_and_names_are_listened_at(self):
        server = self.start(listen=("127.0.0.1:0", "[::1]:0", "localhost:0"))
        self.assertGreaterEqual(len(server.addresses), 3)
        for address in server.addresses:
            host, port = address.rsplit(":", 1)
            server.address = (host.strip("[]"), int(port))
            self.assertTrue(is_healthy(server))

    def test_addresses_that_cannot_be_used_are_told(self):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            used = "127.0.0.1:%d" % taken.getsockname()[1]
            for address, message in [
                    (used, f"--listen: {used}: Address already in use"),
                    ("192.0.2.1:1", "--listen: 192.0.2.1:1: Cannot assign requested address"),
                    ("127.0.0.1", "--listen: 127.0.0.1: not ADDRESS:PORT or [IPV6]:PORT"),
                    ("::1:80", "--listen: ::1:80: not ADDRESS:PORT or [IPV6]:PORT"),
                    ("127.0.0.1:65536", "--listen: 127.0.0.1:65536: not ADDRESS:PORT or [IPV6]:PORT")]:
                server = Server(listen=(address,), expect_start=False)
                self.assertEqual(server.log, message + "\n")


if __name__ == "__main__":
    assert OPTIONS.serve, "needs --serve"
    unittest.main()
