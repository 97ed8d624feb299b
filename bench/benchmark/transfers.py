"""Downloads and uploads of files by curl."""

import hashlib
import subprocess
import time
from contextlib import contextmanager

from failure import WrongAnswer
from load import Sample, run

GIB = 1 << 30
COUNTED = "%{http_code} %{size_download}\n"
LONGEST = 300
"""Seconds for one transfer."""
STALLED = 30
"""Seconds in which not a byte comes."""


def curl(server, over_unix):
    """The words that every request begins with; --disable leaves out the user's .curlrc."""
    limits = ["--max-time", LONGEST, "--speed-time", STALLED, "--speed-limit", 1]
    way = ["--unix-socket", server.unix] if over_unix else server.tls or []
    return ["curl", "--disable", "-sS", "--http1.1", *limits, *way]


def check(server, file, over_unix):
    """Downloads a file once and compares its bytes."""
    digest = hashlib.sha1()
    length = 0
    with started([[*curl(server, over_unix), "--fail", server.base + file.url_path]]) as (download,):
        for part in iter(lambda: download.stdout.read(1 << 20), b""):
            digest.update(part)
            length += len(part)
        complaint = download.stderr.read().decode(errors="replace").strip()
    where = f"GET {server.base}{file.url_path}"
    if download.returncode:
        raise WrongAnswer(f"{where}: {complaint}")
    if (length, digest.hexdigest()) != (file.size, file.sha1):
        raise WrongAnswer(
            f"{where}: {length} bytes with sha1 {digest.hexdigest()} instead of {file.size} with {file.sha1}"
        )


def download(server, files, clients, over_unix=False):
    """Lets each of some curl processes download its share of the files, all at the same time."""
    shares = [files[n::clients] for n in range(clients)]
    cpu = server.cpu_seconds()
    begin = time.monotonic()
    with started([words(server, share, over_unix) for share in shares]) as downloads:
        outputs = [process.communicate() for process in downloads]
    seconds = time.monotonic() - begin
    used = server.cpu_seconds() - cpu
    for share, (output, complaint) in zip(shares, outputs):
        answered = sorted(output.decode().split("\n")[:-1])
        wanted = sorted(f"200 {file.size}" for file in share)
        if answered != wanted:
            raise WrongAnswer(
                f"{server.name}: downloads ended as {answered[:3]} instead of {wanted[:3]}:"
                f" {complaint.decode(errors='replace').strip()[:300]}"
            )
    return Sample(sum(file.size for file in files) / GIB, seconds, used)


def words(server, share, over_unix):
    """All files of a share at the same time."""
    command = [*curl(server, over_unix), "-w", COUNTED]
    if len(share) > 1:
        command += ["--parallel", "--parallel-immediate", "--parallel-max", len(share)]
    for file in share:
        command += ["-o", "/dev/null", server.base + file.url_path]
    return command


@contextmanager
def started(commands):
    """Processes that have ended when this is left, whatever happens."""
    processes = []
    try:
        for command in commands:
            words = [str(word) for word in command]
            processes.append(
                subprocess.Popen(
                    words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
                )
            )
        yield processes
        for process in processes:
            process.wait()
    finally:
        for process in processes:
            process.kill()
            process.wait()
            process.stdout.close()
            process.stderr.close()
