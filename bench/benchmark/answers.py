"""Looks at answers: speed counts only while they are right."""

import hashlib
import http.client
import json
from dataclasses import dataclass
from typing import Optional
from urllib.parse import urlsplit

from failure import Failure, WrongAnswer

PATIENCE = 60


@dataclass(frozen=True)
class Expected:
    """What an answer must be; without a sha1 its bytes are not compared."""

    status: int
    length: int
    sha1: Optional[str]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict
    body: bytes

    def expected(self):
        """That the same comes again."""
        return Expected(self.status, len(self.body), hashlib.sha1(self.body).hexdigest())


def request(base, path, headers=None, method="GET", body=None):
    """One request on a connection of its own."""
    url = urlsplit(base)
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=PATIENCE)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        reply = connection.getresponse()
        return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
    except (OSError, http.client.HTTPException) as e:
        raise Failure(f"{method} {base}{path}: {e!r}") from e
    finally:
        connection.close()


def check(base, path, headers, expected):
    """Fails unless the answer is the expected one."""
    compare(f"GET {base}{path}", request(base, path, headers), expected)


def compare(what, answer, expected):
    seen = answer.expected()
    if seen.status != expected.status:
        raise WrongAnswer(f"{what}: status {seen.status} instead of {expected.status}")
    if seen.length != expected.length:
        raise WrongAnswer(f"{what}: {seen.length} bytes instead of {expected.length}")
    if expected.sha1 and seen.sha1 != expected.sha1:
        raise WrongAnswer(f"{what}: the bytes are wrong: sha1 {seen.sha1} instead of {expected.sha1}")


def good(base, path, headers=None):
    """An answer that must be 200."""
    answer = request(base, path, headers)
    if answer.status != 200:
        raise WrongAnswer(f"GET {base}{path}: status {answer.status}: {answer.body[:200]!r}")
    return answer


def uuids(base, path="/images"):
    """The images that a list names."""
    return [image["uuid"] for image in json.loads(good(base, path).body)]


def count(base, path, images):
    """The answer to a request for a list, which must name so many images, none twice."""
    answer = good(base, path)
    named = [image["uuid"] for image in json.loads(answer.body)]
    if len(named) != images or len(set(named)) != images:
        raise WrongAnswer(f"GET {base}{path}: {len(set(named))} images instead of {images}")
    return answer
