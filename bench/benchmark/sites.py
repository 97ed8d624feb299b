"""A directory of images with the two servers on it: the one that is measured, and nginx with the same bytes."""

import gzip
import json
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import answers
import images
import proc
import servers
import table
import transfers
from failure import Failure, WrongAnswer

PLAIN = {"Accept-Encoding": "identity"}
GZIP = {"Accept-Encoding": "gzip"}


@dataclass(frozen=True)
class Resource:
    """The same bytes at both servers: path and headers for each, and what must come."""

    reference_path: str
    path: str
    headers: dict
    expected: answers.Expected


@dataclass
class Site:
    """What a work needs. Used by one thread."""

    measured: object
    reference: object
    count: int
    filter_query: str
    matches: int
    sample_uuid: str
    files: list
    """Large files first."""
    static: object
    options: object
    scratch: object
    directory: object = None
    published: dict = field(default_factory=dict)

    def __enter__(self):
        return self

    def __exit__(self, *outcome):
        for server in self.both():
            server.__exit__(*outcome)

    def last_words(self):
        """What the servers have logged at last, if anything: it may tell why an answer was wrong."""
        logs = [(server.name, server.last_words()) for server in self.both()]
        return "".join(f"\n{name} logged:\n{words}" for name, words in logs if words)

    def both(self):
        return self.reference, self.measured

    def resource(self, name, path, headers=None):
        """Fetches an answer and lets nginx serve the very same bytes."""
        headers = headers or PLAIN
        key = (path, tuple(headers.items()))
        if key not in self.published:
            self.published[key] = self.publish(name, path, headers)
        return self.published[key]

    def publish(self, name, path, headers):
        plain = answers.good(self.measured.base, path, PLAIN)
        (self.static / name).write_bytes(plain.body)
        expected = plain.expected()
        if headers == GZIP:
            packed = answers.good(self.measured.base, path, GZIP)
            if packed.headers.get("content-encoding") != "gzip":
                raise Failure(f"{self.measured.base}{path} has no gzip: nothing to compare")
            if gzip.decompress(packed.body) != plain.body:
                raise WrongAnswer(f"GET {self.measured.base}{path}: gzip holds other bytes than the plain answer")
            (self.static / f"{name}.gz").write_bytes(packed.body)
            expected = packed.expected()
        resource = Resource(f"/static/{name}", path, headers, expected)
        for server, where in zip(self.both(), (resource.reference_path, path)):
            answers.check(server.base, where, headers, expected)
        return resource

    def rounds(self, measure):
        """Measures both servers in turns, the one and the other first; gives pairs (reference, measured)."""
        pairs = []
        for number in range(self.options.rounds):
            order = self.both() if number % 2 == 0 else self.both()[::-1]
            samples = {server.name: measure(server) for server in order}
            pairs.append(tuple(samples[server.name] for server in self.both()))
        return pairs

    def memory(self):
        return tuple(table.mebibytes(proc.rss(server.pids())) for server in self.both())


def new_directory(scratch):
    return Path(tempfile.mkdtemp(dir=scratch))


def own(scratch, count, directory, files, options):
    """A site with this server on a directory that was generated."""
    static = new_directory(scratch)
    measured = servers.image_server(directory, scratch)
    try:
        measured.await_answer("/ping")
        answers.count(measured.base, "/images", count)
        answers.count(measured.base, f"/images?{images.FILTER}", images.MATCHES)
        measured.settle()
        return with_nginx(
            measured,
            directory,
            Site(
                measured=measured,
                reference=None,
                count=count,
                filter_query=images.FILTER,
                matches=images.MATCHES,
                sample_uuid=images.uuid(count // 2),
                files=files,
                static=static,
                options=options,
                scratch=scratch,
                directory=directory,
            ),
        )
    except BaseException:
        measured.stop()
        raise


def foreign(scratch, options):
    """A site with a server that somebody started, and the images that it has."""
    static, copies = new_directory(scratch), new_directory(scratch)
    measured = servers.External(options.against)
    listed = [image for image in json.loads(answers.good(measured.base, "/images").body) if image.get("files")]
    if not listed:
        raise Failure(f"{measured.base}/images lists no image with a file: give it some (--generate DIR makes them)")
    largest = max(listed, key=lambda image: image["files"][0].get("size", 0))
    file = copy(measured, largest, copies)
    query = f"os={listed[0]['os']}&name={listed[0]['name']}"
    return with_nginx(
        measured,
        copies,
        Site(
            measured=measured,
            reference=None,
            count=len(answers.uuids(measured.base)),
            filter_query=query,
            matches=len(answers.uuids(measured.base, f"/images?{query}")),
            sample_uuid=listed[0]["uuid"],
            files=[file],
            static=static,
            options=options,
            scratch=scratch,
        ),
    )


def copy(server, image, directory):
    """Downloads an image's file for nginx to serve, and compares it with its manifest."""
    target = directory / image["uuid"]
    target.mkdir()
    path = target / "file"
    stated = image["files"][0]
    file = images.StoredFile(image["uuid"], path, stated["size"], stated["sha1"])
    transfers.run([*transfers.curl(server, False), "--fail", "-o", path, server.base + file.url_path])
    transfers.check(server, file, False)
    return file


def with_nginx(measured, directory, site):
    site.reference = servers.nginx(directory, site.static, site.scratch)
    try:
        (site.static / "ready").write_text("ready")
        site.reference.await_answer("/static/ready")
    except BaseException:
        site.reference.stop()
        raise
    return site
