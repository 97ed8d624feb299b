"""Large ZFS send streams with right checksums, made fast enough in Python.

The checksum of a stream (fletcher4) runs over all of it. It is linear, so a block of data that occurs again and again
is summed up once, and its sums are then added to the running ones by a formula.
"""

import hashlib
import random
import struct
import sys
import zlib
from array import array
from itertools import accumulate

BLOCK = 128 * 1024
"""The record size of a file system."""
DISTINCT = 48
"""More than gzip's window, so that a block's return does not make it compress better."""
HEADER = 312
CHECKSUM = 280
MAGIC = 0x2F5BACBAC
GUID = 0x0123456789ABCDEF
BEGIN, OBJECT, WRITE, END = 0, 1, 3, 5
FILE_SYSTEM = 2
PLAIN_FILE_CONTENTS = 19
MASK = (1 << 64) - 1


class Sums:
    """The four sums of fletcher4 over some 32-bit words, beginning with zero."""

    def __init__(self, data):
        words = array("I", data)
        if sys.byteorder == "big":
            words.byteswap()
        self.count = len(words)
        level = words
        sums = []
        for _ in range(4):
            level = list(accumulate(level))
            sums.append(level[-1] & MASK)
        self.values = tuple(sums)


def extend(state, sums):
    """The running sums after some more words."""
    a, b, c, d = state
    n = sums.count
    triangle = n * (n + 1) // 2
    tetrahedron = n * (n + 1) * (n + 2) // 6
    more_a, more_b, more_c, more_d = sums.values
    return (
        (a + more_a) & MASK,
        (b + n * a + more_b) & MASK,
        (c + n * b + triangle * a + more_c) & MASK,
        (d + n * c + triangle * b + tetrahedron * a + more_d) & MASK,
    )


def blocks(seed, count):
    """Data of which half is random and half is words of text, so that gzip has something to do."""
    source = random.Random(seed)
    words = [bytes(source.choices(b"abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9))) + b" " for _ in range(500)]
    made = []
    for _ in range(count):
        text = b"".join(source.choices(words, k=BLOCK // 4))[: BLOCK // 2]
        data = b"".join(
            source.randbytes(4096) + text[at : at + 4096] for at in range(0, BLOCK // 2, 4096)
        )
        made.append((data, Sums(data)))
    return made


def header(kind, *fields):
    """A record's head without its checksum; fields are (offset, struct format, value)."""
    head = bytearray(HEADER)
    struct.pack_into("<I", head, 0, kind)
    for offset, form, value in fields:
        struct.pack_into("<" + form, head, offset, value)
    return head


def records(size, seed):
    """The parts of a stream of about this many bytes, in order."""
    writes = max(1, size // (BLOCK + HEADER))
    data = blocks(seed, min(writes, DISTINCT))
    begin = header(
        BEGIN,
        (8, "Q", MAGIC),
        (16, "Q", 1),
        (24, "Q", 1_600_000_000),
        (32, "I", FILE_SYSTEM),
        (40, "Q", GUID + seed),
        (56, "16s", b"pool/bench@image"),
    )
    yield bytes(begin)
    state = extend((0, 0, 0, 0), Sums(begin))
    contents = header(
        OBJECT,
        (8, "Q", 2),
        (16, "I", PLAIN_FILE_CONTENTS),
        (20, "I", 44),
        (24, "I", BLOCK),
        (32, "B", 7),
        (34, "B", 1),
        (40, "Q", GUID + seed),
    )
    sealed, state = seal(contents, state)
    yield sealed
    source = random.Random(seed + 1)
    for number in range(writes):
        write = header(
            WRITE,
            (8, "Q", 2),
            (16, "I", PLAIN_FILE_CONTENTS),
            (24, "Q", number * BLOCK),
            (32, "Q", BLOCK),
            (40, "Q", GUID + seed),
            (48, "B", 7),
        )
        sealed, state = seal(write, state)
        payload, sums = source.choice(data)
        state = extend(state, sums)
        yield sealed
        yield payload
    end = header(END, (40, "Q", GUID + seed))
    struct.pack_into("<4Q", end, 8, *state)
    yield seal(end, state)[0]


def seal(head, state):
    """Puts the sum of all before it into a record, and takes the record into the sum."""
    state = extend(state, Sums(head[:CHECKSUM]))
    struct.pack_into("<4Q", head, CHECKSUM, *state)
    return bytes(head), extend(state, Sums(head[CHECKSUM:]))


def write_stream(path, size, seed):
    """Writes a stream; gives its length and sha1."""
    digest = hashlib.sha1()
    with open(path, "wb") as out:
        for part in records(size, seed):
            digest.update(part)
            out.write(part)
        return out.tell(), digest.hexdigest()


def small_stream(seed):
    """A complete stream with one block of data."""
    return b"".join(records(BLOCK, seed))


def write_gzip(source, path):
    """Compresses a file as "zfs send | gzip" does; gives length and sha1 of the result."""
    digest = hashlib.sha1()
    deflate = zlib.compressobj(6, zlib.DEFLATED, 31)
    with open(source, "rb") as data, open(path, "wb") as out:
        for part in iter(lambda: data.read(1 << 20), b""):
            packed = deflate.compress(part)
            digest.update(packed)
            out.write(packed)
        packed = deflate.flush()
        digest.update(packed)
        out.write(packed)
        return out.tell(), digest.hexdigest()
