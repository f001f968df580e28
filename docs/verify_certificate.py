#!/usr/bin/env python3
"""Checks a certificate offline: verify_certificate.py CERTIFICATE.jwt KEYS.json [STATUS.jwt]. Exit 0: genuine, 1: refused or revoked."""

import base64
import json
import sys
import time
import zlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def plain(text):
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)


def opened(path, kind):
    head, body, mark = open(path, newline="").read().removesuffix("\n").split(".")
    header, found = json.loads(plain(head)), json.loads(plain(body))
    key = next(key for key in json.load(open(sys.argv[2]))["keys"] if key["kid"] == header["kid"])  # not one from the header
    Ed25519PublicKey.from_public_bytes(plain(key["x"])).verify(plain(mark), f"{head}.{body}".encode())
    right = header.keys() == {"alg", "kid", "typ"} and header["alg"] in ("EdDSA", "Ed25519") and kind in found["type"]
    ours = found["iss"] == key["iss"] and key.get("since", "") <= found["validFrom"][:10] <= key.get("until", "9999")
    right &= base64.urlsafe_b64encode(plain(mark)).decode().rstrip("=") == mark  # no second spelling of one signature
    if not (right and ours and found["nbf"] <= time.time() < found.get("exp", 1e99)):
        raise ValueError("another kind, issuer or time")
    return found


try:
    found = opened(sys.argv[1], "OpenBadgeCredential")
    who, entry, revoked = found["credentialSubject"], found["credentialStatus"], None  # None: not asked
    for bits in [opened(path, "BitstringStatusListCredential") for path in sys.argv[3:]]:
        data, index = zlib.decompress(plain(bits["credentialSubject"]["encodedList"][1:]), 31), int(entry["statusListIndex"])
        revoked = bits["id"] != entry["statusListCredential"] or bool(data[index // 8] << index % 8 & 128)
    grades = {row["resultDescription"].rpartition("#")[2]: row["value"] for row in who["result"]}
    print(found["issuer"]["name"], who["activityStartDate"][:10], who["activityEndDate"][:10], "hours:", grades, "revoked:", revoked)
except Exception as fault:
    sys.exit(f"REFUSED: {fault or type(fault).__name__}")
sys.exit(bool(revoked))
