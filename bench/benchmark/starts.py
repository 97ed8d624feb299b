"""From the start of a server to its first whole list; and the memory that it ends with."""

import time

import answers
import proc
import servers
import table
from work import Work

GOALS = {1_000: 0.6, 10_000: 1.5}
MOST_MEMORY = 160
"""MiB."""


def works(sizes):
    for size in sizes:
        yield Work(f"start-{size}", None, lambda bench, size=size: [start(bench, size)])


def memory_works(sizes):
    for size in sizes:
        yield Work(f"memory-{size}", size, memory, is_foreign=True)


def start(bench, size):
    directory = bench.directory(size)
    static = bench.scratch / f"static-start-{size}"
    static.mkdir()
    with servers.image_server(directory, bench.scratch) as server:
        server.await_answer("/images")
        expected = answers.count(server.base, "/images", size).expected()
        (static / "images.json").write_bytes(answers.good(server.base, "/images").body)
        # The first start among new files computes their checksums: that is not what every start does.
        server.settle()

    def ours():
        return first_list(servers.image_server(directory, bench.scratch), "/images", expected)

    def nginx(number):
        home = bench.scratch / f"start-{size}-{number}"
        home.mkdir()
        return first_list(servers.nginx(directory, static, home), "/static/images.json", expected)

    pairs = [(nginx(number), ours()) for number in range(bench.options.rounds)]
    (nginx_times, nginx_memory), (times, memories) = (zip(*side) for side in zip(*pairs))
    seconds = table.median(times)
    limit = GOALS.get(size)
    return table.Row(
        name=f"start-{size}",
        title=f"start to the first whole list, {size:,} images",
        reference=table.seconds(table.median(nginx_times)),
        measured=table.seconds(seconds),
        goals=[table.at_most("start", seconds, limit, " s")] if limit else [],
        memory=(table.mebibytes(table.median(nginx_memory)), table.mebibytes(table.median(memories))),
    )


def first_list(server, path, expected):
    """Seconds until the list is there, and the memory then. The server's process was made a moment ago."""
    with server:
        answer = server.await_answer(path)
        seconds = time.monotonic() - server.begin
        memory = proc.rss(server.pids())
        answers.compare(f"GET {server.base}{path}", answer, expected)
    return seconds, memory


def memory(site):
    """After everything that was done before."""
    sides = [(proc.rss(server.pids()), proc.peak_rss(server.pids())) for server in site.both()]
    texts = [f"{table.mebibytes(now)}, peak {table.mebibytes(peak)}" for now, peak in sides]
    largest = site.options.largest
    mebibytes = sides[1][0] / (1 << 20)
    return [
        table.Row(
            name=f"memory-{site.count}",
            title=f"memory after the above, {site.count:,} images",
            reference=texts[0],
            measured=texts[1],
            goals=[table.at_most("RSS", mebibytes, MOST_MEMORY, " MiB")] if site.count == largest else [],
            memory=site.memory(),
        )
    ]
