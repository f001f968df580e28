"""Checks offline: verify_certificate.py CERTIFICATE.jwt KEYS.json [STATUS.jwt] [name=NAME]. Exit 0: genuine, 1: refused, revoked, another's."""

import base64
import hashlib
import json
import sys
import time
import zlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def opened(path, kind, want=None):
    parts = Path(path).read_bytes().decode().removesuffix("\n").translate({43: 32, 47: 32}).split(".")  # + / are another alphabet
    header, found, mark = (base64.b64decode(part + "=" * (-len(part) % 4), b"-_", validate=True) for part in parts)
    header, found = json.loads(header), json.loads(found)
    key = next(key for key in json.loads(Path(sys.argv[2]).read_bytes())["keys"] if key["kid"] == header["kid"])  # not one from the header
    Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "=")).verify(mark, ".".join(parts[:2]).encode())
    right = header.keys() == {"alg", "kid", "typ"} and header["alg"] in ("EdDSA", "Ed25519") and want in (None, [found["id"], found["iss"]])
    ours = found["iss"] == key["iss"] and key.get("since", "") <= found["validFrom"][:10] <= key.get("until", "9999") and "aud" not in found
    if not (right and ours and kind in found["type"] and parts[2][-1] in "AQgw" and found["nbf"] <= time.time() < found.get("exp", 1e99)):
        raise ValueError("another kind, issuer, time or spelling")
    return found, found["credentialSubject"]


try:
    (found, who), revoked = opened(sys.argv[1], "OpenBadgeCredential"), None  # None: not asked
    entry, hours = found["credentialStatus"], {row["resultDescription"].rpartition("#")[2]: row["value"] for row in who["result"]}
    names = [hashlib.sha256((word[5:] + who["identifier"][0]["salt"]).encode()) for word in sys.argv[3:] if word.startswith("name=")]
    holder = {name.hexdigest() for name in names} == {who["identifier"][0]["identityHash"][7:]} if names else None
    for word in [word for word in sys.argv[3:] if not word.startswith("name=")]:
        bits = opened(word, "BitstringStatusListCredential", [entry["statusListCredential"], found["iss"]])[1]["encodedList"]
        data, index = zlib.decompress(base64.urlsafe_b64decode(bits[1:] + "=="), 31), int(entry["statusListIndex"])
        revoked = bool(data[index // 8] << index % 8 & 128) or revoked is True
    doubted = {word: hours.pop(word) for word in ("in_question", "disputed") if word in hours}  # of these hours, on the day of issue
    print(f"{found['issuer']['name']} {who['activityStartDate']:.10} {who['activityEndDate']:.10} {hours=} {doubted=} {holder=} {revoked=}")
except Exception as fault:
    sys.exit(f"REFUSED: {fault or type(fault).__name__}")
sys.exit(bool(revoked) or holder is False)
