# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that the fake network does what its scripts say: usage self_cases.py FAKENET [PATTERN]"""

import os
import re
import sys

import harness
from harness import Case

HERE = os.path.dirname(os.path.abspath(__file__))
RAW = [sys.executable, "-B", os.path.join(HERE, "rawprobe.py")]
HOSTS = {4: "198.18.0.9", 6: "2001:db8::9"}
ROUTERS = {4: "198.18.0.2", 6: "2001:db8::2"}

# name, words of the script, options of rawprobe, what comes back for IPv4, and for IPv6 where it differs.
# R stands for the router's address.
BEHAVIOURS = [
    ("valid", "", [], ["1 reply"], None),
    ("exact_loss", "lose=2,4", ["--count", "5"], ["1 reply", "3 reply", "5 reply"], None),
    ("dead", "dead", [], [], None),
    ("duplicates", "dup=3@2", ["--count", "2"], ["1 reply", "2 reply", "2 reply", "2 reply"], None),
    ("reordered", "delays=250ms,5ms,1ms", ["--count", "3", "--wait", "0.4"], ["2 reply", "3 reply", "1 reply"], None),
    ("corrupt", "answer=corrupt", [], ["1 reply changed=1"], None),
    ("zeroed", "answer=zeroed", [], ["1 reply zero"], None),
    ("wrong_checksum", "answer=checksum", [], ["1 reply sum"], None),
    ("wrong_id", "answer=id", [], ["1 reply id"], None),
    ("wrong_sequence", "answer=sequence", [], ["1 reply seq"], None),
    ("foreign_default", "answer=foreign", [], ["1 reply from=R"], None),
    ("truncated", "answer=truncated:12", [], ["1 reply short=12"], None),
    ("header_only", "answer=truncated:0", [], ["1 reply short=0"], None),
    ("padded", "answer=padded:8", [], ["1 reply long=64"], None),
    ("empty_payload", "", ["--size", "0"], ["1 reply"], None),
    ("odd_payload", "", ["--size", "33"], ["1 reply"], None),
    ("net_unreachable", "answer=net-unreachable", [], ["1 error 3/0 from=R quote=56"], ["1 error 1/0 from=R quote=56"]),
    ("host_unreachable", "answer=host-unreachable", [], ["1 error 3/1 from=R quote=56"], ["1 error 1/3 from=R quote=56"]),
    ("protocol_unreachable", "answer=protocol-unreachable", [], ["1 error 3/2 from=R quote=56"], ["1 error 4/1 from=R quote=56"]),
    ("port_unreachable", "answer=port-unreachable", [], ["1 error 3/3 from=R quote=56"], ["1 error 1/4 from=R quote=56"]),
    ("admin_prohibited", "answer=admin-prohibited", [], ["1 error 3/13 from=R quote=56"], ["1 error 1/1 from=R quote=56"]),
    ("ttl_under_hops", "hops=7", ["--ttl", "6"], ["1 error 11/0 from=R quote=56"], ["1 error 3/0 from=R quote=56"]),
    ("ttl_of_hops", "hops=7", ["--ttl", "7"], ["1 reply"], None),
    ("quote_of_eight_bytes", "answer=host-unreachable quote=8", [], ["1 error 3/1 from=R quote=0"], ["1 error 1/3 from=R quote=0"]),
    ("long_quote_is_cut", "answer=host-unreachable", ["--size", "1400"], ["1 error 3/1 from=R quote=520"], ["1 error 1/3 from=R quote=1184"]),
    ("too_big", "mtu=1300", ["--size", "1280"], ["1 error 3/4 from=R quote=520 mtu=1300"], ["1 error 2/0 from=R quote=1184 mtu=1300"]),
    ("just_fits", "mtu=1300", ["--size", "1250"], ["1 reply"], None),
    ("forged_id", "answer=host-unreachable forge=id", [], ["1 error 3/1 id from=R quote=56"], ["1 error 1/3 id from=R quote=56"]),
    ("forged_sequence", "answer=host-unreachable forge=sequence", [], ["1 error 3/1 seq from=R quote=56"], ["1 error 1/3 seq from=R quote=56"]),
    ("forged_destination", "answer=host-unreachable forge=destination", [], ["1 error 3/1 from=R quote=56 dst"], ["1 error 1/3 from=R quote=56 dst"]),
    ("forged_payload", "answer=host-unreachable forge=payload", [], ["1 error 3/1 changed=56 from=R quote=56"], ["1 error 1/3 changed=56 from=R quote=56"]),
    ("error_before_reply", "delay=9ms also=host-unreachable~1ms", [], ["1 error 3/1 from=R quote=56", "1 reply"], ["1 error 1/3 from=R quote=56", "1 reply"]),
    ("error_after_reply", "delay=1ms also=host-unreachable~9ms", [], ["1 reply", "1 error 3/1 from=R quote=56"], ["1 reply", "1 error 1/3 from=R quote=56"]),
    ("outage", "down=100ms..350ms every=600ms", ["--count", "12", "--interval", "0.1"], None, None),
]


def expectation(lines, family):
    pattern = [re.escape(line).replace("=R", "=" + re.escape(ROUTERS[family])) + r" ms=[\d.]+" for line in lines]
    return "\n".join(pattern)


def outage_truth(outcome):
    assert len(outcome.probes) == 12, "not all probes arrived"
    for p in outcome.probes:
        is_down = 100 <= (p.t - outcome.start) / 1e6 % 600 < 350
        assert (p.silence == "down") == is_down, f"{p}"
    silent = sum(p.silence == "down" for p in outcome.probes)
    assert 2 <= silent <= 8, f"{silent} probes in outages of 250 of 600 ms"
    heard = {int(line.split()[0]) for line in outcome.output.splitlines()}
    assert heard == {p.seq for p in outcome.probes if p.silence != "down"}, "heard what was not said"


def behaviour_cases():
    for family, host in HOSTS.items():
        for name, words, options, lines4, lines6 in BEHAVIOURS:
            lines = lines6 if family == 6 and lines6 is not None else lines4
            yield Case(f"{name}.ipv{family}", f"{','.join(HOSTS.values())} {words}", [*RAW, host, *options],
                       output=None if lines is None else expectation(lines, family),
                       truth=outage_truth if lines is None else None)


def round_trips(outcome):
    return [float(ms) for ms in re.findall(r"(?:ms=|time=)([\d.]+)", outcome.output)]


def check_lateness(outcome, delay_ms, count):
    """Answers leave when they are due, and the prober sees the same."""
    late = sorted(a.at - p.t - int(delay_ms * 1e6) for p in outcome.probes for a in p.answers)
    assert len(late) == count, f"{len(late)} answers"
    assert late[0] >= 0, "an answer left before it was due"
    harness.in_time(late[len(late) // 2] < 30_000, f"answers leave {late[len(late) // 2]} ns late (median)")
    seen = sorted(round_trips(outcome))
    assert len(seen) == count, f"{len(seen)} round trips"
    # ping's own time stamps lie in user space: a wake-up of some tens of microseconds on top.
    harness.in_time(delay_ms <= seen[len(seen) // 2] + 0.05 < delay_ms + 1, f"median {seen[len(seen) // 2]} ms")


def ping(family, *arguments):
    return ["ping", "-n", *arguments, HOSTS[family]]


def timing_cases():
    for family in HOSTS:
        for delay in (2, 50):
            yield Case(f"delay_{delay}ms.ipv{family}", f"{HOSTS[family]} delay={delay}ms",
                       ping(family, "-c", "20", "-i", "0.01"), output=r".*\b0% packet loss.*", alone=True,
                       truth=lambda o, delay=delay: check_lateness(o, delay, 20))


def check_spread(outcome):
    seen = [(p.answers[0].at - p.t) / 1e6 for p in outcome.probes]
    assert len(seen) == 60 and 15 <= min(seen) and max(seen) < 45, f"{min(seen)}..{max(seen)} ms"
    assert max(seen) - min(seen) > 7, "60 delays of 20 +- 5 ms lie closer than 7 ms"


def check_modes(outcome):
    seen = [(p.answers[0].at - p.t) / 1e6 for p in outcome.probes]
    fast, slow = [s for s in seen if s < 20], [s for s in seen if 30 <= s < 50]
    assert len(fast) + len(slow) == 60 and 8 <= len(slow) <= 30, f"{len(fast)} fast, {len(slow)} slow"


def check_same_losses(outcome):
    lost = [p.n for p in outcome.probes if p.silence == "lost"]
    heard = [int(n) for n in re.findall(r"icmp_seq=(\d+)", outcome.output)]
    assert sorted(lost + heard) == list(range(1, 61)), f"lost {lost}, heard {heard}"
    assert 8 <= len(lost) <= 30, f"{len(lost)} of 60 lost at 30 %"


def check_late(outcome):
    assert re.findall(r"icmp_seq=(\d+)", outcome.output) == ["2", "1"], "the first did not come last"


def check_flags(outcome):
    for p in outcome.probes:
        assert (p.ttl, p.tos, p.bytes, p.sum) == (33, 0xB8, 100, "good"), p
    assert [p.seq for p in outcome.probes] == [1, 2], "sequence numbers"


def check_many(outcome):
    assert outcome.totals["probes"] == 5000 and outcome.totals["unstamped"] == 0, outcome.totals
    assert len(outcome.errors.splitlines()) == 1000, "fping's lines"
    assert " - " not in outcome.errors, "fping lost probes"


def ping_cases():
    for family in HOSTS:
        both = ",".join(HOSTS.values())
        yield Case(f"jitter.ipv{family}", f"{both} delay=20ms jitter=5ms", ping(family, "-c", "60", "-i", "0.005"),
                   output=".*60 received.*", truth=check_spread)
        yield Case(f"bimodal.ipv{family}", f"{both} delay=1ms slow=30ms:30%", ping(family, "-c", "60", "-i", "0.005"),
                   output=".*60 received.*", truth=check_modes)
        yield Case(f"seeded_loss.ipv{family}", f"{both} loss=30%", ping(family, "-c", "60", "-i", "0.005", "-W", "1"),
                   truth=check_same_losses, options=("--seed", "42"))
        yield Case(f"late.ipv{family}", f"{both} delays=300ms,5ms",
                   ping(family, "-c", "2", "-i", "0.1", "-W", "1"), truth=check_late)
        yield Case(f"what_the_log_says.ipv{family}", f"{both} delay=1ms", truth=check_flags,
                   command=ping(family, "-c", "2", "-i", "0.01", "-t", "33", "-Q", "0xb8", "-s", "100"))
        for mtu in (1500, 65535):
            yield Case(f"largest_payload_mtu_{mtu}.ipv{family}", f"device mtu={mtu}\n{both} delay=1ms",
                       ping(family, "-c", "2", "-i", "0.01", "-s", "65507"), output=".*65515 bytes from.* 2 received.*")
    yield Case("fragments_pass_a_narrow_link", "198.18.0.9 mtu=1300", [*RAW, HOSTS[4], "--size", "3000", "--may-fragment"],
               output=expectation(["1 reply"], 4))


def shell_cases():
    yield Case("exit_code_is_the_commands", "", ["sh", "-c", "exit 41"], exit=41)
    yield Case("killed_command", "", ["sh", "-c", "kill -9 $$"], exit=128 + 9)
    yield Case("timeout_ends_the_command", "", ["sleep", "30"], exit=124, options=("--timeout", "0.3s"),
               errors="fakenet: the command was killed at its timeout", longest=5)
    yield Case("bad_script", "198.18.0.9 dead\n198.18.0.10 fast\n", ["true"], exit=64,
               errors=r"fakenet: .*/script.net: line 2: unknown word 'fast'")
    yield Case("no_such_command", "", ["/nonexistent"], exit=126, errors="fakenet: /nonexistent: .*")
    yield Case("ping_sockets_open", "", ["cat", "/proc/sys/net/ipv4/ping_group_range"], output=r"0\s+(2147483647|0)")
    yield Case("ping_sockets_closed", "", ["cat", "/proc/sys/net/ipv4/ping_group_range"], output=r"(1\s+0|65534\s+65534)",
               options=("--ping-sockets", "closed"))
    yield Case("unprivileged", "", ["grep", "CapEff", "/proc/self/status"], output=r"CapEff:\s+0+", options=("--unprivileged",))
    yield Case("another_user", "", ["sh", "-c", "id -u; id -G; grep CapPrm /proc/self/status"],
               output=r"65534\n65534\nCapPrm:\s+0+", options=("--user", harness.ORDINARY_USER), needs_root=True)
    yield Case("another_user_with_net_raw", "", ["grep", "CapEff", "/proc/self/status"], output=r"CapEff:\s+0*2000",
               options=("--user", harness.ORDINARY_USER, "--net-raw"), needs_root=True)
    yield Case("refused_by_the_kernel", "device address=198.18.0.1/15 unreachable=198.18.7.0/24", exit=2,
               command=["ping", "-n", "-c", "1", "198.18.7.1"], errors=".*No route to host|.*Host is unreachable")
    targets = " ".join(f"198.19.{net}.{host}" for net in range(4) for host in range(1, 251))
    yield Case("thousand_hosts_at_50ms", "198.19.0.0/16 delay=50ms", truth=check_many, errors=".*", longest=10, alone=True,
               command=["fping", "-q", "-C", "5", "-p", "200", "-i", "0.1", *targets.split()])


def main():
    cases = [*behaviour_cases(), *ping_cases(), *shell_cases(), *timing_cases()]
    return harness.run_all(sys.argv[1], cases, *sys.argv[2:3])


if __name__ == "__main__":
    sys.exit(main())
