"""The servers that are measured, as processes that end with the benchmark."""

import base64
import json
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import answers
import proc
from failure import Failure

LAUNCHER = Path(__file__).resolve().parents[2] / "image-server"
PATIENCE = 120
STEP = 0.002
ACCOUNT = "bench"
GREETING = ("Serving ", "  ", "On a ", "Only ")
"""How the lines begin that this server prints whenever it starts."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running process that answers at a URL; a context that ends it."""

    def __init__(self, name, command, port, log, unix, config=None):
        self.name = name
        self.base = f"http://127.0.0.1:{port}"
        self.unix = unix
        self.tls = None
        """How clients speak TLS with it, if they do: words for curl."""
        self.log = log
        self.config = config
        self.credential = None
        self.begin = time.monotonic()
        with open(log, "ab") as out:
            # A session of its own: Ctrl-C reaches the benchmark, which then ends this.
            self.process = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def await_answer(self, path):
        """Waits until it answers this with 200; gives the answer."""
        url = urlsplit(self.base)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failure(f"{self.name} ended at its start:\n{self.last_words()}")
            try:
                socket.create_connection((url.hostname, url.port), timeout=1).close()
            except OSError:
                time.sleep(STEP)
                continue
            return answers.good(self.base, path)
        raise Failure(f"{self.name} does not answer {path} within {PATIENCE} s:\n{self.last_words()}")

    def add_account(self):
        """Makes an account that may publish; its name and token are the credential then."""
        words = [str(LAUNCHER), "user", "add", ACCOUNT, "--role", "admin", "--config", str(self.config)]
        added = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if added.returncode:
            raise Failure(f"{' '.join(words)}: {added.stderr.strip()}")
        self.credential = f"{ACCOUNT}:{added.stdout.strip()}"

    def authorization(self):
        """The header of requests that change something."""
        return {"Authorization": "Basic " + base64.b64encode(self.credential.encode()).decode()}

    def last_words(self):
        """The end of its log, without its greeting."""
        lines = Path(self.log).read_text(errors="replace").splitlines()
        return "\n".join(line[:500] for line in lines[-12:] if not line.startswith(GREETING))

    def pids(self):
        return proc.family(self.process.pid)

    def cpu_seconds(self):
        return proc.cpu_seconds(self.pids())

    def settle(self):
        """Waits until work in the background, such as checksums of new files, is done."""
        deadline = time.monotonic() + PATIENCE
        before = self.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(0.5)
            now = self.cpu_seconds()
            if now - before < 0.05:
                return
            before = now

    def stop(self):
        """Ends it and waits; by force if it does not end by itself."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass(frozen=True)
class Certificate:
    """What both servers show over TLS, and at which port: RSA, as imgadm's OpenSSL takes it."""

    pem: Path
    key: Path

    @staticmethod
    def make(scratch):
        made = Certificate(scratch / "tls.pem", scratch / "tls.key")
        words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
        words += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", made.key, "-out", made.pem]
        done = subprocess.run([str(word) for word in words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise Failure(f"openssl makes no certificate: {done.stderr.strip()}")
        return made


def image_server(directory, scratch, certificate=None, tls_port=None):
    """This server through its launcher, so with the options that users get; without an access log, as nginx. It has an
    account that may publish. With a certificate, it speaks TLS at one more port."""
    port = free_port()
    tls = {"tls": {"certificate": str(certificate.pem), "key": str(certificate.key)}} if certificate else {}
    unix = scratch / f"ours-{port}.sock"
    config = scratch / f"ours-{port}.json"
    config.write_text(
        json.dumps(
            {
                "listen": [
                    f"127.0.0.1:{port}",
                    f"unix:{unix}",
                    *([f"tls:127.0.0.1:{tls_port}"] if certificate else []),
                ],
                **tls,
                "serve_dir": str(directory),
                "users_file": str(scratch / f"users-{port}.json"),
                "loglevel": "warn",
                "grace_seconds": 1,
            }
        )
    )
    log = scratch / f"ours-{port}.log"
    return Server("this server", [LAUNCHER, "serve", "--config", config], port, log, unix, config)


NGINX = """
{user}
worker_processes {workers};
pid {scratch}/nginx.pid;
error_log {scratch}/nginx-error.log;
daemon off;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    gzip_static on;
    gzip_vary on;
    open_file_cache max=20000 inactive=1h;
    open_file_cache_valid 1h;
    keepalive_timeout 1h;
    keepalive_requests 1000000000;
    default_type application/json;
    client_body_temp_path {scratch}/body;
    proxy_temp_path {scratch}/proxy;
    fastcgi_temp_path {scratch}/fastcgi;
    uwsgi_temp_path {scratch}/uwsgi;
    scgi_temp_path {scratch}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        listen unix:{unix};
        {tls}
        location /static/ {{ alias {static}/; }}
        location /images/ {{ default_type application/octet-stream; alias {images}/; }}
    }}
}}
"""


NGINX_TLS = """
        listen 127.0.0.1:{port} ssl backlog=4096;
        ssl_certificate {pem};
        ssl_certificate_key {key};
        ssl_protocols TLSv1.2 TLSv1.3;
"""


def nginx(images, static, scratch, certificate=None, tls_port=None):
    """nginx as one sets it up for static files: sendfile, open files kept, no log, a worker for each core. With a
    certificate, it speaks TLS at one more port."""
    port = free_port()
    home = scratch / f"nginx-{port}"
    home.mkdir()
    unix = home / "nginx.sock"
    config = home / "nginx.conf"
    config.write_text(
        NGINX.format(
            user="user root;" if os.geteuid() == 0 else "",
            workers=os.cpu_count(),
            scratch=home,
            port=port,
            unix=unix,
            tls=NGINX_TLS.format(port=tls_port, pem=certificate.pem, key=certificate.key) if certificate else "",
            static=static,
            images=images,
        )
    )
    # It says on standard error that it cannot open the system's log, before it reads where ours is.
    return Server("nginx", ["nginx", "-p", home, "-e", home / "start.log", "-c", config], port, home / "out.log", unix)


class External:
    """A server that somebody else started."""

    unix = None
    tls = None

    def __init__(self, url):
        self.name = url
        self.base = url
        self.pid = proc.listener(urlsplit(url).port)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def pids(self):
        return proc.family(self.pid)

    def cpu_seconds(self):
        return proc.cpu_seconds(self.pids())

    def settle(self):
        """What it does in the background is its owner's."""

    def last_words(self):
        return ""
