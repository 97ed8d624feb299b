"""One Markdown table: what was measured, beside what it should be."""

import math
import statistics
from dataclasses import dataclass, field
from typing import Optional

UNKNOWN = "–"


@dataclass(frozen=True)
class Goal:
    """What should be reached, and whether it was."""

    text: str
    met: bool


def at_least(what, value, limit, unit=""):
    return Goal(f"{what} ≥ {limit:g}{unit}", value >= limit)


def at_most(what, value, limit, unit=""):
    return Goal(f"{what} ≤ {limit:g}{unit}", value <= limit)


@dataclass
class Row:
    """A work's results. Texts with their units; pairs are of the reference and of the server measured."""

    name: str
    title: str
    reference: str = UNKNOWN
    measured: str = UNKNOWN
    ratio: Optional[float] = None
    goals: list = field(default_factory=list)
    latency: tuple = (UNKNOWN, UNKNOWN)
    cpu: tuple = (UNKNOWN, UNKNOWN)
    memory: tuple = (UNKNOWN, UNKNOWN)

    def cells(self):
        missed = [goal.text for goal in self.goals if not goal.met]
        return (
            self.name,
            self.title,
            self.reference,
            self.measured,
            UNKNOWN if self.ratio is None else f"{self.ratio:.2f}" if self.ratio >= 0.1 else f"{self.ratio:.1g}",
            ", ".join(goal.text for goal in self.goals) or UNKNOWN,
            UNKNOWN if not self.goals else "met" if not missed else "**missed** " + ", ".join(missed),
            *self.latency,
            *self.cpu,
            *self.memory,
        )


def markdown(rows, measured):
    heads = (
        "Work",
        "",
        "nginx",
        measured,
        "Ratio",
        "Goal",
        "",
        "p50 / p99 nginx",
        f"p50 / p99 {measured}",
        "CPU nginx",
        f"CPU {measured}",
        "RSS nginx",
        f"RSS {measured}",
    )
    lines = [heads, ["---"] * len(heads), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def median(values):
    return statistics.median(values)


def median_ratio(pairs, figure):
    """The median over the rounds of measured / reference; each round's two follow each other."""
    return median([ratio(figure(measured), figure(reference)) for reference, measured in pairs])


def ratio(measured, reference):
    """Below the system clock's tick, processor time reads as nothing."""
    return measured / reference if reference else float("inf") if measured else 1.0


def seconds(value):
    """A time in the unit that fits."""
    if value < 0.001:
        return f"{value * 1e6:.0f} µs"
    if value < 1:
        return f"{value * 1e3:.1f} ms" if value < 0.1 else f"{value * 1e3:.0f} ms"
    return f"{value:.2f} s"


def mebibytes(value):
    return f"{value / (1 << 20):.0f} MiB"


def percentile(values, percent):
    """The least value that so many percent do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(times):
    """p50 and p99 of times in seconds."""
    return f"{seconds(percentile(times, 50))} / {seconds(percentile(times, 99))}"


def latencies(samples):
    return f"{seconds(median([s.p50 for s in samples]))} / {seconds(median([s.p99 for s in samples]))}"
