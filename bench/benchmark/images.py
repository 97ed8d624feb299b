"""Directories of images, as an operator fills them; the same bytes in every run."""

import hashlib
import json
import random
from dataclasses import dataclass
from pathlib import Path

import zfs_stream

MATCHES = 50
"""How many images the filter finds, however many there are."""
FILTER = "os=smartos&name=~searched"
SMALL_FILE = 4 << 20


@dataclass(frozen=True)
class StoredFile:
    """A file of an image, and what must come when it is downloaded."""

    uuid: str
    path: Path
    size: int
    sha1: str

    @property
    def url_path(self):
        return f"/images/{self.uuid}/file"


def uuid(number):
    return f"{number:08x}-0000-4000-8000-{number:012x}"


def generate(directory, count):
    """Makes images with small files."""
    every = count // MATCHES or 1
    for number in range(count):
        searched = number % every == 0 and number // every < MATCHES
        content = b"the file of image %d\n" % number
        target = directory / uuid(number)
        target.mkdir(parents=True)
        (target / "file").write_bytes(content)
        name = f"searched-{number}" if searched else f"image-{number}"
        write_manifest(target, number, name, len(content), hashlib.sha1(content).hexdigest())


def add_file(directory, number, source, size, sha1, compression="gzip"):
    """Adds an image whose file is moved there."""
    target = directory / uuid(number)
    target.mkdir()
    source.rename(target / "file")
    write_manifest(target, number, f"file-{number}", size, sha1, compression)
    return StoredFile(uuid(number), target / "file", size, sha1)


def fill(directory, count, file_bytes, small_files):
    """Makes a directory of so many images, of which some have files that are worth downloading: a stream of this size
    and some of 4 MiB. Gives those, the stream first."""
    directory.mkdir(parents=True, exist_ok=True)
    large = 1 if file_bytes else 0
    first = count - small_files - large
    generate(directory, first)
    files = []
    if large:
        stream = directory / ".stream"
        size, sha1 = zfs_stream.write_stream(stream, file_bytes, first)
        files.append(add_file(directory, first, stream, size, sha1, "none"))
    files += [add_small_file(directory, first + large + n) for n in range(small_files)]
    return files


def add_small_file(directory, number):
    """Adds an image with a file of 4 MiB that does not compress."""
    content = random.Random(number).randbytes(SMALL_FILE)
    source = directory / f".{number}"
    source.write_bytes(content)
    return add_file(directory, number, source, len(content), hashlib.sha1(content).hexdigest())


def write_manifest(target, number, name, size, sha1, compression="gzip"):
    """About as much as the manifests of published images say."""
    manifest = {
        "v": 2,
        "uuid": target.name,
        "owner": "00000000-0000-0000-0000-000000000000",
        "name": name,
        "version": f"{number // 1000}.{number % 1000}.0",
        "state": "active",
        "disabled": False,
        "public": True,
        "published_at": f"20{10 + number % 15}-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00.000Z",
        "type": "zone-dataset" if number % 4 else "zvol",
        "os": ("linux", "bsd", "windows", "other")[number % 4] if not name.startswith("searched") else "smartos",
        "files": [{"sha1": sha1, "size": size, "compression": compression}],
        "description": f"Image {number}: a minimal machine with the usual tools, made for measuring.",
        "homepage": "https://docs.example.com/images/" + name,
        "requirements": {
            "networks": [{"name": "net0", "description": "public"}],
            "min_platform": {"7.0": "20141030T081701Z"},
        },
        "tags": {"role": ("base", "database", "web", "cache")[number % 4], "kernel_version": f"4.{number % 20}.0"},
    }
    (target / "manifest.json").write_text(json.dumps(manifest))
