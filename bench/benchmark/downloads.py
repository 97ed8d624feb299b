"""Files: how fast they come, what a GiB costs, and that the kernel moves the bytes."""

import os
import shutil
import signal
import subprocess
import time

import table
import transfers
from failure import Failure, WrongAnswer
from images import SMALL_FILE
from work import Work

PARALLEL = 8
CLIENTS = 2
"""curl processes that share the small files."""


def works(size):
    yield Work("file", size, lambda site: [large(site, "file", 1, False)], is_foreign=True)
    yield Work("file-parallel", size, lambda site: [large(site, "file-parallel", PARALLEL, False)], is_foreign=True)
    yield Work("file-unix", size, lambda site: [large(site, "file-unix", 1, True)])
    yield Work("file-unix-parallel", size, lambda site: [large(site, "file-unix-parallel", PARALLEL, True)])
    yield Work("files-small", size, small)
    yield Work("sendfile", size, system_calls)


def large(site, name, streams, over_unix):
    file = site.files[0]
    size = f"{file.size / transfers.GIB:.3g} GiB"
    way = "unix socket" if over_unix else "TCP"
    title = f"file of {size}, {streams} at once, {way}" if streams > 1 else f"file of {size}, {way}"
    # A request of its own for each: clients of the same file are what is asked for.
    return row(site, name, title, [file] * streams, streams, over_unix, cpu_goal=1.2, ratio_goal=0.95)


def small(site):
    files = [file for file in site.files if file.size == SMALL_FILE]
    title = f"{len(files)} files of {SMALL_FILE >> 20} MiB at once, TCP"
    return [row(site, "files-small", title, files, CLIENTS, False, cpu_goal=None, ratio_goal=0.9)]


def row(site, name, title, files, clients, over_unix, cpu_goal, ratio_goal):
    for server in site.both():
        # Also brings the bytes into the page cache, for both: it is the same file.
        transfers.check(server, files[0], over_unix)
        transfers.download(server, files, clients, over_unix)
    pairs = site.rounds(lambda server: transfers.download(server, files, clients, over_unix))
    memory = site.memory()
    for server in site.both():
        transfers.check(server, files[-1], over_unix)
    ratio = table.median_ratio(pairs, lambda sample: sample.rate)
    # The clock of processor time is coarse: the sums over all rounds are compared.
    cost = table.ratio(*(sum(sample.cpu for sample in side) for side in reversed(list(zip(*pairs)))))
    goals = [table.at_least("ratio", ratio, ratio_goal)] if ratio_goal else []
    if cpu_goal:
        goals.append(table.at_most("CPU", cost, cpu_goal, "×"))
    references, measured = zip(*pairs)
    return table.Row(
        name=name,
        title=title,
        reference=rate(references),
        measured=rate(measured),
        ratio=ratio,
        goals=goals,
        cpu=(cpu(references), cpu(measured)),
        memory=memory,
    )


def rate(samples):
    return f"{table.median([sample.rate for sample in samples]):.2f} GiB/s"


def cpu(samples):
    return f"{sum(s.cpu for s in samples) / sum(s.units for s in samples):.3f} s/GiB"


def system_calls(site):
    """Counts the calls that move the bytes of one download over TCP."""
    if not shutil.which("strace"):
        raise Failure("strace is missing, which counts system calls: apt-get install strace")
    file = site.files[0]
    reference, measured = (traced(site, server, file) for server in site.both())
    by_kernel = measured["sendfile"] > 0 and measured["bytes"] < file.size // 100
    return [
        table.Row(
            name="sendfile",
            title="system calls of one download over TCP",
            reference=described(reference),
            measured=described(measured),
            goals=[table.Goal("no copy through user space", by_kernel)],
        )
    ]


def described(counts):
    return f"sendfile {counts['sendfile']}, write {counts['write']} with {counts['bytes']:,} bytes"


def traced(site, server, file):
    """How often the server called sendfile and the calls that write, and how many bytes the latter wrote."""
    log = site.scratch / f"strace-{'reference' if server is site.reference else 'measured'}.txt"
    attach = [word for pid in server.pids() for word in ("-p", str(pid))]
    command = ["strace", "-f", "-qq", "-e", "trace=sendfile,write,writev,sendto,sendmsg", "-o", str(log), *attach]
    strace = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
    try:
        await_tracer(server, strace)
        transfers.check(server, file, False)
    finally:
        strace.send_signal(signal.SIGINT)
        complaint = strace.communicate(timeout=20)[1].decode(errors="replace").strip()
    counts = {"sendfile": 0, "write": 0, "bytes": 0}
    for line in log.read_text(errors="replace").splitlines():
        call, _, result = line.partition("(")
        outcome = result.rpartition("= ")[2].split()
        if "sendfile" in line and outcome and outcome[0].isdigit():
            counts["sendfile"] += 1
        elif outcome and outcome[0].isdigit() and any(name in call for name in ("write", "sendto", "sendmsg")):
            counts["write"] += 1
            counts["bytes"] += int(outcome[0])
    if not counts["write"]:
        raise WrongAnswer(f"strace saw no answer of {server.name}: {complaint or 'it may not be traced'}")
    return counts


def await_tracer(server, strace):
    """Waits until each thread is traced."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if strace.poll() is not None:
            raise Failure(f"strace cannot trace {server.name}: {strace.stderr.read().decode().strip()}")
        if all(is_traced(pid, thread) for pid in server.pids() for thread in threads(pid)):
            return
        time.sleep(0.02)
    raise Failure(f"strace does not get hold of {server.name}")


def threads(pid):
    return os.listdir(f"/proc/{pid}/task")


def is_traced(pid, thread):
    try:
        with open(f"/proc/{pid}/task/{thread}/status") as status:
            return any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in status)
    except FileNotFoundError:
        return True
