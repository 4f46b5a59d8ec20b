# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines with their exit code and whole output, as tables.

Outputs are compared whole after filter_numbers(), which turns what varies from run to run into T:
every time in ms or s with three or more decimals, and check_ping's two decimals in "RTA = ". Exit
codes: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
"""
import re

TIMES = [
    # (what, with): perfdata and text times; limits behind a ';' stay as they are.
    (re.compile(r"(rta|rtmax|rtmin|rtmed|jitter|jitter_avg|jitter_max|jitter_min)=\d+\.\d{3,6}(ms|s|;)"),
     r"\1=T\2"),
    (re.compile(r"rta=\d+\.\d{6} ms"), "rta=T ms"),
    (re.compile(r"\b(rta|jitter) \d+\.\d{3}ms"), r"\1 Tms"),
    (re.compile(r"RTA = \d+\.\d{2} ms"), "RTA = T ms"),
    (re.compile(r"jitter (\d+\.\d{3}/){4}\d+\.\d{3} ms"), "jitter T ms"),
    (re.compile(r"(probe \d+): \d+\.\d{3}ms"), r"\1: Tms"),
]


def filter_numbers(text):
    for pattern, replacement in TIMES:
        text = pattern.sub(replacement, text)
    return text


REST = "rtmax=Tms;;;; rtmin=Tms;;;;"
OK_PERFDATA = f"rta=Tms;200.000;500.000;0; pl=0%;40;80;; {REST}"
ALL_U = "rtmax=U;;;; rtmin=U;;;;"
DEAD_PERFDATA = f"rta=U;200.000;500.000;0; pl=100%;40;80;; {ALL_U}"
UNTRIED_PERFDATA = f"rta=U;200.000;500.000;0; pl=U;40;80;; {ALL_U}"


def hosts_perfdata(*names):
    return " ".join(f"{n}rta=Tms;200.000;500.000;0; {n}pl=0%;40;80;; {n}rtmax=Tms;;;; {n}rtmin=Tms;;;;"
                    for n in names)


# 127.0.0.1, 192.0.2.7 and ::1 answer; 192.0.2.128/25 answers nothing; 198.51.100.0/24 has no route.
GOOD = [
    ("check_pingtrail 127.0.0.1", 0, f"OK - 127.0.0.1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_pingtrail -H ::1 -i 0", 0, f"OK - ::1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_pingtrail -6 -n 1 ::1", 0, f"OK - ::1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_pingtrail -n1 -w 0us,100% 127.0.0.1", 3,
     "UNKNOWN - packet loss: warning 100 is above critical 80\n"),
    ("check_pingtrail -n 1 -w 0us,80% 127.0.0.1", 1,
     f"WARNING - 127.0.0.1: rta Tms, lost 0%|rta=Tms;0.000;500.000;0; pl=0%;80;80;; {REST}\n"),
    ("check_pingtrail -n 1 -w 0us -c 0us,0% 127.0.0.1", 3,
     "UNKNOWN - packet loss: warning 40 is above critical 0\n"),
    ("check_pingtrail -n 1 -w 0us,0% -c 0.000,0% 127.0.0.1", 2,
     f"CRITICAL - 127.0.0.1: rta Tms, lost 0%|rta=Tms;0.000;0.000;0; pl=0%;0;0;; {REST}\n"),
    ("check_pingtrail -i0 127.0.0.1 192.0.2.7 ::1", 0,
     "OK - 127.0.0.1: rta Tms, lost 0% :: 192.0.2.7: rta Tms, lost 0% :: ::1: rta Tms, lost 0%|"
     + hosts_perfdata("127.0.0.1", "192.0.2.7", "::1") + "\n"),
    ("check_pingtrail -i 0 192.0.2.200", 2, f"CRITICAL - 192.0.2.200: lost 100%|{DEAD_PERFDATA}\n"),
    ("check_pingtrail -i 0 198.51.100.1", 3,
     "UNKNOWN - 198.51.100.1: could not be tried: Network is unreachable|"
     f"{UNTRIED_PERFDATA}\n"),
    ("check_pingtrail -i 0 -m 1 127.0.0.1 192.0.2.200", 0,
     "OK - 127.0.0.1: rta Tms, lost 0% :: 192.0.2.200: lost 100%|"
     + hosts_perfdata("127.0.0.1") + " 192.0.2.200rta=U;200.000;500.000;0; "
     "192.0.2.200pl=100%;40;80;; 192.0.2.200rtmax=U;;;; 192.0.2.200rtmin=U;;;;\n"),
    ("check_pingtrail -i 0 -m 1 --early 127.0.0.1 192.0.2.200", 0,
     "OK - 127.0.0.1: rta Tms, lost 0% :: 192.0.2.200: not awaited, the answer was settled|"
     + hosts_perfdata("127.0.0.1") + " 192.0.2.200rta=U;200.000;500.000;0; "
     "192.0.2.200pl=U;40;80;; 192.0.2.200rtmax=U;;;; 192.0.2.200rtmin=U;;;;\n"),
    ("check_pingtrail -i 0 --perfdata full 127.0.0.1", 0,
     f"OK - 127.0.0.1: rta Tms, lost 0%|rta=Tms;200.000;500.000;0; pl=0%;40;80;0;100 {REST} "
     "rtmed=Tms;;;; jitter=Tms;;;0;\n"),
    ("check_pingtrail -i 0 -J 10s,20s -M 2,1 -S 20,10 -O 127.0.0.1", 0,
     "OK - 127.0.0.1: rta Tms, lost 0%, jitter Tms, MOS 4.4, score 93, out of order 0|"
     f"rta=Tms;;;0; pl=0%;;;; {REST} jitter_avg=Tms;10000.000;20000.000;0; jitter_max=Tms;;;; "
     "jitter_min=Tms;;;; mos=4.4;2;1;0;5 score=93;20;10;0;100\n"),
    ("check_pingtrail -n 2 -vv -i 0 127.0.0.1", 0,
     f"OK - 127.0.0.1: rta Tms, lost 0%|{OK_PERFDATA}\n"
     "127.0.0.1: sent 2, received 2, min/avg/median/max/jitter T ms, duplicates 0, late 0, "
     "corrupted 0, out of order 0, errors 0\n"
     "127.0.0.1: probe 1: Tms\n127.0.0.1: probe 2: Tms\n"),
    ("check_pingtrail -t 1 -n 1000 -i 1 127.0.0.1", 0, f"OK - 127.0.0.1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_pingtrail -i0 127.0.0.1 -H 127.0.0.1", 0, f"OK - 127.0.0.1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_pingtrail 0x7f000001", 3, f"UNKNOWN - 0x7f000001: not a valid address|{UNTRIED_PERFDATA}\n"),
    ("check_pingtrail 0x7f.1", 3, f"UNKNOWN - 0x7f.1: not a valid address|{UNTRIED_PERFDATA}\n"),
    ("check_pingtrail ::ffff:127.0.0.1", 3, "UNKNOWN - ::ffff:127.0.0.1: an IPv4 address in IPv6's clothes; "
     f"give it as 127.0.0.1|{UNTRIED_PERFDATA}\n"),
    ("check_pingtrail -n 1 -J 10s,20s 127.0.0.1", 0, "OK - 127.0.0.1: rta Tms, lost 0%|rta=Tms;;;0; pl=0%;;;; "
     f"{REST} jitter_avg=U;10000.000;20000.000;0; jitter_max=U;;;; jitter_min=U;;;;\n"),
    ("check_pingtrail -t 0.3 192.0.2.200", 3,
     "UNKNOWN - 192.0.2.200: no probe could wait its time before the timeout|"
     f"{UNTRIED_PERFDATA}\n"),
    ("check_pingtrail --extra-opts=short@{tmp}/good.ini 127.0.0.1", 0,
     f"OK - 127.0.0.1: rta Tms, lost 0%|rta=Tms;100.000;500.000;0; pl=0%;20;80;; {REST}\n"),
    ("check_pingtrail --extra-opts=@{tmp}/good.ini", 0,
     f"OK - ::1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_pingtrail -b 0 -l 3 --tos 16 -i 0 127.0.0.1", 0,
     f"OK - 127.0.0.1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_pingtrail -b 65507 -n 1 127.0.0.1", 0,
     f"OK - 127.0.0.1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_pingtrail --dscp=ef --rate 1000 -s 127.0.0.1 -i 0 -- 127.0.0.1", 0,
     f"OK - 127.0.0.1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_icmp -H 127.0.0.1 -w 100,5% -c 200,15% -n 5 -i 0 -I 0 -m 1 -b 68 -t 10 -l 64", 0,
     f"OK - 127.0.0.1: rta Tms, lost 0%|rta=Tms;100.000;200.000;0; pl=0%;5;15;; {REST}\n"),
    ("check_icmp -i 0 192.0.2.200", 2,
     f"CRITICAL - 192.0.2.200: rta nan, lost 100%|{DEAD_PERFDATA}\n"),
    ("check_icmp -i 0 -H 127.0.0.1 192.0.2.7", 0,
     "OK - 127.0.0.1: rta Tms, lost 0% :: 192.0.2.7: rta Tms, lost 0%|"
     + hosts_perfdata("127.0.0.1", "192.0.2.7") + "\n"),
    ("check_host 192.0.2.200 127.0.0.1", 0,
     "OK - 127.0.0.1 responds to ICMP. Packet 1, rta Tms|pkt=1;;;0;5 rta=T;1000.000;1000.000;;\n"),
    ("check_rta_multi -i 0 127.0.0.1", 0, f"OK - 127.0.0.1: rta Tms, lost 0%|{OK_PERFDATA}\n"),
    ("check_ping -H 127.0.0.1 -w 100.0,20% -c 500.0,60% -p 2", 0,
     "PING OK - Packet loss = 0%, RTA = T ms|"
     "rta=Tms;100.000000;500.000000;0.000000 pl=0%;20;60;0;\n"),
    ("check_ping 127.0.0.1 20 60 100 500 2", 0,
     "PING OK - Packet loss = 0%, RTA = T ms|"
     "rta=Tms;100.000000;500.000000;0.000000 pl=0%;20;60;0;\n"),
    ("check_ping -4 -H 127.0.0.1 -w 3000.0,80% -c 5000.0,100% -p 1 -L", 0,
     "<A HREF='/nagios/cgi-bin/traceroute.cgi?127.0.0.1'>PING OK - Packet loss = 0%, RTA = T ms</A>|"
     "rta=Tms;3000.000000;5000.000000;0.000000 pl=0%;80;100;0;\n"),
    ("check_ping -H 192.0.2.200 -w 100,20% -c 500,60% -p 1", 2,
     "PING CRITICAL - Packet loss = 100%|rta=U;100.000000;500.000000;; pl=100%;20;60;0;\n"),
    ("check_fping 127.0.0.1", 0,
     "FPING OK - 127.0.0.1 (loss=0%, rta=T ms)|loss=0%;;;0;100 rta=Ts;;;0.000000\n"),
    ("check_fping ::1 -6 -w 100,5% -c 200,15% -n 2 -i 10 -b 56 -T 500", 0,
     "FPING OK - ::1 (loss=0%, rta=T ms)|loss=0%;5;15;0;100 rta=Ts;0.100000;0.200000;0.000000\n"),
    ("check_fping -H 127.0.0.1 -a", 0,
     "FPING OK - 127.0.0.1 (rta=T ms)|rta=Ts;;;0.000000\n"),
    ("check_fping 192.0.2.200 -c 60%", 2,
     "FPING CRITICAL - 192.0.2.200 (loss=100% )|loss=100%;;60;0;100 rta=U;;;0.000000\n"),
    ("check_pingtrail -V", 3, "check_pingtrail {version}\n"),
    ("check_icmp --version", 3, "check_icmp (pingtrail {version})\n"),
]

# Each is UNKNOWN with this one line, and nothing is sent.
BAD = [
    ("check_pingtrail", "host: none given (use -H HOST)"),
    ("check_pingtrail -H", "--host: needs a value"),
    ("check_pingtrail -H ''", "host: '' is not a name or address"),
    ("check_pingtrail 'a b'", "host: 'a b' is not a name or address"),
    ("check_pingtrail 'a\nb'", "host: 'a?b' is not a name or address"),
    ("check_pingtrail --no-such 127.0.0.1", "--no-such: no such option"),
    ("check_pingtrail -x 127.0.0.1", "-x: no such option"),
    ("check_pingtrail --n 3 127.0.0.1", "--n: may mean --number-of-packets or --no-history"),
    ("check_pingtrail --early=yes 127.0.0.1", "--early: takes no value"),
    ("check_pingtrail -n 0 127.0.0.1", "-n: '0' is not a whole number from 1 to 1000"),
    ("check_pingtrail -n 1001 127.0.0.1", "-n: '1001' is not a whole number from 1 to 1000"),
    ("check_pingtrail -n 5x 127.0.0.1", "-n: '5x' is not a whole number from 1 to 1000"),
    ("check_pingtrail -n 99999999999999999999 127.0.0.1",
     "-n: '99999999999999999999' is not a whole number from 1 to 1000"),
    ("check_pingtrail -p -1 127.0.0.1", "-p: '-1' is not a whole number from 1 to 1000"),
    ("check_pingtrail -w abc 127.0.0.1",
     "-w: 'abc' is not a time (a number, then us, ms or s; ms if none)"),
    ("check_pingtrail -w 010x,5% 127.0.0.1",
     "-w: '010x' is not a time (a number, then us, ms or s; ms if none)"),
    ("check_pingtrail -w nan,5% 127.0.0.1",
     "-w: 'nan' is not a time (a number, then us, ms or s; ms if none)"),
    ("check_pingtrail -w 1e3,5% 127.0.0.1",
     "-w: '1e3' is not a time (a number, then us, ms or s; ms if none)"),
    ("check_pingtrail -c 500,300% 127.0.0.1", "-c: '300%' is not a loss from 0% to 100%"),
    ("check_pingtrail -c 500,-1% 127.0.0.1", "-c: '-1%' is not a loss from 0% to 100%"),
    ("check_pingtrail -w 600,20% 127.0.0.1", "rta: warning 600ms is above critical 500ms"),
    ("check_pingtrail -w 100,90% 127.0.0.1", "packet loss: warning 90 is above critical 80"),
    ("check_pingtrail -R 100 127.0.0.1", "-R: '100' is not a pair WARN,CRIT"),
    ("check_pingtrail -J 5,x 127.0.0.1",
     "-J: 'x' is not a time (a number, then us, ms or s; ms if none)"),
    ("check_pingtrail -P 20%,101% 127.0.0.1", "-P: '101%' is not a loss from 0% to 100%"),
    ("check_pingtrail -M 3,4 127.0.0.1", "MOS: warning 3 is below critical 4"),
    ("check_pingtrail -M 6,3 127.0.0.1", "-M: '6' is not a number from 0 to 5"),
    ("check_pingtrail -S 70,80 127.0.0.1", "score: warning 70 is below critical 80"),
    ("check_pingtrail -i -5 127.0.0.1",
     "-i: '-5' is not a time (a number, then us, ms or s; ms if none)"),
    ("check_pingtrail -I 1h 127.0.0.1",
     "-I: '1h' is not a time (a number, then us, ms or s; ms if none)"),
    ("check_pingtrail -t 0 127.0.0.1", "-t: '0' is not a number of seconds above 0 and at most 86400"),
    ("check_pingtrail -m 2 127.0.0.1", "-m: 2 of 1 hosts cannot be alive"),
    ("check_pingtrail -m -1 127.0.0.1", "-m: '-1' is not a whole number from 0 to 1000000"),
    ("check_pingtrail -l 0 127.0.0.1", "-l: '0' is not a whole number from 1 to 255"),
    ("check_pingtrail -l 256 127.0.0.1", "-l: '256' is not a whole number from 1 to 255"),
    ("check_pingtrail -b 65508 127.0.0.1", "-b: '65508' is not a whole number from 0 to 65507"),
    ("check_pingtrail --tos 256 127.0.0.1", "--tos: '256' is not a whole number from 0 to 255"),
    ("check_pingtrail --dscp AF44 127.0.0.1",
     "--dscp: 'AF44' is not a DSCP (0 to 63, or a name like EF or AF41)"),
    ("check_pingtrail --rate 0 127.0.0.1", "--rate: '0' is not a number from 0.001 to 10000000"),
    ("check_pingtrail --fwmark 0x 127.0.0.1", "--fwmark: '0x' is not a mark from 0 to 4294967295 (or 0x...)"),
    ("check_pingtrail -4 -6 127.0.0.1", "-6: -4 and -6 exclude each other"),
    ("check_pingtrail -4 ::1", "-4: '::1' is an address of the other family"),
    ("check_pingtrail -6 127.0.0.1", "-6: '127.0.0.1' is an address of the other family"),
    ("check_pingtrail --perfdata some 127.0.0.1", "--perfdata: 'some' is not compat or full"),
    ("check_pingtrail --name x 127.0.0.1 ::1", "--name: one name does not fit several hosts"),
    ("check_pingtrail --down-critical soon 127.0.0.1",
     "--down-critical: 'soon' is not a duration (a number, then s, m, h or d; s if none)"),
    ("check_pingtrail --down-warning 2h --down-critical 1h 127.0.0.1",
     "--down-warning: 0 days 02:00:00 is above --down-critical 0 days 01:00:00"),
    ("check_pingtrail --extra-opts=@{tmp}/none.ini 127.0.0.1",
     "{tmp}/none.ini: No such file or directory"),
    ("check_pingtrail --extra-opts=nowhere@{tmp}/good.ini 127.0.0.1",
     "{tmp}/good.ini: no section [nowhere]"),
    ("check_pingtrail --extra-opts=s@{tmp}/bad.ini 127.0.0.1",
     "{tmp}/bad.ini: line 3: -n: 'many' is not a whole number from 1 to 1000"),
    ("check_icmp --output-format=xml 127.0.0.1",
     "--output-format: 'xml' is not one of one-line, multi-line, icingaweb2, summary-only"),
    ("check_icmp --all-addresses 127.0.0.1", "--all-addresses: no such option"),
    ("check_pingtrail --no-history --all-addresses -m 2 127.0.0.1",
     "-m: 2 of 1 addresses cannot be alive"),
    ("check_ping -H 127.0.0.1", "check_ping: -w and -c must both be given"),
    ("check_ping -H 127.0.0.1 -w 100,20 -c 500,60%", "-w: '100,20' is not a pair RTA,PL% with one percentage"),
    ("check_ping 127.0.0.1 20 60 100", "'20': one host only; without options give HOST WPL CPL WRTA CRTA [PACKETS]"),
    ("check_ping 127.0.0.1 20 60 100 500 0", "PACKETS: '0' is not a whole number from 1 to 1000"),
    ("check_fping", "host: none given (use -H HOST)"),
    ("check_fping 127.0.0.1 ::1", "host: '::1' is a second host; one is taken"),
    ("check_fping 127.0.0.1 -w 10%,20%", "-w: '10%,20%' is not a pair RTA,PL% with one percentage"),
    ("check_fping 127.0.0.1 -T 0", "-T: '0' is not a time above 0"),
]

# Run with both programs; text and perfdata must be equal once the numbers are filtered.
PEERS = [
    "check_icmp 127.0.0.1",
    "check_icmp -H 127.0.0.1 -w 100,5% -c 200,15% -n 3 -i 1",
    "check_icmp -H 127.0.0.1 192.0.2.7 -n 2",
    "check_icmp -m 1 127.0.0.1 192.0.2.7",
    "check_host 127.0.0.1",
    "check_host 127.0.0.1 192.0.2.7",
    "check_rta_multi 127.0.0.1 192.0.2.7",
    "check_ping -H 127.0.0.1 -w 100.0,20% -c 500.0,60% -p 2",
    "check_ping -4 -H 127.0.0.1 -w 3000.0,80% -c 5000.0,100% -p 1 -L",
    "check_ping 127.0.0.1 20 60 100 500 1",
    "check_fping 127.0.0.1",
    "check_fping 127.0.0.1 -w 100,5% -c 200,15% -n 2 -i 10",
    "check_fping -H 127.0.0.1 -n 2 -c 20%",
    "check_fping -H 127.0.0.1 -a",
]
