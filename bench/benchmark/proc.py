"""What the operating system counts of processes: processor time and memory."""

import os
from pathlib import Path

from failure import Failure

TICKS = os.sysconf("SC_CLK_TCK")


def family(pid):
    """A process and its children (nginx: the master and its workers)."""
    children = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit() and parent(p) == pid]
    return [pid, *children]


def parent(process):
    fields = stat(process)
    return int(fields[1]) if fields else None


def stat(process):
    """The fields of /proc/PID/stat from the state on; none when the process is gone."""
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def cpu_seconds(pids):
    """Processor time in user and kernel of all their threads, those that have ended too."""
    total = 0
    for pid in pids:
        fields = stat(Path(f"/proc/{pid}"))
        if not fields:
            raise Failure(f"process {pid} has ended in the middle of a measurement")
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory(pids, key):
    """The sum of a line of /proc/PID/status in bytes; pages that processes share count in each."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                total += int(line.split()[1]) * 1024
    return total


def rss(pids):
    return memory(pids, "VmRSS")


def peak_rss(pids):
    return memory(pids, "VmHWM")


def forget_peak(pids):
    """Lets the peak begin anew, from the present size."""
    for pid in pids:
        try:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        except PermissionError as e:
            raise Failure(f"cannot reset the memory peak of process {pid}: run this as its user or as root") from e


def listener(port):
    """The process that listens on this port of the loopback or of all addresses."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(descriptor) in inodes:
                return top(int(descriptor.parts[2]), inodes)
        except OSError:
            continue  # not ours to look at, or closed meanwhile
    raise Failure(f"cannot find the process that listens on port {port}: run this as its user or as root")


def top(pid, inodes):
    """The ancestor that holds the socket too: a worker's master."""
    above = parent(Path(f"/proc/{pid}"))
    held = Path(f"/proc/{above}/fd")
    try:
        shared = above and above > 1 and any(os.readlink(d) in inodes for d in held.iterdir())
    except OSError:
        shared = False
    return top(above, inodes) if shared else pid
