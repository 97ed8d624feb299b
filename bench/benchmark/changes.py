"""Changes among many images: how soon they are seen, whom they disturb, and what looking for them costs."""

import http.client
import json
import multiprocessing
import time
from urllib.parse import urlsplit

import answers
import table
import zfs_stream
from failure import Failure, WrongAnswer
from uploads import remove
from work import Work

SEEN = 0.05
"""Seconds."""
REPEATS = 4
"""Publications in each round."""
PUBLISHERS = 2
PACE = 0.002
"""Seconds from one ping to the next: far from what the server could answer."""
DISTURBED = 5
PUBLISH = "/publish?name=bench&version=1.0.0"


def works(size):
    yield Work("publish", size, publish)
    yield Work("storm", size, storm)
    yield Work("rescan", size, rescan)


def publish(site):
    """From the first byte of a small image to the last byte of a whole list that has it."""
    stream = zfs_stream.small_stream(1)
    base = site.measured.base
    one_publication(base, stream)
    times = [one_publication(base, stream) for _ in range(site.options.rounds * REPEATS)]
    answers.count(base, "/images", site.count)
    acknowledged, seen = zip(*times)
    visible = table.median(seen)
    title = (
        f"one image published among {site.count:,}, sent until it is in the list that a client has read;"
        f" acknowledged after {table.seconds(table.median(acknowledged))}"
    )
    return [
        table.Row(
            name="publish",
            title=title,
            measured=table.seconds(visible),
            goals=[table.at_most("seen after", visible * 1000, SEEN * 1000, " ms")],
            latency=(table.UNKNOWN, table.spread(seen)),
            memory=(table.UNKNOWN, site.memory()[1]),
        )
    ]


def one_publication(base, stream):
    """Seconds until it is acknowledged and until it is seen."""
    begin = time.monotonic()
    answer = answers.request(base, PUBLISH, method="POST", body=stream)
    acknowledged = time.monotonic() - begin
    if answer.status != 200:
        raise WrongAnswer(f"POST {base}{PUBLISH}: status {answer.status}: {answer.body[:200]!r}")
    uuid = json.loads(answer.body)["uuid"]
    listed = answers.good(base, "/images")
    seen = time.monotonic() - begin
    if uuid.encode() not in listed.body:
        raise WrongAnswer(f"{base}/images does not have the image {uuid}, whose publication was acknowledged")
    remove(base, uuid)
    return acknowledged, seen


def storm(site):
    """How much longer a ping takes while others publish; nginx is pinged in the same storm, on the same cores."""
    paths = {
        site.reference.name: site.resource("ping.json", "/ping").reference_path,
        site.measured.name: "/ping",
    }
    quiet = {server.name: [] for server in site.both()}
    stormy = {server.name: [] for server in site.both()}
    published = 0
    seconds = 0.0
    for _ in range(site.options.rounds):
        for server in site.both():
            quiet[server.name].append(pings(server, paths[server.name], site.options.seconds))
        begin = time.monotonic()
        uuids = during_storm(site, lambda: [
            stormy[server.name].append(pings(server, paths[server.name], site.options.seconds))
            for server in site.both()
        ])
        seconds += time.monotonic() - begin
        published += len(uuids)
        for uuid in uuids:
            remove(site.measured.base, uuid)
    answers.count(site.measured.base, "/images", site.count)
    growth = [
        table.median([table.percentile(s, 99) / table.percentile(q, 99) for q, s in zip(quiet[n], stormy[n])])
        for n in (site.reference.name, site.measured.name)
    ]
    sides = [sum(stormy[server.name], []) for server in site.both()]
    return [
        table.Row(
            name="storm",
            title=f"`GET /ping` while {published / seconds:.0f} images a second are published among"
            f" {site.count:,}: p99 as a multiple of its quiet value",
            reference=f"{growth[0]:.1f}×",
            measured=f"{growth[1]:.1f}×",
            goals=[table.at_most("p99", growth[1], DISTURBED, "×")],
            latency=tuple(table.spread(side) for side in sides),
            memory=site.memory(),
        )
    ]


def pings(server, path, seconds):
    """The times that pings take, one after the other at an even pace."""
    url = urlsplit(server.base)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=answers.PATIENCE)
    times = []
    try:
        end = time.monotonic() + seconds
        while (begin := time.monotonic()) < end:
            connection.request("GET", path)
            answer = connection.getresponse()
            answer.read()
            times.append(time.monotonic() - begin)
            if answer.status != 200:
                raise WrongAnswer(f"GET {server.base}{path}: status {answer.status}")
            time.sleep(max(0.0, PACE - times[-1]))
    finally:
        connection.close()
    return times


def during_storm(site, action):
    """Does something while other processes publish; gives the uuids that they published."""
    fork = multiprocessing.get_context("fork")
    stop, results = fork.Event(), fork.SimpleQueue()
    publishers = [
        fork.Process(target=publish_until, args=(site.measured.base, seed, stop, results), daemon=True)
        for seed in range(PUBLISHERS)
    ]
    for publisher in publishers:
        publisher.start()
    try:
        action()
        stop.set()
        outcomes = [results.get() for _ in publishers]
    finally:
        stop.set()
        for publisher in publishers:
            publisher.join(answers.PATIENCE)
    for outcome in outcomes:
        if isinstance(outcome, str):
            raise Failure(outcome)
    return [uuid for outcome in outcomes for uuid in outcome]


def publish_until(base, seed, stop, results):
    """Publishes one image after the other; puts their uuids into the queue, or what went wrong."""
    stream = zfs_stream.small_stream(seed)
    uuids = []
    try:
        while not stop.is_set():
            answer = answers.request(base, PUBLISH, method="POST", body=stream)
            if answer.status != 200:
                raise WrongAnswer(f"POST {base}{PUBLISH}: status {answer.status}: {answer.body[:200]!r}")
            uuids.append(json.loads(answer.body)["uuid"])
        results.put(uuids)
    except Failure as e:
        results.put(str(e))


def rescan(site):
    """What it costs to look for changes while there are none and nobody asks."""
    for server in site.both():
        server.settle()
    shares = []
    before = [server.cpu_seconds() for server in site.both()]
    begin = time.monotonic()
    time.sleep(site.options.idle_seconds)
    elapsed = time.monotonic() - begin
    for server, used in zip(site.both(), before):
        shares.append((server.cpu_seconds() - used) / elapsed * 100)
    return [
        table.Row(
            name="rescan",
            title=f"processor while nobody asks, {site.count:,} images, over {elapsed:.0f} s",
            reference=f"{shares[0]:.2f} %",
            measured=f"{shares[1]:.2f} %",
            goals=[table.at_most("of a core", shares[1], 1, " %")],
            memory=site.memory(),
        )
    ]
