"""Checks offline that nothing before a head was changed: verify_heads.py PROOF.json KEYS.txt [HEAD.txt …]. Exit 0: unchanged, 1: refused."""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def plain(text):
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("a second spelling")
    return data


def opened(note, keys):
    text, marks = note[: note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2 :].split("\n")
    origin, size, root, day, _before, _end = text.split("\n")
    for key, since, until in keys:  # a key signs under its name, behind four bytes of its own digest, on its own days
        name, label, data = key.split("+", 2)
        for mark in [plain(line.split(" ")[2]) for line in marks if line.startswith(f"— {name} ")]:
            if mark[:4].hex() == label and since.strip("-") <= day[4:] <= (until.strip("-") or "9999"):
                Ed25519PublicKey.from_public_bytes(plain(data)[1:]).verify(mark[4:], text.encode())
                return origin, int(size), plain(root), day[4:]
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
    found = json.loads(Path(sys.argv[1]).read_bytes())
    keys = [(*line.split(), "-", "-")[:3] for line in Path(sys.argv[2]).read_text("utf-8").splitlines() if line[:1] not in ("", "#")]
    (origin, old, start, day), (other, size, root, last) = (opened(found[name], keys) for name in ("old", "new"))
    proof = [plain(step) for step in found["proof"]]
    right = begins(old, size, start, root, proof) if 0 < old < size else not proof and (old == 0 or start == root)
    if found["format"] != "doorstep-since/1" or origin != other or day > last or old > size or not right:
        raise ValueError("the newer log does not begin with the older one")
    for path in sys.argv[3:]:
        if Path(path).read_bytes().decode().split() not in (found["old"].split(), found["new"].split()):
            raise ValueError(f"{path} is not one of the two heads in the file")
    print(f"{last}: {size} entries, of which the first {old} are exactly those of {day}")
except Exception as fault:
    sys.exit(f"REFUSED: {fault or type(fault).__name__}")
