# SPDX-License-Identifier: GPL-3.0-or-later
"""check_pingtrail on bad networks: usage plugin_cases.py FAKENET CHECK_PINGTRAIL [PATTERN]

Every behaviour is played to ping sockets and to raw sockets, over IPv4 and over IPv6; what the plugin
says is held against the table and against the ground truth.
"""

import os
import re
import shutil
import sys
import tempfile

import harness
import plugin_options
import plugin_truth
from harness import Case

HOSTS = {4: "198.18.0.9", 6: "2001:db8::9"}
ROUTERS = {4: "198.18.0.1", 6: "2001:db8::1"}
SOCKETS = {
    "ping": ("--ping-sockets", "open", "--unprivileged"),
    "raw": ("--ping-sockets", "closed"),
}
FAST = ["-i", "20"]
NEVER = ["-w", "9000,100%", "-c", "9000,100%"]  # only total loss alerts, which is CRITICAL

OK, WARNING, CRITICAL, UNKNOWN = range(4)
STATES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]

# What the counters of -v are to be, where they are not 0, per kind of socket and family.
EVERYWHERE = {("ping", 4), ("ping", 6), ("raw", 4), ("raw", 6)}


class Row:
    """A behaviour. `text` follows the host's name; RTA stands for any round trip time, REASON for the
    words about an ICMP error, which ends in the router's address."""

    def __init__(self, name, script, exit, text, options=(), reason=("", ""), counters="", where=EVERYWHERE,
                 foreign=0, **case):
        self.name, self.script, self.exit, self.text, self.options = name, script, exit, text, list(options)
        self.reason, self.where, self.foreign, self.case = dict(zip((4, 6), reason)), where, foreign, case
        self.counters = dict(part.split("=") for part in counters.split())


DOWN = "lost 100%"
HOST_REASON = ("Destination Host Unreachable", "Destination Address Unreachable")

ROWS = [
    Row("fixed_delay", "delay=20ms", OK, "RTA, lost 0%"),
    Row("uniform_jitter", "delay=20ms jitter=10ms", OK, "RTA, lost 0%", ["-n", "20", *NEVER]),
    Row("normal_jitter", "delay=20ms jitter=normal:3ms", OK, "RTA, lost 0%", ["-n", "20", *NEVER]),
    Row("two_modes", "delay=5ms slow=60ms:40%", OK, "RTA, lost 0%", ["-n", "20", *NEVER],
        counters=r"out_of_order=\d+"),
    Row("one_of_five_lost", "delay=5ms lose=3", OK, "RTA, lost 20%"),
    Row("two_of_five_lost", "delay=5ms lose=2,4", WARNING, "RTA, lost 40%"),
    Row("three_of_five_lost", "delay=5ms lose=1..3", WARNING, "RTA, lost 60%"),
    Row("four_of_five_lost", "delay=5ms lose=2..", CRITICAL, "RTA, lost 80%"),
    Row("seeded_loss", "delay=5ms loss=30%", OK, r"RTA, lost [1-9][\d.]*%", ["-n", "50", "-i", "5", *NEVER]),
    Row("dead", "dead", CRITICAL, DOWN),
    Row("slow_is_warning", "delay=250ms", WARNING, "RTA, lost 0%"),
    Row("slow_is_critical", "delay=550ms", CRITICAL, "RTA, lost 0%"),
    # The run ends with the last reply, whose copies may come after it.
    Row("duplicates", "delay=5ms dup=3", OK, "RTA, lost 0%", counters="duplicates=(8|9|10)"),
    Row("duplicates_do_not_hide_loss", "delay=5ms lose=2..4 dup=3", WARNING, "RTA, lost 60%", counters="duplicates=4"),
    Row("reordered", "delays=150ms,5ms,5ms", OK, "RTA, lost 0%", counters="out_of_order=1"),
    Row("late_reply", "delay=5ms answer=reply~1.2s@2 lose=5", WARNING, "RTA, lost 40%", ["-i", "100"], counters="late=1"),
    Row("corrupted", "answer=corrupt", CRITICAL, DOWN, counters="corrupted=5"),
    Row("zeroed", "answer=zeroed", CRITICAL, DOWN, counters="corrupted=5"),
    Row("corrupted_short_secret", "answer=corrupt", CRITICAL, DOWN, ["-b", "8"], counters="corrupted=5"),
    Row("one_corrupted", "delay=5ms answer=corrupt@2", OK, "RTA, lost 20%", counters="corrupted=1"),
    Row("corrupted_then_valid", "answer=corrupt also=reply~9ms", OK, "RTA, lost 0%", counters="corrupted=5"),
    # The kernel throws wrong checksums away before a ping socket or an IPv6 socket could see them.
    Row("wrong_checksum", "answer=checksum", CRITICAL, DOWN, where=EVERYWHERE - {("raw", 4)}),
    Row("wrong_checksum", "answer=checksum", CRITICAL, DOWN, where={("raw", 4)}, counters="corrupted=5"),
    Row("wrong_id", "answer=id", CRITICAL, DOWN),
    Row("wrong_sequence", "answer=sequence", CRITICAL, DOWN, counters="corrupted=5"),
    Row("foreign_source", "answer=foreign", CRITICAL, DOWN, foreign=5),
    Row("truncated", "answer=truncated:12", CRITICAL, DOWN, counters="corrupted=5"),
    Row("header_only", "answer=truncated:0", CRITICAL, DOWN, counters="corrupted=5"),
    Row("padded", "answer=padded:8", CRITICAL, DOWN, counters="corrupted=5"),
    Row("net_unreachable", "answer=net-unreachable", CRITICAL, DOWN + ", REASON", counters="errors=5",
        reason=("Destination Net Unreachable", "No Route to Destination")),
    Row("host_unreachable", "answer=host-unreachable", CRITICAL, DOWN + ", REASON", reason=HOST_REASON, counters="errors=5"),
    Row("port_unreachable", "answer=port-unreachable", CRITICAL, DOWN + ", REASON", counters="errors=5",
        reason=("Destination Port Unreachable", "Destination Port Unreachable")),
    Row("protocol_unreachable", "answer=protocol-unreachable", CRITICAL, DOWN + ", REASON", counters="errors=5",
        reason=("Destination Protocol Unreachable", "Parameter Problem")),
    Row("admin_prohibited", "answer=admin-prohibited", CRITICAL, DOWN + ", REASON", counters="errors=5",
        reason=("Communication Administratively Prohibited",) * 2),
    Row("quote_of_eight_bytes", "answer=host-unreachable quote=8", CRITICAL, DOWN + ", REASON", reason=HOST_REASON,
        counters="errors=5"),
    Row("ttl_too_low", "hops=7", CRITICAL, DOWN + ", REASON", ["-l", "6"], counters="errors=5",
        reason=("Time to Live Exceeded", "Hop Limit Exceeded")),
    Row("ttl_enough", "hops=7", OK, "RTA, lost 0%", ["-l", "7"]),
    Row("one_unreachable_of_five", "delay=5ms answer=host-unreachable@3", OK, "RTA, lost 20%", reason=HOST_REASON,
        counters="errors=1"),
    # An error about a probe that is answered after all says nothing.
    Row("error_before_reply", "delay=9ms also=host-unreachable~1ms", OK, "RTA, lost 0%"),
    Row("error_after_reply", "delay=1ms also=host-unreachable~9ms", OK, "RTA, lost 0%"),
    *[Row(f"forged_{part}", f"answer=host-unreachable forge={part}", CRITICAL, DOWN)
      for part in ("id", "sequence", "destination", "payload")],
    *[Row(f"forged_{part}_and_valid", f"delay=5ms also=host-unreachable~1ms forge={part}", OK, "RTA, lost 0%")
      for part in ("id", "sequence", "destination", "payload")],
    Row("outage_within", "delay=1ms down=0s..150ms every=300ms", OK, r"RTA, lost [1-9][\d.]*%", ["-n", "10", "-i", "50", *NEVER]),
    Row("fits_a_narrow_link", "mtu=1400 delay=1ms", OK, "RTA, lost 0%", ["-b", "1300", "--dont-fragment"]),
    *[Row(f"payload_of_{size}", "delay=2ms", OK, "RTA, lost 0%", ["-b", str(size)]) for size in (0, 1, 15, 16, 1473, 65507)],
    Row("payload_of_0_lost", "delay=2ms lose=1..4", CRITICAL, "RTA, lost 80%", ["-b", "0"]),
    Row("too_big_for_a_narrow_link", "mtu=1300 delay=1ms", CRITICAL, DOWN + ", REASON", ["-b", "1400", "--dont-fragment", "-i", "0"],
        reason=("Fragmentation Needed (MTU 1300)", ""), counters="errors=[1-5]", where={("ping", 4), ("raw", 4)}),
]

COUNTERS = ["duplicates", "late", "corrupted", "out_of_order", "errors"]


def expected_output(row, family):
    host, reason = HOSTS[family], row.reason[family]
    if reason:
        reason = re.escape(f"{reason} from {ROUTERS[family]}")
    text = row.text.replace("RTA", r"rta [\d.]+ms").replace("REASON", reason)
    counters = ", ".join(f"{name.replace('_', ' ')} {row.counters.get(name, '0')}" for name in COUNTERS)
    line = rf"{re.escape(host)}: sent \d+, received \d+(?:, min/avg[^,]*)?, {counters}" + (f", {reason}" if reason else "")
    foreign = rf"\nreplies from addresses that were not asked: {row.foreign}" if row.foreign else ""
    return rf"{STATES[row.exit]} - {re.escape(host)}: {text}\|[^\n]*\n{line}{foreign}"


def behaviour_cases(plugin):
    for row in ROWS:
        for sockets, family in sorted(row.where):
            script = f"{HOSTS[family]} router={ROUTERS[family]} {row.script}\n"
            yield Case(f"{row.name}.{sockets}.ipv{family}", script,
                       [plugin, "--no-history", "-v", *FAST, *row.options, "-H", HOSTS[family]],
                       exit=row.exit, output=expected_output(row, family), options=SOCKETS[sockets],
                       truth=lambda outcome, host=HOSTS[family]: plugin_truth.check_figures(outcome, host))


def main():
    fakenet, built = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="plugin.") as folder:
        os.chmod(folder, 0o755)  # the ordinary user must reach it
        plugin = shutil.copy(built, folder)
        os.chmod(plugin, 0o755)
        cases = [*behaviour_cases(plugin), *plugin_options.cases(plugin, folder, SOCKETS)]
        return harness.run_all(fakenet, cases, *sys.argv[3:4])


if __name__ == "__main__":
    sys.exit(main())
