"""Many connections: what one costs while it waits, and that all are served."""

import resource
import socket
from contextlib import ExitStack
from urllib.parse import urlsplit

import load
import proc
import table
from failure import Failure, WrongAnswer
from work import Work

KIB = 1024
LONGEST = 16
"""KiB of memory for each connection."""
PATIENCE = 20


def works(size):
    yield Work("idle", size, idle, is_foreign=True)
    yield Work("active", size, active, is_foreign=True)


def allow_many(count):
    """Lets this process and those that it starts have so many files open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count + 200:
        raise Failure(f"{count} connections need that many open files, but the limit is {hard}: raise it (ulimit -Hn)")
    if soft != resource.RLIM_INFINITY and soft < count + 200:
        resource.setrlimit(resource.RLIMIT_NOFILE, (count + 200, hard))


def idle(site):
    """Each connection is used once, stays open, and is used again at the end."""
    wanted = site.options.connections
    costs = {}
    for server in site.both():
        costs[server.name] = with_open(site, server, wanted)
    reference, measured = (costs[server.name] / wanted / KIB for server in site.both())
    return [
        table.Row(
            name="idle",
            title=f"{wanted:,} idle connections, memory of each",
            reference=f"{reference:.1f} KiB",
            measured=f"{measured:.1f} KiB",
            goals=[table.at_most("each", measured, LONGEST, " KiB")],
            memory=site.memory(),
        )
    ]


def with_open(site, server, wanted):
    """By how many bytes the server's memory grows while these connections wait. A heap that was used before hides
    what fits into it: what is seen is what an operator sees of them."""
    path = "/ping" if server is site.measured else site.resource("ping.json", "/ping").reference_path
    before = proc.rss(server.pids())
    with ExitStack() as closing:
        sockets = [closing.enter_context(connected(server)) for _ in range(wanted)]
        for connection in sockets:
            ask(server, connection, path)
        grown = proc.rss(server.pids()) - before
        for connection in sockets:
            ask(server, connection, path)
    return grown


def connected(server):
    url = urlsplit(server.base)
    return socket.create_connection((url.hostname, url.port), timeout=PATIENCE)


def ask(server, connection, path):
    """One request on a connection that stays open."""
    try:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
        seen = b""
        while b"}" not in seen.partition(b"\r\n\r\n")[2]:
            part = connection.recv(4096)
            if not part:
                raise WrongAnswer(f"{server.name} closed one of many connections")
            seen += part
    except OSError as e:
        raise WrongAnswer(f"{server.name} does not serve one of many connections: {e}") from e
    if not seen.startswith(b"HTTP/1.1 200 "):
        raise WrongAnswer(f"{server.name} answers {path} on one of many connections with {seen[:40]!r}")


def active(site):
    """All connections ask all the time; wrk counts an error for each that is not served."""
    wanted = site.options.connections
    pings = site.resource("ping.json", "/ping")
    paths = dict(zip((s.name for s in site.both()), (pings.reference_path, pings.path)))

    def measure(server):
        return load.requests(server, paths[server.name], pings.headers, pings.expected, wanted, site.options.seconds)

    before = proc.rss(site.measured.pids())
    proc.forget_peak(site.measured.pids())
    for server in site.both():
        measure(server)
    pairs = site.rounds(measure)
    each = max(0, proc.peak_rss(site.measured.pids()) - before) / wanted / KIB
    references, measured = zip(*pairs)
    ratio = table.median_ratio(pairs, lambda sample: sample.rate)
    return [
        table.Row(
            name="active",
            title=f"`GET /ping` on {wanted:,} connections; each adds {each:.1f} KiB to the memory at its peak",
            reference=f"{table.median([s.rate for s in references]):,.0f}/s",
            measured=f"{table.median([s.rate for s in measured]):,.0f}/s",
            ratio=ratio,
            goals=[table.Goal("all served", True), table.at_most("each", each, LONGEST, " KiB")],
            latency=(table.latencies(references), table.latencies(measured)),
            memory=site.memory(),
        )
    ]
