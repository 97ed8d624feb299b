"""Files and handshakes over TLS, with the same certificate, key and ciphers at both servers."""

import dataclasses
import re
import subprocess
import time
from contextlib import contextmanager
from urllib.parse import urlsplit

import downloads
import load
import servers
import table
from failure import Failure, WrongAnswer
from work import Work

VERSIONS = {
    "1.2": ["--tlsv1.2", "--tls-max", "1.2", "--ciphers", "ECDHE-RSA-AES128-GCM-SHA256"],
    "1.3": ["--tlsv1.3", "--tls13-ciphers", "TLS_AES_128_GCM_SHA256"],
}
CLIENTS = 2
"""Programs that do nothing but shake hands."""
COUNTED = re.compile(r"^(\d+) connections in (\d+) real seconds", re.MULTILINE)


def works(size):
    for version in VERSIONS:
        yield Work(f"tls-{version}-file", size, lambda site, v=version: files(site, v, 1))
        yield Work(f"tls-{version}-file-parallel", size, lambda site, v=version: files(site, v, downloads.PARALLEL))
        yield Work(f"tls-{version}-handshakes", size, lambda site, v=version: handshakes(site, v))


@contextmanager
def encrypted(site, version):
    """The same site with servers of its own, at which curl speaks this version of TLS: those of the other works are to
    be as they always were."""
    certificate = servers.Certificate.make(site.scratch)
    ports = [servers.free_port(), servers.free_port()]
    with (
        servers.image_server(site.directory, site.scratch, certificate, ports[0]) as measured,
        servers.nginx(site.directory, site.static, site.scratch, certificate, ports[1]) as reference,
    ):
        measured.await_answer("/ping")
        reference.await_answer("/static/ready")
        measured.settle()
        for server, port in zip((measured, reference), ports):
            server.base = f"https://127.0.0.1:{port}"
            server.tls = ["--cacert", certificate.pem, *VERSIONS[version]]
        yield dataclasses.replace(site, measured=measured, reference=reference)


def files(site, version, streams):
    with encrypted(site, version) as own:
        file = own.files[0]
        several = f", {streams} at once" if streams > 1 else ""
        title = f"file of {file.size / downloads.transfers.GIB:.3g} GiB{several}, TLS {version}"
        name = f"tls-{version}-file" + ("-parallel" if streams > 1 else "")
        # No goals: nginx's OpenSSL is written in assembler.
        return [downloads.row(own, name, title, [file] * streams, streams, False, cpu_goal=None, ratio_goal=None)]


def handshakes(site, version):
    with encrypted(site, version) as own:
        for server in own.both():
            shaken(server, version, own.options.warm_up)
        pairs = own.rounds(lambda server: shaken(server, version, own.options.seconds))
        references, measured = zip(*pairs)
        return [
            table.Row(
                name=f"tls-{version}-handshakes",
                title=f"handshakes without resumption, RSA 2048, TLS {version}",
                reference=f"{table.median([s.rate for s in references]):,.0f}/s",
                measured=f"{table.median([s.rate for s in measured]):,.0f}/s",
                ratio=table.median_ratio(pairs, lambda sample: sample.rate),
                cpu=(each(references), each(measured)),
                memory=own.memory(),
            )
        ]


def each(samples):
    return f"{table.seconds(sum(s.cpu for s in samples) / sum(s.units for s in samples))} each"


def shaken(server, version, seconds):
    """Shakes hands as fast as it goes."""
    where = urlsplit(server.base).netloc
    flag = "-tls" + version.replace(".", "_")
    command = ["openssl", "s_time", "-connect", where, "-new", "-time", str(seconds), flag]
    cpu = server.cpu_seconds()
    begin = time.monotonic()
    clients = [
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(CLIENTS)
    ]
    outputs = [client.communicate(timeout=seconds + 60) for client in clients]
    elapsed = time.monotonic() - begin
    used = server.cpu_seconds() - cpu
    count = 0
    for client, (said, complaint) in zip(clients, outputs):
        found = COUNTED.search(said)
        if client.returncode or not found:
            raise Failure(f"{' '.join(command)}: {complaint.strip() or said.strip()}")
        count += int(found.group(1))
    if not count:
        raise WrongAnswer(f"{server.name} shook no hands over TLS {version}")
    return load.Sample(count, elapsed, used)
