"""Loads a server with requests (wrk) and watches what it costs."""

import json
import math
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from failure import Failure, WrongAnswer

REPORT = Path(__file__).with_name("report.lua")
LONGEST_HEAD = 2048
"""More than the head of any answer has, in bytes."""


@dataclass(frozen=True)
class Sample:
    """One measurement of one server."""

    units: float
    """How much was done: requests, or GiB."""
    seconds: float
    cpu: float
    p50: Optional[float] = None
    p99: Optional[float] = None

    @property
    def rate(self):
        return self.units / self.seconds

    @property
    def cpu_per_unit(self):
        return self.cpu / self.units if self.units else math.inf


def requests(server, path, headers, expected, connections, seconds):
    """Asks the same again and again on kept connections; every answer must have been whole."""
    threads = max(1, min(connections, (os.cpu_count() or 2) // 2))
    command = ["wrk", "-t", threads, "-c", connections, "-d", f"{seconds}s", "--timeout", "20s"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    command += ["-s", REPORT, server.base + path]
    before = server.cpu_seconds()
    report = run(command)
    cpu = server.cpu_seconds() - before
    counted = next((json.loads(line[5:]) for line in report.splitlines() if line.startswith("JSON ")), None)
    if counted is None:
        raise Failure(f"wrk says nothing of its requests:\n{report}")
    check(server, path, counted, expected, connections)
    elapsed = counted["microseconds"] / 1e6
    if not counted["requests"]:
        # Too slow for the time is not wrong; each request took longer than that.
        return Sample(0, elapsed, cpu, elapsed, elapsed)
    return Sample(counted["requests"], elapsed, cpu, counted["p50"] / 1e6, counted["p99"] / 1e6)


def check(server, path, counted, expected, connections):
    where = f"{server.base}{path} under load"
    errors = {kind: counted[kind] for kind in ("connect", "read", "write", "status", "timeout") if counted[kind]}
    if errors:
        raise WrongAnswer(f"{where}: wrk counted errors: {errors}")
    # Connections are cut in the middle of an answer when the time is over, hence a range.
    least = counted["requests"] * expected.length
    most = (counted["requests"] + connections) * (expected.length + LONGEST_HEAD)
    if not least <= counted["bytes"] <= most:
        raise WrongAnswer(
            f"{where}: {counted['requests']} answers of {expected.length} bytes have"
            f" {counted['bytes']} bytes together, which cannot be"
        )


def run(command):
    """The output of a tool, which must succeed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise Failure(f"{' '.join(words)}: exit code {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
