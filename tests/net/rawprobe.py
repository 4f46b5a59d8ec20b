# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends echo requests and tells every packet that comes back, whatever is wrong with it.

usage: rawprobe.py ADDRESS [--count N] [--size BYTES] [--ttl N] [--interval S] [--wait S] [--may-fragment]

Packets are seen by a packet socket on fake0, before the kernel has judged them. One line each:
"N reply|error T/C [DIFFERENCES] ms=ROUND_TRIP", N the number of the request (from 1), DIFFERENCES
what is not as it was sent: from=ADDR, id, seq, sum, short=BYTES, long=BYTES, zero, changed=COUNT; for
errors also quote=PAYLOAD_BYTES, dst, mtu=N. Written from the RFCs, with nothing of the fake network.
"""

import argparse
import ipaddress
import os
import socket
import struct
import sys
import time

ETH_P_ALL = 3
PACKET_OUTGOING = 4


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF


class Prober:
    def __init__(self, options):
        self.options = options
        self.target = ipaddress.ip_address(options.address)
        self.is_ipv6 = self.target.version == 6
        self.id = os.getpid() & 0xFFFF
        self.payload = bytes((17 + 7 * i) & 0xFF for i in range(options.size))
        self.sent = {}
        protocol = socket.IPPROTO_ICMPV6 if self.is_ipv6 else socket.IPPROTO_ICMP
        self.out = socket.socket(socket.AF_INET6 if self.is_ipv6 else socket.AF_INET, socket.SOCK_RAW, protocol)
        if options.ttl and self.is_ipv6:
            self.out.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, options.ttl)
        elif options.ttl:
            self.out.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, options.ttl)
        if not self.is_ipv6 and not options.may_fragment:
            self.out.setsockopt(socket.IPPROTO_IP, 10, 3)  # IP_MTU_DISCOVER, IP_PMTUDISC_PROBE: DF
        self.tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.tap.bind(("fake0", ETH_P_ALL))

    def send(self, number):
        head = struct.pack(">BBHHH", 128 if self.is_ipv6 else 8, 0, 0, self.id, number)
        if not self.is_ipv6:
            head = head[:2] + struct.pack(">H", checksum(head + self.payload)) + head[4:]
        self.sent[number] = time.monotonic_ns()
        self.out.sendto(head + self.payload, (str(self.target), 0))

    def differences(self, got, room=None):
        """What is not as it was sent; `room`: only that many bytes could come."""
        want = self.payload if room is None else self.payload[:room]
        if len(got) < len(want):
            return [f"short={len(got)}"] if got == want[: len(got)] else [f"short={len(got)}", "changed"]
        if len(got) > len(want):
            return [f"long={len(got)}"]
        if got == want:
            return []
        return ["zero"] if not any(got) else [f"changed={sum(a != b for a, b in zip(got, want))}"]

    def echo_words(self, echo):
        """Number of the request and the differences of id and sequence."""
        got_id, sequence = struct.unpack(">HH", echo[4:8])
        words = [] if got_id == self.id else ["id"]
        if sequence not in self.sent:
            words.append("seq")
            sequence ^= 0x4000
        return sequence, words

    def split(self, packet):
        """Source, destination and ICMP message; None for anything else."""
        if packet[0] >> 4 == 6 and len(packet) >= 48 and packet[6] == 58:
            return ipaddress.ip_address(packet[8:24]), ipaddress.ip_address(packet[24:40]), packet[40:]
        if packet[0] >> 4 == 4 and len(packet) >= 28 and packet[9] == 1:
            return ipaddress.ip_address(packet[12:16]), ipaddress.ip_address(packet[16:20]), packet[20:]
        return None

    def is_sum_right(self, source, destination, icmp):
        pseudo = b""
        if source.version == 6:
            pseudo = source.packed + destination.packed + struct.pack(">II", len(icmp), 58)
        return checksum(pseudo + icmp) == 0

    def describe(self, packet, now):
        parts = self.split(packet)
        if not parts:
            return None
        source, destination, icmp = parts
        if icmp[0] in (0, 129):
            number, words = self.echo_words(icmp)
            kind = "reply"
            words += self.differences(icmp[8:])
            if source != self.target:
                words.append(f"from={source}")
        else:
            quoted = self.split(icmp[8:])
            if not quoted:
                return f"? unreadable quote in {icmp.hex()}"
            number, words = self.echo_words(quoted[2])
            kind = f"error {icmp[0]}/{icmp[1]}"
            words += self.differences(quoted[2][8:], len(quoted[2]) - 8)
            words += [f"from={source}", f"quote={len(quoted[2]) - 8}"]
            words += ["dst"] if quoted[1] != self.target else []
            mtu = struct.unpack(">H", icmp[6:8])[0]
            words += [f"mtu={mtu}"] if mtu > 6 else []
        if not self.is_sum_right(source, destination, icmp):
            words.append("sum")
        elapsed = (now - self.sent.get(number, now)) / 1e6
        return " ".join([str(number), kind, *words, f"ms={elapsed:.3f}"])

    def listen(self, until):
        while (left := until - time.monotonic()) > 0:
            self.tap.settimeout(left)
            try:
                packet, address = self.tap.recvfrom(70000)
            except socket.timeout:
                return
            now = time.monotonic_ns()
            line = None if address[2] == PACKET_OUTGOING else self.describe(packet, now)
            if line:
                print(line)

    def run(self):
        for number in range(1, self.options.count + 1):
            self.send(number)
            last = number == self.options.count
            self.listen(time.monotonic() + (self.options.wait if last else self.options.interval))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--size", type=int, default=56)
    parser.add_argument("--ttl", type=int)
    parser.add_argument("--interval", type=float, default=0.02)
    parser.add_argument("--wait", type=float, default=0.1)
    parser.add_argument("--may-fragment", action="store_true")
    Prober(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
