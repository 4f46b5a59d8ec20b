#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the chain test that runs inside the fake network: starts everything, waits until the schedule
is over, asks exporter and Prometheus, ends everything. What it saw goes to BASE/seen.json.

usage: chain_inside.py BASE PACKAGING CHECK_PINGTRAIL PINGTRAIL PINGTRAIL_RRD PINGTRAIL_EXPORTER
"""
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import chain_plan  # noqa: E402
from chain_cores import IcingaCore, NagiosCore  # noqa: E402
from processes import Processes, read, wait_for, write  # noqa: E402

SCRAPE_S = 2
# A row a second: so every sample has a row of its own, and whether it is there can be seen.
RRA = "RRA_STEP=1\nRRA:AVERAGE:0.5:1:1200\nRRA:MAX:0.5:60:100\n"
PROMETHEUS_PORT = 19090


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read()


class Watched:
    """The exporters, one a core, and the Prometheus that scrapes them by the packaged configuration."""

    def __init__(self, base, packaging, exporter, cores):
        self.ports = {core.name: 19428 + i for i, core in enumerate(cores)}
        self.exporter, self.cores, self.folder = exporter, cores, os.path.join(base, "prometheus")
        targets = ", ".join(f"'127.0.0.1:{port}'" for port in self.ports.values())
        text = read(os.path.join(packaging, "prometheus", "pingtrail-prometheus.yml"))
        text = text.replace("scrape_timeout: 30s", f"scrape_timeout: {SCRAPE_S}s").replace(
            "'127.0.0.1:19428'", targets).replace("_interval: 1m", f"_interval: {SCRAPE_S}s")
        self.config = write(os.path.join(self.folder, "prometheus.yml"), text)
        write(os.path.join(self.folder, "pingtrail-rules.yml"),
              read(os.path.join(packaging, "prometheus", "pingtrail-rules.yml")))

    def start(self, processes):
        for core in self.cores:
            processes.start("exporter-" + core.name, self.exporter, "--state-dir", core.state, "--rrd-dir", core.rrd,
                            "--listen", f"127.0.0.1:{self.ports[core.name]}", "--tz", "UTC")
        processes.start("prometheus", "prometheus", f"--config.file={self.config}",
                        f"--storage.tsdb.path={self.folder}/data",
                        f"--web.listen-address=127.0.0.1:{PROMETHEUS_PORT}", "--log.level=warn")

    @staticmethod
    def ask(promql, at):
        url = f"http://127.0.0.1:{PROMETHEUS_PORT}/api/v1/query?" + urllib.parse.urlencode({"query": promql, "time": at})
        return json.loads(get(url))["data"]["result"]

    def scraped(self):
        """When the exporter that was scraped longest ago was, and could be."""
        answer = self.ask('min(timestamp(up{job="pingtrail"} == 1))', time.time())
        return float(answer[0]["value"][1]) if answer else 0.0

    def query(self, promql, at):
        """[core, host, value] of each series of an instant query."""
        cores = {f"127.0.0.1:{port}": name for name, port in self.ports.items()}
        return [[cores[r["metric"]["instance"]], r["metric"]["host"], float(r["value"][1])]
                for r in self.ask(promql, at)]

    def seen(self, begin, end):
        """What is told about [begin, end], wall-clock seconds."""
        span = f"[{int(end - begin)}s]"
        downtime = f'increase(pingtrail_downtime_seconds_total{{planned="false",series=""}}{span})'
        out = {"increase": self.query(downtime, end),
               "outages_total": self.query('pingtrail_outages_total{series=""}', end),
               "up": self.query('pingtrail_up{series=""}', end),
               "firing": self.query('ALERTS{alertname="PingtrailHostDown",alertstate="firing",series=""}', end)}
        asof = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
        out["asof"] = asof
        for core, port in self.ports.items():
            base = f"http://127.0.0.1:{port}"
            out[core] = {"page": get(f"{base}/").decode(), "host_page": get(f"{base}/host/fails-a").decode(),
                         "outages": json.loads(get(f"{base}/api/v1/outages?asof={asof}")),
                         "hosts": json.loads(get(f"{base}/api/v1/hosts?asof={asof}")),
                         "graph": get(f"{base}/graph/fails-a.png?range=4h")[:8].hex()}
        return out


class Chain:
    def __init__(self, base, packaging, plugin, pingtrail, rrd, exporter):
        self.begun = time.monotonic()
        self.base, self.pingtrail, self.rrd = base, pingtrail, rrd
        self.processes = Processes(os.path.join(base, "out"))
        self.cores = [kind(base, packaging, plugin, pingtrail) for kind in (IcingaCore, NagiosCore)]
        self.rra = write(os.path.join(base, "rra.cfg"), RRA)
        self.watched = Watched(base, packaging, exporter, self.cores)
        self.handing = threading.Event()
        self.failure = None

    def hand_over(self):
        while not self.handing.wait(0.2):
            for core in self.cores:
                core.hand_over()

    def status(self, core):
        done = subprocess.run([self.pingtrail, "status", "--json", "--state-dir", core.state], capture_output=True,
                              text=True, timeout=60, check=True)
        return {h["host"]: h["state"] for h in json.loads(done.stdout)["hosts"] if not h.get("series")}

    def as_planned(self):
        """All hosts are seen as the schedule leaves them."""
        want = {h.name: "down" if h.silences and h.silences[-1].end is None else "up" for h in chain_plan.hosts()}
        return all({h: s for h, s in self.status(core).items() if h in want} == want for core in self.cores)

    def until(self, second):
        while time.monotonic() - self.begun < second:
            time.sleep(0.2)
            self.nobody_ended()

    def nobody_ended(self):
        if self.processes.gone():
            raise AssertionError(f"ended by itself: {self.processes.gone()}\n" + "".join(c.log() for c in self.cores))

    def run(self):
        writers = [self.processes.start("rrd-" + core.name, self.rrd, "--spool", core.spool, "--rrd-dir", core.rrd,
                                        "--rra-cfg", self.rra) for core in self.cores]
        cores = [self.processes.start(core.name, *core.command()) for core in self.cores]
        self.watched.start(self.processes)
        mover = threading.Thread(target=self.hand_over)
        mover.start()
        try:
            self.until(chain_plan.QUIET_UNTIL - 10)
            early = time.time()
            self.until(chain_plan.END + 2 * chain_plan.INTERVAL)
            wait_for(self.as_planned, 40, "every host is seen as the schedule leaves it")
            self.nobody_ended()
            ended = time.monotonic()
            for process in cores:
                self.processes.end(process)
            # Checks under way outlive their core, by 1.4 s where nothing answers.
            wait_for(lambda: time.time() - max(map(self.last_record, self.cores)) > 3, 30, "no check records any more")
            last = time.time()
            wait_for(lambda: self.watched.scraped() > last, 30, "a scrape of the last state")
            seen = self.watched.seen(early, time.time())
        finally:
            self.handing.set()
            mover.join()
        for core in self.cores:
            core.hand_over(everything=True)
        wait_for(lambda: not any(self.waiting(c) for c in self.cores), 30, "the spools are drained")
        self.nobody_ended()
        for process in writers:
            if self.processes.end(process) != 0:
                raise AssertionError("pingtrail-rrd: " + self.processes.output("rrd-icinga"))
        health = {c.name: self.health(c) for c in self.cores}
        return {"ended": ended, "wall_minus_mono": time.time() - time.monotonic(), "seen": seen, "health": health,
                "log": {c.name: c.log() for c in self.cores}}

    @staticmethod
    def last_record(core):
        folder = os.path.join(core.state, "state")
        return max(os.stat(os.path.join(folder, name)).st_mtime for name in os.listdir(folder))

    def waiting(self, core):
        claimed = os.path.join(core.spool, "claimed")
        return [f for f in os.listdir(core.spool) if os.path.isfile(os.path.join(core.spool, f))] + os.listdir(claimed)

    def health(self, core):
        done = subprocess.run([self.pingtrail, "health", "--state-dir", core.state, "--spool", core.spool, "--rrd-dir",
                               core.rrd, "--free-warning", "0", "--free-critical", "0"], capture_output=True, text=True,
                              timeout=60, check=False)
        return [done.returncode, done.stdout]


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    chain = Chain(*map(os.path.abspath, sys.argv[1:7]))
    try:
        seen = chain.run()
    finally:
        chain.processes.end_all()
    write(os.path.join(chain.base, "seen.json"), json.dumps(seen))


if __name__ == "__main__":
    main()
