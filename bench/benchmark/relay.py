"""A line to a store on which requests are counted."""

import re
import socket
import threading

REQUEST = re.compile(rb"(GET|HEAD|PUT|POST|DELETE) /\S* HTTP/1\.1\r\n")
"""As it stands at the beginning of what a client sends; bodies are not looked at."""


class Relay:
    """Passes connections on to a port of this machine; a context that ends it."""

    def __init__(self, port):
        self.target = port
        self.requests = 0
        self.received = 0
        self.counting = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def counts(self):
        """Requests so far, and the bytes of the answers to them."""
        with self.counting:
            return self.requests, self.received

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            store = socket.create_connection(("127.0.0.1", self.target))
            for source, sink, count in ((client, store, self.sent), (store, client, self.answered)):
                threading.Thread(target=passed_on, args=(source, sink, count), daemon=True).start()

    def sent(self, part):
        if REQUEST.match(part):
            with self.counting:
                self.requests += 1

    def answered(self, part):
        with self.counting:
            self.received += len(part)


def passed_on(source, sink, count):
    """Until either side ends."""
    try:
        for part in iter(lambda: source.recv(1 << 16), b""):
            count(part)
            sink.sendall(part)
    except OSError:
        # The other half sees it, too, and its client says so.
        pass
    finally:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                end.close()
