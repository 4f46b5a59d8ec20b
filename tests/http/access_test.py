# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates and users: who is let in, what a replaced file changes, and that a broken one opens nothing."""
import base64
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest

from http_case import (OPTIONS, HttpCase, Server, await_true, body, connect, exchange, get, header, is_healthy,
                       read_all, skip, status)

EVERY_PATH = ["/", "/metrics", "/-/healthy", "/-/ready", "/api/v1/hosts", "/host/a", "/graph/a.png", "/sd", "/nothing",
              "/..", "/%00"]


def basic(user, password):
    return "Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def bcrypt(password, prefix="$2y$"):
    done = subprocess.run(["htpasswd", "-nbBC", "4", "x", password], capture_output=True, text=True, check=True)
    return done.stdout.strip().split(":", 1)[1].replace("$2y$", prefix)


class AccessCase(HttpCase):
    def setUp(self):
        for tool in ("openssl", "htpasswd"):
            if shutil.which(tool) is None:
                skip(self, f"no {tool}")
        self.base = tempfile.mkdtemp(prefix="pingtrail-http-")
        self.addCleanup(shutil.rmtree, self.base)

    def path(self, name):
        return os.path.join(self.base, name)

    def write(self, name, text):
        """Puts the file in place at once, as a careful administrator would."""
        with open(self.path(name + ".new"), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(name + ".new"), 0o600)
        os.rename(self.path(name + ".new"), self.path(name))

    def read(self, name):
        with open(self.path(name), encoding="ascii") as file:
            return file.read()

    def openssl(self, *words):
        subprocess.run(["openssl", *words], cwd=self.base, capture_output=True, check=True)

    def authority(self, name):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                     "-subj", f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.crt")

    def certificate(self, name, authority, alt="DNS:localhost,IP:127.0.0.1", days="2"):
        self.write(name + ".ext", f"subjectAltName={alt}\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                     "-keyout", f"{name}.key", "-out", f"{name}.csr")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{authority}.crt", "-CAkey", f"{authority}.key",
                     "-CAcreateserial", "-days", days, "-extfile", f"{name}.ext", "-out", f"{name}.crt")

    def serve(self, text, **options):
        self.write("web.yml", text)
        return self.start("web=" + self.path("web.yml"), **options)

    def refusal(self, text):
        """What is said when it is started with this configuration."""
        self.write("web.yml", text)
        server = Server("web=" + self.path("web.yml"), expect_start=False)
        if server.addresses:
            server.stop()
        return server.log.replace(self.base, "DIR").rstrip("\n")

    def context(self, authority="ca", client=None, **versions):
        out = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        out.load_verify_locations(self.path(authority + ".crt"))
        for name, value in versions.items():
            setattr(out, name, value)
        if client:
            out.load_cert_chain(self.path(client + ".crt"), self.path(client + ".key"))
        return out

    def secure(self, server, request, **options):
        with self.context(**options).wrap_socket(connect(server), server_hostname="localhost") as client:
            client.sendall(request)
            return read_all(client)

    def await_log(self, server, words, count=1):
        await_true(lambda: server.read_log().count(words) >= count, words)


class Users(AccessCase):
    def config(self, **users):
        return "basic_auth_users:\n" + "".join(f"  {name}: {word}\n" for name, word in users.items())

    def test_users_guard_every_path(self):
        server = self.serve(self.config(alice=bcrypt("secret")))
        for path in EVERY_PATH:
            for headers in [(), ("Authorization: Basic",), ("Authorization: Basic !!!",), ("Authorization: Bearer x",),
                            ("Authorization: Basic YWxpY2U=",), (basic("alice", "wrong"),), (basic("alice", ""),),
                            (basic("bob", "secret"),), (basic("", "secret"),), (basic("alice", "secret\0x"),),
                            (basic("alice\0", "secret"),)]:
                with self.subTest(path=path, headers=headers):
                    answer = exchange(server, get(path, *headers))
                    self.assertEqual(status(answer), 401)
                    self.assertEqual(header(answer, "WWW-Authenticate"), 'Basic realm="pingtrail", charset="UTF-8"')
        answer = exchange(server, get("/-/reload", method="POST"))
        self.assertEqual(status(answer), 401)
        for _ in range(3):
            self.assertTrue(is_healthy(server, basic("alice", "secret")))
        self.assertEqual(status(exchange(server, get("/..", basic("alice", "secret")))), 400)
        self.assertNotIn("secret", server.read_log())

    def test_every_form_of_bcrypt_is_taken(self):
        server = self.serve(self.config(a=bcrypt("1", "$2a$"), b=bcrypt("2", "$2b$"), y=bcrypt("3")))
        for user, password in [("a", "1"), ("b", "2"), ("y", "3")]:
            self.assertTrue(is_healthy(server, basic(user, password)))
            self.assertFalse(is_healthy(server, basic(user, "4")))

    def test_users_change_while_it_runs(self):
        server = self.serve(self.config(alice=bcrypt("old")))
        self.assertTrue(is_healthy(server, basic("alice", "old")))
        self.write("web.yml", self.config(alice=bcrypt("new"), bob=bcrypt("b")))
        await_true(lambda: is_healthy(server, basic("alice", "new")), "the new password")
        self.assertFalse(is_healthy(server, basic("alice", "old")))
        self.assertTrue(is_healthy(server, basic("bob", "b")))
        self.write("web.yml", self.config(bob=bcrypt("b")))
        await_true(lambda: not is_healthy(server, basic("alice", "new")), "alice to be gone")

    def test_a_file_that_breaks_opens_nothing_and_is_told_once(self):
        good = self.config(alice=bcrypt("a"))
        server = self.serve(good)
        told = 0
        for text, words in [("", "basic_auth_users: gone"), ("basic_auth_users:\n", "basic_auth_users: gone"),
                            ("rate_limit: {interval: 0}\n", "basic_auth_users: gone"), (good[:-4] + "\n", "alice: not a bcrypt hash"),
                            ("basic_auth_user:\n  a: b\n", "basic_auth_user: no such key"), ("{{{", "line 1"), ("\tx", "line")]:
            with self.subTest(text=text):
                before = server.read_log().count("stays so")
                self.write("web.yml", text)
                if words != "basic_auth_users: gone" or before == 0:
                    await_true(lambda: server.read_log().count("stays so") > before, words)
                self.assertIn(words, server.read_log())
                for _ in range(5):
                    self.assertEqual(status(exchange(server, get("/metrics"))), 401)
                self.assertTrue(is_healthy(server, basic("alice", "a")))
                told += 1
        os.unlink(self.path("web.yml"))
        self.await_log(server, "No such file or directory; what was in force stays so")
        self.assertEqual(status(exchange(server, get("/metrics"))), 401)
        said = server.read_log().splitlines()
        self.assertEqual(len(said), len(set(line.split(" ", 1)[1] for line in said)), "each fault once")
        self.write("web.yml", self.config(carol=bcrypt("c")))
        await_true(lambda: is_healthy(server, basic("carol", "c")), "the repaired file")

    def test_a_flood_of_wrong_passwords_holds_up_nobody_who_was_let_in(self):
        server = self.serve("basic_auth_users:\n  a: " + bcrypt("right") + "\n  slow: "
                            + bcrypt("x").replace("$04$", "$12$") + "\n")
        self.assertTrue(is_healthy(server, basic("a", "right")))
        clients = []
        for i in range(100):
            clients.append(connect(server))
            clients[-1].sendall(get("/metrics", basic("slow", str(i))))
        codes = set()
        try:
            self.assertTrue(is_healthy(server, basic("a", "right")))
            codes.add(status(read_all(clients[-1])))
        finally:
            for client in clients:
                client.close()
        self.assertLessEqual(codes, {401, 503})

    def test_a_rate_is_kept(self):
        server = self.serve("rate_limit:\n  interval: 1h\n  burst: 5\n")
        codes = [status(exchange(server, get("/-/healthy"))) for _ in range(7)]
        self.assertEqual(codes, [200] * 5 + [429] * 2)

    def test_configured_headers_are_sent(self):
        server = self.serve("http_server_config:\n  http2: true\n  headers:\n    X-Frame-Options: deny\n"
                            "    Content-Security-Policy: default-src 'self'\n    X-XSS-Protection: ''\n")
        answer = exchange(server, get("/"))
        self.assertEqual(header(answer, "X-Frame-Options"), "deny")
        self.assertEqual(header(answer, "Content-Security-Policy"), "default-src 'self'")
        self.assertIsNone(header(answer, "X-XSS-Protection"))
        self.assertEqual(answer.count(b"Content-Security-Policy"), 1)

    def test_a_broken_file_refuses_to_start(self):
        for text, message in [
                ("tls_server_confg: {}\n", "DIR/web.yml: line 1: tls_server_confg: no such key"),
                ("basic_auth_users:\n  a: plain\n", "DIR/web.yml: line 2: a: not a bcrypt hash ($2y$, cost 4 to 20)"),
                ("tls_server_config:\n  cert_file: no.crt\n  key_file: no.key\n",
                 "DIR/web.yml: DIR/no.crt: No such file or directory")]:
            self.assertEqual(self.refusal(text), message)
        os.unlink(self.path("web.yml"))
        server = Server("web=" + self.path("web.yml"), expect_start=False)
        self.assertEqual(server.log, self.path("web.yml") + ": No such file or directory\n")


class TlsCase(AccessCase):
    CONFIG = "tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n"

    def setUp(self):
        super().setUp()
        self.authority("ca")
        self.certificate("server", "ca")

    def healthy(self, server, **options):
        try:
            answer = self.secure(server, get("/-/healthy"), **options)
        except (ssl.SSLError, ConnectionError):
            return False
        return status(answer) == 200

    def serial(self, server):
        """The serial number of the certificate that the server shows."""
        context = self.context()
        with context.wrap_socket(connect(server), server_hostname="localhost") as client:
            return client.getpeercert()["serialNumber"]


class Tls(TlsCase):
    def test_https_is_served_and_garbage_is_not(self):
        server = self.serve(self.CONFIG)
        answer = self.secure(server, get("/metrics?mb=2"))
        self.assertEqual(len(body(answer)), 2 << 20)
        for garbage in [get("/metrics"), b"\x16\x03\x01\xff\xff" + b"\0" * 100, b"\0" * 1000, b"\x80\x2e\x01", b"x"]:
            with self.subTest(garbage=garbage[:10]), connect(server) as client:
                client.sendall(garbage)
                try:
                    client.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # it was closed already
                self.assertNotIn(b"pingtrail_test", read_all(client))
        self.assertTrue(self.healthy(server))

    def test_handshakes_that_stand_still_hold_up_nobody_and_are_cut(self):
        self.write("web.yml", self.CONFIG)
        server = self.start("web=" + self.path("web.yml"), "request=2")
        clients = [connect(server) for _ in range(200)]
        try:
            for client in clients[::2]:
                client.sendall(b"\x16\x03\x01\x02\x00\x01")
            await_true(lambda: self.healthy(server), "an answer beside them")
            for client in clients:
                self.assertNotIn(b"HTTP/", read_all(client))
        finally:
            for client in clients:
                client.close()

    def test_versions_below_the_least_are_refused(self):
        server = self.serve(self.CONFIG)
        self.assertTrue(self.healthy(server, maximum_version=ssl.TLSVersion.TLSv1_2))
        self.assertTrue(self.healthy(server, minimum_version=ssl.TLSVersion.TLSv1_3))
        server = self.serve(self.CONFIG + "  min_version: TLS13\n")
        self.assertFalse(self.healthy(server, maximum_version=ssl.TLSVersion.TLSv1_2))
        self.assertTrue(self.healthy(server))
        server = self.serve(self.CONFIG + "  max_version: TLS12\n  cipher_suites: [TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]\n"
                            "  curve_preferences: [CurveP384, X25519]\n  prefer_server_cipher_suites: true\n")
        with self.context().wrap_socket(connect(server), server_hostname="localhost") as client:
            self.assertEqual(client.version(), "TLSv1.2")
            self.assertEqual(client.cipher()[0], "ECDHE-ECDSA-AES128-GCM-SHA256")

    def test_a_renewed_certificate_needs_no_restart(self):
        server = self.serve(self.CONFIG)
        before = self.serial(server)
        self.certificate("next", "ca")
        with self.context().wrap_socket(connect(server), server_hostname="localhost") as old:
            os.rename(self.path("next.key"), self.path("server.key"))
            os.rename(self.path("next.crt"), self.path("server.crt"))
            await_true(lambda: self.serial(server) != before, "the new certificate")
            old.sendall(get("/-/healthy"))
            self.assertEqual(status(read_all(old)), 200)

    def test_certificates_that_break_leave_the_old_ones_in_force(self):
        server = self.serve(self.CONFIG)
        before = self.serial(server)
        good = self.read("server.crt")
        self.certificate("other", "ca")
        for name, text, words in [("server.crt", "junk", "server.crt: no certificate in PEM form"),
                                  ("server.crt", good[:200], "server.crt: no certificate in PEM form"),
                                  ("server.crt", self.read("other.crt"),
                                   "server.key: does not belong to the certificate")]:
            self.write(name, text)
            self.await_log(server, words)
            self.assertEqual(self.serial(server), before)
        self.write("server.crt", good)
        self.write("web.yml", "basic_auth_users: {}\n")
        self.await_log(server, "tls_server_config: gone, and only a restart takes that away")
        self.assertEqual(exchange(server, get("/metrics")).count(b"pingtrail_test"), 0)
        self.assertEqual(self.serial(server), before)

    def test_versions_change_while_it_runs(self):
        server = self.serve(self.CONFIG)
        self.assertTrue(self.healthy(server, maximum_version=ssl.TLSVersion.TLSv1_2))
        self.write("web.yml", self.CONFIG + "  min_version: TLS13\n")
        await_true(lambda: not self.healthy(server, maximum_version=ssl.TLSVersion.TLSv1_2), "TLS 1.2 to be refused")
        self.assertTrue(self.healthy(server))

    def test_a_key_that_all_may_read_is_told(self):
        os.chmod(self.path("server.key"), 0o644)
        server = self.serve(self.CONFIG)
        self.await_log(server, "server.key: everybody on this machine may read this private key")

    def test_inline_certificates_are_taken(self):
        def indented(name):
            return "".join("    " + line for line in self.read(name).splitlines(True))

        server = self.serve("tls_server_config:\n  cert: |\n" + indented("server.crt") + "  key: |\n" + indented("server.key"))
        self.assertTrue(self.healthy(server))


class Clients(TlsCase):
    """Client certificates."""

    def setUp(self):
        super().setUp()
        self.authority("clients")
        self.authority("strangers")
        self.certificate("friend", "clients", "DNS:friend.example,email:f@example.org,IP:192.0.2.7")
        self.certificate("expired", "clients", days="-1")
        self.certificate("stranger", "strangers")

    def policy(self, kind, more=""):
        ca = "" if kind in ("NoClientCert",) else "  client_ca_file: clients.crt\n"
        return self.CONFIG + ca + f"  client_auth_type: {kind}\n" + more

    def test_each_client_auth_type_lets_in_whom_it_says(self):
        for kind, nobody, friend, stranger, expired in [
                ("NoClientCert", True, True, True, True), ("RequestClientCert", True, True, True, True),
                ("RequireAnyClientCert", False, True, True, True), ("VerifyClientCertIfGiven", True, True, False, False),
                ("RequireAndVerifyClientCert", False, True, False, False)]:
            server = self.serve(self.policy(kind))
            for client, wanted in [(None, nobody), ("friend", friend), ("stranger", stranger), ("expired", expired)]:
                for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                    with self.subTest(kind=kind, client=client, version=version):
                        got = self.healthy(server, client=client, maximum_version=version)
                        self.assertEqual(got, wanted)

    def test_names_are_held_against_the_list(self):
        for name, wanted in [("friend.example", True), ("f@example.org", True), ("192.0.2.7", True),
                             ("FRIEND.example.org", False), ("example", False)]:
            server = self.serve(self.policy("RequireAndVerifyClientCert", f"  client_allowed_sans: [x, {name}]\n"))
            self.assertEqual(self.healthy(server, client="friend"), wanted, name)
        server = self.serve(self.policy("RequireAnyClientCert", "  client_allowed_sans: [nobody]\n"))
        self.assertFalse(self.healthy(server, client="friend"))

    def test_another_authority_is_in_force_for_connections_that_are_there(self):
        server = self.serve(self.policy("RequireAndVerifyClientCert"))
        with self.context(client="friend").wrap_socket(connect(server), server_hostname="localhost") as old:
            old.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            first = b""
            while not first.endswith(b"healthy\n"):
                first += old.recv(8192)
            self.assertEqual(status(first), 200)
            self.write("clients.crt", self.read("strangers.crt"))
            await_true(lambda: self.healthy(server, client="stranger"), "the other authority")
            self.assertFalse(self.healthy(server, client="friend"))
            old.sendall(get("/metrics"))
            answer = read_all(old)
            self.assertEqual(status(answer), 403)
            self.assertNotIn(b"pingtrail_test", answer)

    def test_weaker_demands_need_a_restart(self):
        server = self.serve(self.policy("RequireAndVerifyClientCert", "  client_allowed_sans: [friend.example]\n"))
        self.write("web.yml", self.CONFIG)
        self.await_log(server, "client_auth_type: weaker than before, and only a restart takes that")
        self.assertFalse(self.healthy(server))
        self.write("web.yml", self.policy("RequireAndVerifyClientCert"))
        self.await_log(server, "client_allowed_sans: gone, and only a restart takes that away")
        self.write("clients.crt", "")
        self.await_log(server, "clients.crt: no certificate in PEM form")
        self.assertFalse(self.healthy(server))
        self.assertFalse(self.healthy(server, client="stranger"))
        self.assertTrue(self.healthy(server, client="friend"))

    def serial_in(self, name):
        done = subprocess.run(["openssl", "x509", "-noout", "-serial", "-in", self.path(name)], capture_output=True,
                              text=True, check=True)
        return done.stdout.strip().partition("=")[2]

    def test_users_and_certificates_are_both_needed(self):
        server = self.serve(self.policy("RequireAndVerifyClientCert") + f"basic_auth_users:\n  a: {bcrypt('b')}\n")
        good = basic("a", "b")
        for client, headers, wanted in [("friend", (good,), 200), ("friend", (), 401), (None, (good,), 403), ("stranger", (good,), 403)]:
            self.assertEqual(status(self.secure(server, get("/-/healthy", *headers), client=client)), wanted)

    def test_files_replaced_again_and_again_under_load(self):
        server = self.serve(self.CONFIG)
        ended = threading.Event()
        failures = []

        def ask():
            while not ended.is_set():
                if not self.healthy(server):
                    failures.append(1)

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        for i in range(6):
            self.certificate(f"round{i}", "ca")
            both = self.read(f"round{i}.crt") + self.read(f"round{i}.key")
            wanted = self.serial_in(f"round{i}.crt")
            self.write("both.pem", both)
            self.write("web.yml", "tls_server_config:\n  cert_file: both.pem\n  key_file: both.pem\n")
            await_true(lambda: self.serial(server) == wanted, "the next certificate")
        ended.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])


if __name__ == "__main__":
    assert OPTIONS.serve, "needs --serve"
    unittest.main()
