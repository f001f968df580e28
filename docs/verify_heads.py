"""Checks offline that nothing before a head was changed: verify_heads.py PROOF.json KEYS.txt [HEAD.txt …]. Exit 0: unchanged, 1: refused."""

import base64
import hashlib
import json
import sys
from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def plain(text, length):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() == text and len(data) == length:
        return data
    raise ValueError("a second spelling, or another length")


def opened(note, keys):
    text, marks = note[: note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2 :].split("\n")
    origin, size, root, day, _before, _end = text.split("\n")
    right = str(int(size)) == size and f"day {date.fromisoformat(day[4:])}" == day
    for name, label, data, since, until in keys if right else ():  # a key signs under its name, behind its label, on its own days
        for mark in [plain(line.split(" ")[2], 68) for line in marks if line.startswith(f"— {name} ")]:
            if mark[:4].hex() == label and plain(data, 33)[0] == 1 and since.strip("-") <= day[4:] <= (until.strip("-") or "9999"):
                Ed25519PublicKey.from_public_bytes(plain(data, 33)[1:]).verify(mark[4:], text.encode())
                return origin, int(size), plain(root, 32), day[4:], text
    raise ValueError("no key in KEYS.txt signed one of the heads on its day")


def begins(old, size, start, root, proof):  # RFC 9162 §2.1.4.2
    path, fn, sn = ([start] if old & (old - 1) == 0 else []) + proof, old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    before = after = path[0]
    for other in path[1:]:
        if not sn:
            return False
        if fn & 1 or fn == sn:
            before, after = (hashlib.sha256(b"\1" + other + one).digest() for one in (before, after))
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            after = hashlib.sha256(b"\1" + after + other).digest()
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (before, after) == (start, root)


try:
    lines = [[*line.split(), "-", "-"] for line in Path(sys.argv[2]).read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    keys, found = [(*words[0].split("+", 2), *words[1:3]) for words in lines], json.loads(Path(sys.argv[1]).read_bytes())
    (origin, old, start, day, _), (other, size, root, last, _) = heads = [opened(found[name], keys) for name in ("old", "new")]
    proof = [plain(step, 32) for step in found["proof"]]
    right = begins(old, size, start, root, proof) if 0 < old < size else not proof and (old == 0 or start == root)
    if found["format"] != "doorstep-since/1" or origin != other or day > last or old > size or not right:
        raise ValueError("the newer log does not begin with the older one")
    for one in [opened(Path(path).read_text("utf-8").strip() + "\n", keys) for path in sys.argv[3:]] + heads[:1]:
        if any(one != head and one[0] == head[0] and (one[3] == head[3] or (one[1] == head[1] and one[2] != head[2])) for head in heads):
            raise ValueError(f"the keeper has signed two heads of {one[3]}, or of {one[1]} entries, that differ: he has shown two logs")
        if one not in heads:
            raise ValueError(f"the head of {one[3]} is not one of the two heads in the file")
    print(f"{last}: {size} entries, of which the first {old} are exactly those of {day}")
except Exception as fault:
    sys.exit(f"REFUSED: {fault or type(fault).__name__}")
