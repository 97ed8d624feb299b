"""What the command line asks for."""

import argparse
import os
from dataclasses import dataclass
from typing import Optional
from urllib.parse import urlsplit

MIB = 1 << 20


@dataclass(frozen=True)
class Options:
    """How much is measured. Times in seconds."""

    rounds: int
    seconds: int
    """How long a round loads a server."""
    warm_up: int
    """How long each server is loaded before the first round, which is not counted."""
    sizes: tuple
    """Numbers of images; all but the requests for lists and manifests is done at the largest."""
    file_bytes: int
    """The size of the large file that is downloaded and uploaded."""
    small_files: int
    """How many files of 4 MiB are downloaded at once."""
    connections: int
    idle_seconds: float
    """How long the idle server is watched."""
    only: tuple
    keep: bool
    against: Optional[str]

    def wants(self, name):
        """Whether a work was asked for: by its name, or by the words that it begins with."""
        return not self.only or any(name == part or name.startswith(part + "-") for part in self.only)

    @property
    def largest(self):
        return max(self.sizes)


FULL = dict(rounds=5, seconds=3, warm_up=4, file_bytes=1024 * MIB, idle_seconds=20.0, sizes=(1_000, 10_000))
QUICK = dict(rounds=2, seconds=1, warm_up=1, file_bytes=64 * MIB, idle_seconds=4.0, sizes=(10_000,))


def parse(arguments, names_of):
    """Reads the command line; names_of gives the names of all works for some numbers of images."""
    parser = argparse.ArgumentParser(
        prog="bench/run",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures this image server beside nginx, which sends the same bytes from files, in turns on\n"
        "the loopback, and prints one Markdown table. Works whose name has no number are done at the largest\n"
        "number of images. Needs nginx, wrk and curl; root gets them from Debian's packages. Scratch data (up\n"
        "to 6 GB) goes to TMPDIR and is removed.",
        epilog="Works: " + ", ".join(names_of(FULL["sizes"])) + ".\n"
        "Exit codes: 0 measured, whether or not the goals are met; 1 an answer was wrong or a work\n"
        "could not be done, and which; 2 wrong use.",
    )
    parser.add_argument("--quick", action="store_true", help="under two minutes: short rounds, a smaller file")
    parser.add_argument("--rounds", type=positive, help="rounds of each work (default 5, with --quick 2)")
    parser.add_argument("--sizes", type=sizes, metavar="N[,N]", help="numbers of images (default 1000,10000; with --quick 10000)")
    parser.add_argument("--only", default="", metavar="NAME[,NAME]", help="these works; 'list' is all of list-...")
    parser.add_argument("--keep", action="store_true", help="leave the scratch directory and say where it is")
    parser.add_argument(
        "--against",
        type=loopback,
        metavar="URL",
        help="measure the IMGAPI server at this URL of this machine in place of this one, with the images that it"
        " has: whole list, filter, manifest, ping, 304, its largest file, connections",
    )
    parser.add_argument(
        "--generate",
        metavar="DIR",
        help="only make the directory of images there that would be measured (the largest of --sizes), for another"
        " server to serve",
    )
    given = parser.parse_args(arguments)
    scale = dict(QUICK if given.quick else FULL)
    if given.rounds:
        scale["rounds"] = given.rounds
    if given.sizes:
        scale["sizes"] = given.sizes
    names = names_of(scale["sizes"])
    only = tuple(part for part in given.only.split(",") if part)
    unknown = [part for part in only if not any(n == part or n.startswith(part + "-") for n in names)]
    if unknown:
        parser.error("no work is named " + ", ".join(unknown) + "; there are: " + ", ".join(names))
    options = Options(
        small_files=64,
        connections=1_000,
        only=only,
        keep=given.keep,
        against=given.against,
        **scale,
    )
    return options, given


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


def sizes(text):
    """Below this the filter could not find what it is to find."""
    numbers = tuple(sorted({int(part) for part in text.split(",")}))
    if numbers[0] < 200:
        raise argparse.ArgumentTypeError("must be 200 or more each")
    return numbers


def loopback(text):
    """Another machine would mean measuring the network, and load for somebody else's server."""
    url = urlsplit(text)
    if url.scheme != "http" or url.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise argparse.ArgumentTypeError("must be http:// and on this machine's loopback: http://127.0.0.1:PORT")
    if url.port is None:
        raise argparse.ArgumentTypeError("must name the port: http://127.0.0.1:PORT")
    return text.rstrip("/")


def scratch_parent():
    return os.environ.get("TMPDIR", "/tmp")
