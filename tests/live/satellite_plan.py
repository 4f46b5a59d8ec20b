# SPDX-License-Identifier: GPL-3.0-or-later
"""The site of the satellite test: its hosts, who is silent when, and the wire to the master."""
MASTER, SATELLITE = "10.77.0.1", "10.77.0.2"
INTERVAL = 3  # s between checks
QUIET_UNTIL = 70  # s since the network's start, by when the satellite has its configuration
END = 105

# Name, address, words of the network's script, [(silent from, to)].
HOSTS = [("site-up-1", "198.18.0.11", "delay=1ms", []), ("site-up-2", "198.18.0.12", "lose=2,3", []),
         ("site-up-3", "198.18.0.13", "delay=300ms", []),
         ("site-fails", "198.18.0.14", "down=70s..92s", [(70, 92)]),
         ("site-never", "198.18.0.15", "dead", [(0, None)])]


def script():
    return "".join(f"{address} {words}\n" for _, address, words, _ in HOSTS)
