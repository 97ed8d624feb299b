"""Publishing large files, beside the tools that do the part which cannot be left out: hashing and inflating."""

import json
import os
import time

import answers
import images
import table
import transfers
import zfs_stream
from failure import WrongAnswer
from load import Sample, run
from work import Work

PART = 1 << 20
LEAST = 0.85


def works(size):
    yield Work("upload", size, plain)
    yield Work("upload-gzip", size, gzipped)
    yield Work("disk", size, disk)


def plain(site):
    file = site.files[0]
    return [row(site, "upload", "uncompressed", file, ["sha1sum", file.path], "sha1sum")]


def gzipped(site):
    packed = site.scratch / "stream.zfs.gz"
    size, sha1 = zfs_stream.write_gzip(site.files[0].path, packed)
    file = images.StoredFile("", packed, size, sha1)
    # The file's name is an argument of the shell, not part of the script.
    tools = ["sh", "-c", 'gzip -dc -- "$1" | sha1sum', "sh", packed]
    try:
        return [row(site, "upload-gzip", "gzip", file, tools, "gzip -dc \\| sha1sum")]
    finally:
        packed.unlink()


def row(site, name, kind, file, tools, tools_name):
    publish(site, file, is_compared=True)
    pairs = []
    for number in range(site.options.rounds):
        steps = [lambda: timed(tools, file), lambda: publish(site, file)]
        if number % 2:
            published = steps[1]()
            pairs.append((steps[0](), published))
        else:
            pairs.append((steps[0](), steps[1]()))
    memory = site.memory()
    answers.count(site.measured.base, "/images", site.count)
    ratio = table.median_ratio(pairs, lambda sample: sample.rate)
    references, measured = zip(*pairs)
    return table.Row(
        name=name,
        title=f"`POST /publish` of {file.size / transfers.GIB:.2g} GiB, {kind}; in nginx's place `{tools_name}`",
        reference=rate(references),
        measured=rate(measured),
        ratio=ratio,
        goals=[table.at_least("ratio", ratio, LEAST)],
        cpu=(table.UNKNOWN, cost(measured)),
        memory=(table.UNKNOWN, memory[1]),
    )


def rate(samples):
    return f"{table.median([sample.rate for sample in samples]):.2f} GiB/s"


def cost(samples):
    return f"{table.median([sample.cpu_per_unit for sample in samples]):.2f} s/GiB"


def timed(tools, file):
    begin = time.monotonic()
    run(tools)
    return Sample(file.size / transfers.GIB, time.monotonic() - begin, 0)


def publish(site, file, is_compared=False):
    """Publishes a file and takes it away again; looks at what the server says of it."""
    server = site.measured
    answer_file = site.scratch / "published.json"
    command = [
        *transfers.curl(server, False),
        *("-X", "POST", "-T", file.path, "-o", answer_file, "-w", "%{http_code}"),
        server.base + "/publish?name=bench&version=1.0.0",
    ]
    cpu = server.cpu_seconds()
    begin = time.monotonic()
    status = run(command)
    seconds = time.monotonic() - begin
    sample = Sample(file.size / transfers.GIB, seconds, server.cpu_seconds() - cpu)
    answer = answer_file.read_text(errors="replace")
    if status != "200":
        raise WrongAnswer(f"POST {server.base}/publish: status {status}: {answer[:300]}")
    image = json.loads(answer)
    stated = image["files"][0]
    if (stated["size"], stated["sha1"]) != (file.size, file.sha1):
        raise WrongAnswer(f"POST {server.base}/publish: it says {stated} of {file.size} bytes with sha1 {file.sha1}")
    if is_compared:
        transfers.check(server, images.StoredFile(image["uuid"], file.path, file.size, file.sha1), False)
    remove(server.base, image["uuid"])
    return sample


def remove(base, uuid):
    path = f"/images/{uuid}"
    answer = answers.request(base, path, method="DELETE")
    if answer.status != 204:
        raise WrongAnswer(f"DELETE {base}{path}: status {answer.status}: {answer.body[:200]!r}")


def disk(site):
    """What this disk takes, which an upload cannot exceed."""
    file = site.files[0]
    copy = site.scratch / "copy"
    rates = []
    for _ in range(site.options.rounds):
        begin = time.monotonic()
        with open(file.path, "rb") as source, open(copy, "wb") as target:
            for part in iter(lambda: source.read(PART), b""):
                target.write(part)
            target.flush()
            os.fsync(target.fileno())
        rates.append(file.size / transfers.GIB / (time.monotonic() - begin))
        copy.unlink()
    size = f"{file.size / transfers.GIB:.2g} GiB"
    title = f"{size} written and synced by a plain program, for comparison with uploads"
    return [table.Row(name="disk", title=title, reference=f"{table.median(rates):.2f} GiB/s")]
