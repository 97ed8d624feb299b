"""Measures the image server beside nginx and prints one Markdown table."""

import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

import changes
import connections
import downloads
import encryption
import images
import machine
import options as command_line
import reads
import sites
import starts
import table
import uploads
from failure import Failure

GIB = 1 << 30


def all_works(sizes):
    """In the order of the table; the memory of a site is looked at when all else on it is done."""
    largest = max(sizes)
    return [
        *reads.works(sizes),
        *connections.works(largest),
        *downloads.works(largest),
        *encryption.works(largest),
        *uploads.works(largest),
        *changes.works(largest),
        *starts.memory_works(sizes),
        *starts.works((0, *sizes)),
    ]


class Bench:
    """What all works share: the options, the scratch directory, the directories of images."""

    def __init__(self, options, scratch):
        self.options = options
        self.scratch = scratch
        self.filled = {}

    def directory(self, count, with_files=False):
        """A directory of so many images, made when it is first asked for."""
        if count not in self.filled:
            say(f"making {count:,} images")
            target = self.scratch / f"images-{count}"
            sizes = (self.options.file_bytes, self.options.small_files) if with_files else (0, 0)
            self.filled[count] = (target, images.fill(target, count, *sizes))
        return self.filled[count][0]

    def site(self, count):
        if self.options.against:
            return sites.foreign(self.scratch, self.options)
        directory = self.directory(count, with_files=count == self.options.largest)
        return sites.own(self.scratch, count, directory, self.filled[count][1], self.options)

    def run(self, works):
        """Does the works; gives the rows, and the failures of those that could not be done."""
        rows, failures = [], []
        for count in dict.fromkeys(work.images for work in works):
            left = [work for work in works if work.images == count]
            while left:
                try:
                    self.run_group(count, left, rows)
                except Failure as e:
                    failures.append(f"{left[0].name}: {e}")
                    say(failures[-1])
                    # The rest gets new servers: these may not be what they were.
                    del left[0]
        return rows, failures

    def run_group(self, count, left, rows):
        """Does works of one site and takes them off the list; ends at the first that fails."""
        if count is None:
            self.run_all(self, left, rows)
            return
        say("looking at the server" if self.options.against else f"starting servers on {count:,} images")
        with self.site(count) as site:
            try:
                self.run_all(site, left, rows)
            except Failure as e:
                raise Failure(f"{e}{site.last_words()}") from e

    def run_all(self, subject, left, rows):
        while left:
            begin = time.monotonic()
            rows += left[0].run(subject)
            say(f"{left[0].name} done in {time.monotonic() - begin:.1f} s")
            del left[0]


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def measure(options):
    works = [work for work in all_works(options.sizes) if options.wants(work.name)]
    if options.against:
        works = [work for work in works if work.is_foreign and work.images == options.largest]
    tools = ["nginx", "wrk", "curl"]
    if any(work.name == "sendfile" for work in works):
        tools.append("strace")
    if any(work.name.startswith("tls-") for work in works):
        tools.append("openssl")
    machine.install(tools)
    machine.check_space(command_line.scratch_parent(), 5 * options.file_bytes + GIB)
    connections.allow_many(options.connections)
    measured = options.against or machine.version()
    scratch = Path(tempfile.mkdtemp(prefix="image-server-bench-", dir=command_line.scratch_parent()))
    try:
        rows, failures = Bench(options, scratch).run(works)
        print(machine.description(measured) + "\n")
        print(table.markdown(rows, options.against or "this server"))
    finally:
        if options.keep:
            say(f"kept {scratch}")
        else:
            shutil.rmtree(scratch, ignore_errors=True)
    for failure in failures:
        say(f"FAILED: {failure.splitlines()[0]}")
    return 1 if failures else 0


def main(arguments):
    options, given = command_line.parse(arguments, lambda sizes: [work.name for work in all_works(sizes)])
    # Ends like Ctrl-C: the servers are stopped and the scratch directory is removed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        if given.generate:
            images.fill(Path(given.generate), options.largest, options.file_bytes, options.small_files)
            return 0
        return measure(options)
    except Failure as e:
        say(str(e))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
