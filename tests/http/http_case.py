# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the HTTP server have in common: a server to talk to, raw sockets, conditions.

usage of each test: X_test.py --serve PROGRAM [unittest's own]
       or, for hostile_test.py: --target HOST:PORT --pid PID [--large PATH] against a running server
"""
import argparse
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PATIENCE_S = 120  # for conditions; only a broken server needs it


def arguments():
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--serve")
    parser.add_argument("--target")
    parser.add_argument("--pid", type=int)
    parser.add_argument("--large", default="/metrics")
    found, rest = parser.parse_known_args()
    if not found.serve and not found.target:
        parser.error("--serve PROGRAM or --target HOST:PORT --pid PID")
    sys.argv[1:] = rest
    return found


OPTIONS = arguments()
# What sanitizers add to every size.
SANITIZED = bool(OPTIONS.serve) and b"__sanitizer" in open(OPTIONS.serve, "rb").read()


def skip(case, reason):
    print(f"skip {case.id().split('.', 1)[1]}: {reason}", file=sys.stderr)
    case.skipTest(reason)


def await_true(condition, what):
    """Waits until condition() answers something true, and returns that."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        got = condition()
        if got:
            return got
        time.sleep(0.05)
    raise AssertionError("waited in vain: " + what)


class Server:
    """The test server as a process."""

    def __init__(self, *words, pass_fds=(), listen=("127.0.0.1:0",), expect_start=True):
        command = [OPTIONS.serve, *(f"listen={one}" for one in listen), *words]
        self.stderr = tempfile.TemporaryFile()  # a pipe would fill up
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.stderr, text=True,
                                        pass_fds=pass_fds)
        self.log = ""
        self.addresses = self.process.stdout.readline().split()[1:]
        if not self.addresses:
            self.finish()
            if expect_start:
                raise AssertionError("no start: " + self.log)
            return
        host, port = self.addresses[0].rsplit(":", 1)
        self.address = (host.strip("[]"), int(port))
        self.pid = self.process.pid

    def read_log(self):
        """All it said on standard error so far."""
        size = os.fstat(self.stderr.fileno()).st_size
        self.log = os.pread(self.stderr.fileno(), size, 0).decode(errors="replace")
        return self.log

    def finish(self):
        code = self.process.wait(PATIENCE_S)
        self.read_log()
        self.process.stdout.close()
        self.stderr.close()
        return code

    def stop(self):
        """Its exit code; 0 where it ended as it should."""
        self.process.send_signal(signal.SIGTERM)
        return self.finish()


class Running:
    """A server that somebody else started."""

    def __init__(self):
        host, port = OPTIONS.target.rsplit(":", 1)
        self.address = (host.strip("[]"), int(port))
        self.pid = OPTIONS.pid


def connect(server, receive_bytes=None):
    family = socket.AF_INET6 if ":" in server.address[0] else socket.AF_INET
    client = socket.socket(family, socket.SOCK_STREAM)
    client.settimeout(PATIENCE_S)
    if receive_bytes:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
    try:
        client.connect(server.address)
    except OSError:
        client.close()
        raise
    return client


def read_all(client):
    """Everything until the other end closes."""
    out = b""
    while True:
        try:
            got = client.recv(1 << 16)
        except ConnectionResetError:
            return out
        if not got:
            return out
        out += got


def exchange(server, request):
    """What comes back when these bytes are sent, until the server closes."""
    with connect(server) as client:
        try:
            client.sendall(request)
            return read_all(client)
        except (BrokenPipeError, ConnectionResetError):
            return b""


def get(target, *headers, method="GET", version="HTTP/1.1"):
    """A request that asks for the connection to be closed."""
    lines = [f"{method} {target} {version}", "Host: test", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape")


def status(answer):
    """The status of an answer; 0 when there is none."""
    words = answer.split(b" ", 2)
    return int(words[1]) if len(words) > 1 and words[0].startswith(b"HTTP/") else 0


def header(answer, name):
    for line in answer.split(b"\r\n\r\n", 1)[0].split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name.lower().encode():
            return value.strip().decode()
    return None


def body(answer):
    """The body, its chunks put together; AssertionError where it ends before its end."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        length = header(answer, "Content-Length")
        if length is not None and int(length) != len(rest):
            raise AssertionError(f"{len(rest)} bytes of {length}")
        return rest
    out = []
    place = 0
    while True:
        end = rest.index(b"\r\n", place)
        size = int(rest[place:end], 16)
        if size == 0:
            return b"".join(out)
        out.append(rest[end + 2:end + 2 + size])
        if len(out[-1]) != size:
            raise AssertionError("a chunk is cut off")
        place = end + 2 + size + 2


def resident_kb(server):
    with open(f"/proc/{server.pid}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise AssertionError("no VmRSS")


def is_healthy(server, *headers):
    answer = exchange(server, get("/-/healthy", *headers))
    return status(answer) == 200 and body(answer) == b"healthy\n"


class HttpCase(unittest.TestCase):
    def start(self, *words, **options):
        server = Server(*words, **options)
        self.addCleanup(lambda: server.process.poll() is None and self.end(server))
        return server

    def end(self, server):
        self.assertEqual(server.stop(), 0, server.log)
