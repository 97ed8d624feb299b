"""Measures the image server on an object store and prints one Markdown table."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import answers
import images
import machine
import proc
import servers
import table
import transfers
from failure import Failure, WrongAnswer
from load import Sample, run
from relay import Relay

ROOT = Path(__file__).resolve().parents[2]
STORE = ROOT / "target/test-programs/s3proxy.jar"
KEY, SECRET = "bench", "benchbench"
BUCKET = "bench"
PREFIX = "images"
MIB = 1 << 20


class Store:
    """A server of the S3 protocol with its objects in a directory; a context that ends it."""

    def __init__(self, scratch):
        if not STORE.exists():
            raise Failure(f"{STORE} is missing: 'mvn -q test-compile' fetches it")
        self.port = servers.free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        # To it, a directory is a bucket.
        objects = scratch / "objects"
        (objects / BUCKET).mkdir(parents=True)
        settings = scratch / "store.properties"
        settings.write_text(
            "s3proxy.authorization=aws-v2-or-v4\n"
            f"s3proxy.identity={KEY}\ns3proxy.credential={SECRET}\ns3proxy.endpoint={self.endpoint}\n"
            "jclouds.provider=filesystem-nio2\njclouds.identity=x\njclouds.credential=x\n"
            f"jclouds.filesystem.basedir={objects}\n"
        )
        java = shutil.which("java")
        command = [java, "-Xmx512m", "-DLOG_LEVEL=warn", "-jar", STORE, "--properties", settings]
        self.server = servers.Server("the store", command, self.port, scratch / "store.log", None)

    def __enter__(self):
        deadline = time.monotonic() + 60
        while subprocess.run(self.curl("-o", os.devnull, f"{self.endpoint}/{BUCKET}")).returncode:
            if time.monotonic() > deadline or self.server.process.poll() is not None:
                self.server.stop()
                raise Failure(f"the store does not start:\n{self.server.last_words()}")
            time.sleep(0.2)
        return self

    def __exit__(self, *_):
        self.server.stop()

    def curl(self, *words):
        signed = ["--aws-sigv4", "aws:amz:us-east-1:s3", "--user", f"{KEY}:{SECRET}"]
        signed += ["-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD"]
        return ["curl", "--disable", "-s", "--fail", "--max-time", str(transfers.LONGEST), *signed, *map(str, words)]

    def largest(self):
        """The name and size in bytes of its largest object."""
        listed = run(self.curl(f"{self.endpoint}/{BUCKET}?prefix={PREFIX}%2Ffiles%2F"))
        objects = re.findall(r"<Key>([^<]+)</Key>.*?<Size>(\d+)</Size>", listed, re.DOTALL)
        name, size = max(objects, key=lambda found: int(found[1]))
        return name, int(size)

    def download(self, name, size):
        """Straight from the store, as a client would with credentials of its own."""
        cpu = self.server.cpu_seconds()
        begin = time.monotonic()
        got = run(self.curl("-o", os.devnull, "-w", "%{size_download}", f"{self.endpoint}/{BUCKET}/{name}"))
        seconds = time.monotonic() - begin
        if int(got) != size:
            raise WrongAnswer(f"the store sent {got} bytes of {size}")
        return Sample(size / transfers.GIB, seconds, self.server.cpu_seconds() - cpu)


def image_server(scratch, endpoint, cache_bytes):
    """This server on the bucket, with a directory of its own that is empty."""
    port = servers.free_port()
    home = scratch / f"server-{port}"
    home.mkdir()
    config = home / "config.json"
    config.write_text(
        json.dumps(
            {
                "listen": [f"127.0.0.1:{port}"],
                "serve_dir": str(home / "own"),
                "anonymous_writes": True,
                "loglevel": "warn",
                "grace_seconds": 0,
                "storage": {
                    "type": "s3",
                    "endpoint": endpoint,
                    "bucket": BUCKET,
                    "prefix": PREFIX,
                    "path_style": True,
                    "cache_bytes": cache_bytes,
                },
            }
        )
    )
    command = [servers.LAUNCHER, "serve", "--config", config]
    return servers.Server("this server", command, port, home / "log.txt", None, config)


def fill(store, directory):
    begin = time.monotonic()
    place = f"s3://{BUCKET}/{PREFIX}"
    run([servers.LAUNCHER, "copy", "--from", directory, "--to", place, "--endpoint", store.endpoint])
    return time.monotonic() - begin


def downloads(store, scratch, file, rounds):
    """Rows of downloads: from the store, and through servers that have no cache, an empty one, a full one."""
    name, size = store.largest()
    if size != file.size:
        raise Failure(f"the largest object {name} has {size} bytes instead of {file.size}")
    kinds = {"straight from the store": [], "without a cache": [], "into the cache": [], "from the cache": []}
    memory = {}
    for _ in range(rounds):
        kinds["straight from the store"].append(store.download(name, size))
        with image_server(scratch, store.endpoint, 0) as server:
            server.await_answer("/ping")
            kinds["without a cache"].append(transfers.download(server, [file], 1))
            memory["without a cache"] = proc.peak_rss(server.pids())
        with image_server(scratch, store.endpoint, 4 * file.size) as server:
            server.await_answer("/ping")
            kinds["into the cache"].append(transfers.download(server, [file], 1))
            memory["into the cache"] = proc.peak_rss(server.pids())
            server.settle()
            kinds["from the cache"].append(transfers.download(server, [file], 1))
            memory["from the cache"] = proc.peak_rss(server.pids())
            transfers.check(server, file, False)
    direct = kinds["straight from the store"]
    for kind, samples in kinds.items():
        ratio = table.median([own.rate / other.rate for own, other in zip(samples, direct)])
        rate = table.median([sample.rate for sample in samples])
        cpu = table.median([sample.cpu_per_unit for sample in samples])
        yield (
            f"`GET /images/UUID/file`, {size / transfers.GIB:.3g} GiB, {kind}",
            f"{rate:.2f} GiB/s",
            f"{ratio:.2f}",
            f"{cpu:.2f} s/GiB" + (" of the store" if samples is direct else ""),
            table.mebibytes(memory[kind]) if kind in memory else table.UNKNOWN,
        )


def freshness(store, scratch, count, changes):
    """From the answer to a publication by one server to its sight by another."""
    times = []
    with image_server(scratch, store.endpoint, 0) as one, image_server(scratch, store.endpoint, 0) as two:
        for server in (one, two):
            server.await_answer("/ping")
            answers.count(server.base, "/images", count)
        for number in range(changes):
            path = f"/publish?name=fresh-{number}&version=1&type=other&os=other"
            published = answers.request(one.base, path, method="POST", body=b"fresh")
            if published.status != 200:
                raise WrongAnswer(f"POST {one.base}{path}: status {published.status}: {published.body[:200]!r}")
            uuid = json.loads(published.body)["uuid"]
            times.append(listed_after(two, f"fresh-{number}"))
            if answers.request(two.base, f"/images/{uuid}", method="DELETE").status != 204:
                raise WrongAnswer(f"DELETE {two.base}/images/{uuid} is refused")
        memory = table.mebibytes(proc.rss(two.pids()))
    yield f"a change in the list of another server, {count:,} images: p50 / p99", table.spread(times), "–", "–", memory


def listed_after(server, name):
    """By lists: who asks for an unknown uuid makes a server look at once."""
    begin = time.monotonic()
    while not answers.uuids(server.base, f"/images?name={name}"):
        if time.monotonic() - begin > 60:
            raise WrongAnswer(f"{server.base}/images?name={name} is empty after a minute")
        time.sleep(0.01)
    return time.monotonic() - begin


def idle(store, scratch, count, seconds):
    """What a server asks of the store that nobody asks."""
    with Relay(store.port) as relay:
        with image_server(scratch, f"http://127.0.0.1:{relay.port}", 0) as server:
            server.await_answer("/ping")
            answers.count(server.base, "/images", count)
            server.settle()
            asked, received = relay.counts()
            cpu = server.cpu_seconds()
            begin = time.monotonic()
            time.sleep(seconds)
            elapsed = time.monotonic() - begin
            requests, answered = (now - before for now, before in zip(relay.counts(), (asked, received)))
            share = (server.cpu_seconds() - cpu) / elapsed * 100
            memory = table.mebibytes(proc.rss(server.pids()))
    hour = 3600 / elapsed
    yield (
        f"requests to the store while nobody asks, {count:,} images, over {seconds} s",
        f"{requests * hour:,.0f} an hour, {answered * hour / MIB:.1f} MiB",
        "–",
        f"{share:.1f} % of a core",
        memory,
    )


def measure(options):
    machine.install(["curl"])
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"] = KEY, SECRET
    parent = os.environ.get("TMPDIR", "/tmp")
    machine.check_space(parent, 8 * options.file_bytes)
    scratch = Path(tempfile.mkdtemp(prefix="image-server-bucket-", dir=parent))
    try:
        directory = scratch / "images"
        say(f"making {options.images:,} images")
        file = images.fill(directory, options.images, options.file_bytes, 0)[0]
        with Store(scratch) as store:
            seconds = fill(store, directory)
            say(f"copied to the bucket in {seconds:.0f} s")
            rows = []
            for work in (
                downloads(store, scratch, file, options.rounds),
                freshness(store, scratch, options.images, options.changes),
                idle(store, scratch, options.images, options.idle_seconds),
            ):
                for row in work:
                    rows.append(row)
                    say(" · ".join(row))
        print(machine.description(machine.version()) + "\n")
        print(markdown(rows))
        return 0
    except Failure as e:
        say(str(e))
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def markdown(rows):
    heads = ("Work", "", "Ratio to the store", "CPU", "Memory")
    return "\n".join("| " + " | ".join(line) + " |" for line in (heads, ["---"] * len(heads), *rows))


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="bench/bucket",
        description="Measures this image server on an object store, which it starts on the loopback: downloads beside"
        " downloads straight from the store, how soon other servers see a change, what an idle server asks.",
    )
    parser.add_argument("--images", type=int, default=10_000, help="how many (default 10,000)")
    parser.add_argument("--file", type=int, default=1024, metavar="MIB", help="the size of the large file (default 1024)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of downloads (default 5)")
    parser.add_argument("--changes", type=int, default=50, help="publications (default 50)")
    parser.add_argument("--idle-seconds", type=int, default=60, help="how long the idle server is watched (default 60)")
    options = parser.parse_args(arguments)
    options.file_bytes = options.file * MIB
    return options


if __name__ == "__main__":
    sys.exit(measure(parse(sys.argv[1:])))
