"""Checks a certificate offline: verify_certificate.py CERTIFICATE.jwt KEYS.json [STATUS.jwt]. Exit 0: genuine, 1: refused or revoked."""

import base64
import json
import sys
import time
import zlib
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def plain(text):
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)


def opened(path, kind, want=None):
    head, body, mark = Path(path).read_bytes().decode().removesuffix("\n").split(".")
    header, found = json.loads(plain(head)), json.loads(plain(body))
    key = next(key for key in json.loads(Path(sys.argv[2]).read_bytes())["keys"] if key["kid"] == header["kid"])  # not one from the header
    Ed25519PublicKey.from_public_bytes(plain(key["x"])).verify(plain(mark), f"{head}.{body}".encode())
    right = header.keys() == {"alg", "kid", "typ"} and header["alg"] in ("EdDSA", "Ed25519") and want in (None, [found["id"], found["iss"]])
    ours = found["iss"] == key["iss"] and key.get("since", "") <= found["validFrom"][:10] <= key.get("until", "9999")
    if not (right and ours and kind in found["type"] and mark[-1] in "AQgw" and found["nbf"] <= time.time() < found.get("exp", 1e99)):
        raise ValueError("another kind, issuer, time or spelling")
    return found


try:
    found = opened(sys.argv[1], "OpenBadgeCredential")
    who, entry, revoked = found["credentialSubject"], found["credentialStatus"], None  # None: not asked
    for path in sys.argv[3:]:
        bits = opened(path, "BitstringStatusListCredential", [entry["statusListCredential"], found["iss"]])["credentialSubject"]
        data, index = zlib.decompress(plain(bits["encodedList"][1:]), 31), int(entry["statusListIndex"])
        revoked = bool(data[index // 8] << index % 8 & 128)
    grades = {row["resultDescription"].rpartition("#")[2]: row["value"] for row in who["result"]}
    print(found["issuer"]["name"], who["activityStartDate"][:10], who["activityEndDate"][:10], "hours:", grades, "revoked:", revoked)
except Exception as fault:
    sys.exit(f"REFUSED: {fault or type(fault).__name__}")
sys.exit(bool(revoked))
