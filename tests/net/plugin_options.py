# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases of check_pingtrail that are about its options, its rights and its end."""

import os
import shutil
import statistics
import subprocess

import plugin_truth
from harness import Case, INSTRUMENTED, ORDINARY_USER, in_time

BOTH = "198.18.0.9,2001:db8::9"
HOSTS = {4: "198.18.0.9", 6: "2001:db8::9"}
PLAIN = ["--no-history"]
PACE = ["--rate", "3000"] if INSTRUMENTED else []  # such a check can send more than it can take in
PATIENT = ["-w", "8000,20%", "-c", "9000,20%"]  # the fake network may be slow here, but it loses nothing


def nothing_sent(outcome):
    assert not outcome.probes, f"{len(outcome.probes)} probes were sent"


def sent_with(**want):
    def check(outcome):
        assert outcome.probes, "nothing was sent"
        for probe in outcome.probes:
            for name, value in want.items():
                assert getattr(probe, name) == value, f"{name} is {getattr(probe, name)}, not {value}"
            assert probe.sum == "good", "wrong checksum"
    return check


def packet_cases(plugin, sockets):
    for kind, options in sockets.items():
        for family, host in HOSTS.items():
            yield Case(f"packet_options.{kind}.ipv{family}", f"{BOTH} delay=1ms",
                       [plugin, *PLAIN, "-l", "33", "--tos", "184", "-b", "100", "-i", "10", "-H", host],
                       output="OK - .*", truth=sent_with(ttl=33, tos=184, bytes=100), options=options)
        yield Case(f"dont_fragment.{kind}", f"{BOTH} delay=1ms",
                   [plugin, *PLAIN, "--dont-fragment", "-i", "10", "-H", HOSTS[4]],
                   output="OK - .*", truth=sent_with(df=1, bytes=68), options=options)
        yield Case(f"mixed_families_in_order.{kind}", "198.18.0.9 delay=3ms\n2001:db8::9 delay=1ms\n198.18.0.10 dead",
                   [plugin, *PLAIN, "-i", "20", "2001:db8::9", "198.18.0.10", "198.18.0.9"], exit=2, options=options,
                   output=r"CRITICAL - 2001:db8::9: rta [\d.]+ms, lost 0% :: 198.18.0.10: lost 100% :: "
                          r"198.18.0.9: rta [\d.]+ms, lost 0%\|.*")
        yield Case(f"fresh_ids.{kind}", f"{BOTH} delay=1ms", options=options, output=".*",
                   command=["sh", "-c", " ".join([f"{plugin} --no-history -i 1 -H 198.18.0.9;"] * 6)],
                   truth=lambda o: ids_differ(o))


def ids_differ(outcome):
    ids = {p.id for p in outcome.probes}
    assert len(ids) >= 5, f"six runs used the ids {ids}"


def pacing_cases(plugin, sockets):
    ten = [f"198.18.0.{n}" for n in range(1, 12) if n != 1]
    for kind, options in sockets.items():
        for family, host in HOSTS.items():
            yield Case(f"interval_80_by_default.{kind}.ipv{family}", f"{BOTH} delay=1ms", [plugin, *PLAIN, "-H", host],
                       output="OK - .*", options=options, alone=True, truth=lambda o: plugin_truth.check_pace(o.probes, 80e6))
            yield Case(f"interval_30.{kind}.ipv{family}", f"{BOTH} delay=50ms", [plugin, *PLAIN, "-i", "30", "-n", "10", "-H", host],
                       output="OK - .*", options=options, alone=True, truth=lambda o: plugin_truth.check_pace(o.probes, 30e6))
        yield Case(f"interval_of_dead_hosts.{kind}", "198.18.0.9 dead", [plugin, *PLAIN, "-i", "30", "-H", HOSTS[4]], exit=2,
                   output="CRITICAL - .*", options=options, alone=True, truth=lambda o: plugin_truth.check_pace(o.probes, 30e6))
        yield Case(f"target_interval_7.{kind}", "198.18.0.0/24 delay=1ms",
                   [plugin, *PLAIN, "-n", "2", "-i", "200", "-I", "7", *ten], output="OK - .*", options=options, alone=True,
                   truth=check_target_interval)
        yield Case(f"rate_100.{kind}", "198.18.0.0/24 delay=1ms", [plugin, *PLAIN, "-n", "5", "-i", "1", "--rate", "100", *ten],
                   output="OK - .*", options=options, alone=True, truth=lambda o: plugin_truth.check_pace(o.probes, 10e6))


def check_target_interval(outcome):
    first_round = outcome.probes[:10]
    assert len({p.dst for p in first_round}) == 10, "the first ten probes do not go to ten hosts"
    # Hosts follow a schedule: one that had to wait for a busy core comes closer to the next. The
    # median says whether the interval is honoured at all.
    plugin_truth.check_pace(first_round, 7e6, short=4)
    for host in {p.dst for p in outcome.probes}:
        plugin_truth.check_pace(outcome.probes_to(host), 200e6)


def end_cases(plugin, sockets):
    for kind, options in sockets.items():
        yield Case(f"deadline_with_a_dead_host.{kind}", "198.18.0.9 dead", [plugin, *PLAIN, "-t", "2", "-n", "20", "-i", "300", "-H", HOSTS[4]],
                   exit=2, output=r"CRITICAL - 198.18.0.9: lost 100%\|.*", options=options, shortest=1.5, longest=2.1)
        yield Case(f"deadline_judges_what_came.{kind}", "198.18.0.9 delay=10ms", options=options, longest=1.1,
                   command=[plugin, *PLAIN, "-t", "1", "-n", "100", "-i", "60", "-H", HOSTS[4]],
                   output=r"OK - 198.18.0.9: rta 10\.\d+ms, lost \d(\.\d+)?%\|.*", truth=check_unsent_do_not_count)
        yield Case(f"no_probe_could_wait_its_time.{kind}", "198.18.0.9 dead", [plugin, *PLAIN, "-t", "1", "-H", HOSTS[4]],
                   exit=3, output=r"UNKNOWN - 198.18.0.9: .*", options=options, longest=1.1)
        for signal in ("TERM", "INT"):
            # 0.3 s until the signal, 0.5 s for the answer.
            yield Case(f"interrupted_by_sig{signal.lower()}.{kind}", "198.18.0.9 dead", exit=3, output=r"UNKNOWN - .*interrupted[^\n]*",
                       command=["timeout", "--preserve-status", "-s", signal, "0.3", plugin, *PLAIN, "-H", HOSTS[4]],
                       options=options, shortest=0.3, longest=0.8, alone=True)


def check_unsent_do_not_count(outcome):
    in_time(10 <= len(outcome.probes) <= 17, f"{len(outcome.probes)} probes in 1 s at 60 ms")
    lost = plugin_truth.number(r"lost ([\d.]+)%", outcome.output)
    in_flight = [p for p in outcome.probes if not p.answers[0].at]
    assert lost - 0.006 <= 100 * (len(in_flight) + 1) / len(outcome.probes), f"lost {lost} %, {len(in_flight)} were in flight"


def rights_cases(plugin, folder, sockets):
    hint = r"UNKNOWN - .*(setcap|cap_net_raw).*ping_group_range[^\n]*"
    for family, host in HOSTS.items():
        yield Case(f"no_right_at_all.ipv{family}", f"{BOTH} delay=1ms", [plugin, *PLAIN, "-H", host], exit=3, output=hint,
                   options=("--ping-sockets", "closed", "--unprivileged"), truth=nothing_sent)
    if os.geteuid() == 0 and shutil.which("setcap"):
        capable = shutil.copy(plugin, os.path.join(folder, "capable"))
        os.chmod(capable, 0o755)
        subprocess.run(["setcap", "cap_net_raw+p", capable], check=True)
        for family, host in HOSTS.items():
            yield Case(f"file_capability.ipv{family}", f"{BOTH} delay=1ms", [capable, *PLAIN, "-i", "10", "-H", host],
                       output="OK - .*", options=("--ping-sockets", "closed", "--user", ORDINARY_USER), needs_root=True,
                       truth=lambda o: len(o.probes) == 5 or nothing_sent(o))
    yield Case("ambient_capability", f"{BOTH} delay=1ms", [plugin, *PLAIN, "-i", "10", "-H", HOSTS[4]], output="OK - .*",
               options=("--ping-sockets", "closed", "--user", ORDINARY_USER, "--net-raw"), needs_root=True)
    for kind, options in sockets.items():
        yield Case(f"refused_by_the_kernel.{kind}", "device address=198.18.0.1/15 unreachable=198.18.7.0/24", options=options,
                   command=[plugin, *PLAIN, "-i", "10", "-H", "198.18.7.1"], exit=3, output=r"UNKNOWN - 198.18.7.1: [^\n]*",
                   truth=nothing_sent)


def crowd_cases(plugin, sockets):
    many = [f"198.19.{net}.{host}" for net in range(53) for host in range(1, 251)]
    thousand = many[:1000]
    checks = "for n in $(seq 10 29); do for h in 198.18.0.$n 198.18.1.$n; do " \
             f"{plugin} --no-history -H $h > /dev/null & done; done; " \
             "codes=; for job in $(jobs -p); do wait $job; codes=\"$codes $?\"; done; " \
             "echo $codes | tr ' ' '\\n' | sort | uniq -c"
    for kind, options in sockets.items():
        yield Case(f"more_than_65536_probes.{kind}", "198.18.0.0/15 delay=5ms", [plugin, *PLAIN, "-t", "50", "-i", "400", *PACE, *PATIENT, *many],
                   output=r"OK - 13250 hosts: 13250 ok\|.*", options=options, alone=True,
                   longest=55.0, truth=lambda o: counted(o, 66250))
        yield Case(f"thousand_hosts_at_50ms.{kind}", "198.18.0.0/15 delay=50ms", [plugin, *PLAIN, *PACE, *thousand],
                   output=r"OK - 1000 hosts: 1000 ok\|.*", options=options, alone=True,
                   truth=lambda o: counted(o, 5000) or no_loss(o))
        # Healthy and dead hosts alternate: replies to one check must not serve another.
        yield Case(f"forty_checks_at_once.{kind}", "198.18.0.0/24 delay=50ms\n198.18.1.0/24 dead", ["bash", "-c", checks],
                   output=r"20 0\s+20 2", options=options, alone=True)


# Binds the id of the one check that runs: the kernel would let a second ping socket have it, and take
# the replies of both, were the first one not to forbid it.
STEAL_ID = """
import socket, subprocess, sys, time
family, table, host = (socket.AF_INET6, "/proc/net/icmp6", "2001:db8::20") if sys.argv[2] == "ipv6" \
    else (socket.AF_INET, "/proc/net/icmp", "198.18.0.20")
check = subprocess.Popen([sys.argv[1], "--no-history", "-n", "8", "-i", "50", "-H", host])
rows = []
for _ in range(200):
    with open(table) as file:
        rows = file.read().splitlines()[1:]
    if rows:
        break
    time.sleep(0.005)
thief = socket.socket(family, socket.SOCK_DGRAM, 58 if family == socket.AF_INET6 else 1)
try:
    thief.bind(("", int(rows[0].split()[1].split(":")[1], 16)))
    print("stolen", flush=True)
except OSError as failure:
    print(failure.strerror, flush=True)
sys.exit(check.wait())
"""


# The name server is an address that is silent. The last word is the plugin's argument list.
UNANSWERED = ["unshare", "-m", "sh", "-c", "echo nameserver 198.18.0.50 > /tmp/pingtrail-resolv.$$ && "
              "mount --bind /tmp/pingtrail-resolv.$$ /etc/resolv.conf && rm /tmp/pingtrail-resolv.$$ && exec \"$@\"", "sh"]


def resolver_cases(plugin):
    script = "198.18.0.10 delay=5ms"
    hosts = ["hang.example", "198.18.0.10"]
    yield Case("hanging_name_is_unknown_and_holds_up_nobody", script, [*UNANSWERED, plugin, "--no-history", "-t", "6", *hosts],
               exit=3, output=r"UNKNOWN - hang\.example: name not resolved in time :: 198\.18\.0\.10: rta [\d.]+ms, lost 0%\|.*",
               needs_root=True, shortest=2.9, longest=5.9, truth=probed_early)
    yield Case("hanging_name_does_not_delay_an_early_answer", script,
               [*UNANSWERED, plugin, "--no-history", "-t", "10", "--early", "-m", "1", *hosts], exit=0,
               output=r"OK - hang\.example: name not resolved in time :: 198\.18\.0\.10: rta [\d.]+ms, lost 0%\|.*",
               needs_root=True, longest=4.5)


def probed_early(outcome):
    assert len(outcome.probes) == 5, f"{len(outcome.probes)} probes"
    late = (outcome.probes[-1].t - outcome.start) / 1e9
    in_time(late < 2.4, f"the last probe left {late:.1f} s after the start")


def identity_cases(plugin):
    for family in ("ipv4", "ipv6"):
        yield Case(f"id_belongs_to_one_check.{family}", "198.18.0.20,2001:db8::20 delay=5ms",
                   ["python3", "-c", STEAL_ID, plugin, family],
                   options=("--ping-sockets", "open"), output=r"Address already in use\nOK - [^\n]*lost 0%[^\n]*")


def counted(outcome, probes):
    assert outcome.totals["probes"] == probes, f"{outcome.totals['probes']} probes, not {probes}"


def no_loss(outcome):
    losses = [part for part in outcome.output.split() if "pl=" in part and not part.split("pl=")[1].startswith("0%")]
    assert not losses, f"loss: {losses[:5]}"


def check_accuracy(outcome):
    """Medians of many runs: the error of rta against the ground truth."""
    said = [float(line.split("rta ")[1].split("ms")[0]) * 1e6 for line in outcome.output.splitlines()]
    runs = {}
    for probe in outcome.probes:
        runs.setdefault(probe.id, []).append(probe)
    truth = [statistics.mean(plugin_truth.round_trips(run)) for run in runs.values()]
    assert len(said) == len(truth) == 20, f"{len(said)} runs, {len(truth)} ids"
    error = statistics.median(abs(s - t) for s, t in zip(said, truth))
    in_time(error < 40e3, f"median error {error / 1e3} us")


def accuracy_cases(plugin, sockets):
    for kind, options in sockets.items():
        for family, host in HOSTS.items():
            for delay in (2, 50):
                run = f"{plugin} --no-history -i 1 -H {host};"
                yield Case(f"rta_of_{delay}ms.{kind}.ipv{family}", f"{BOTH} delay={delay}ms", alone=True, options=options,
                           command=["sh", "-c", run * 20], output=".*", truth=check_accuracy)


def cases(plugin, folder, sockets):
    yield from packet_cases(plugin, sockets)
    yield from pacing_cases(plugin, sockets)
    yield from end_cases(plugin, sockets)
    yield from rights_cases(plugin, folder, sockets)
    yield from crowd_cases(plugin, sockets)
    yield from identity_cases(plugin)
    yield from resolver_cases(plugin)
    yield from accuracy_cases(plugin, sockets)
