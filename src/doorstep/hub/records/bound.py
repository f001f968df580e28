"""What an entry binds by a digest without saying it: the same words when it is written and when it is compared again."""

import json
from typing import Any

from .models import Amendment, Award, Certificate, Correction, Evaluation, StarAward, Transfer, YearlyReport


def of_award(row: Award) -> dict[str, Any]:
    return {
        "id": str(row.pk), "name": row.name, "granted_by": row.granted_by, "source": str(row.source), "on": row.granted_on.isoformat(), "paper": row.proof,
    }  # fmt: skip


def of_evaluation(row: Evaluation) -> dict[str, Any]:
    return {"id": str(row.pk), "rating": row.rating, "words": row.words, "on": row.on.isoformat()}


def of_transfer(row: Transfer) -> dict[str, Any]:
    return {"source": row.source, "paper": row.paper}


def of_correction(row: Correction) -> dict[str, Any]:
    return {"correction": str(row.pk), "why": row.why}


def of_amendment(row: Amendment) -> dict[str, Any]:
    """The reason, and the whole of what the record says from then on."""
    return {"amendment": str(row.pk), "why": row.why, "struck": row.struck, "says": row.said}


def of_star(row: StarAward) -> dict[str, Any]:
    return {"star": str(row.pk), "level": row.star, "tenths": row.tenths}


def report_file(row: YearlyReport) -> bytes:
    """What the digest of a published report is of; databases keep the keys of an object in an order of their own."""
    return json.dumps(
        {"format": "doorstep-report/1", "year": row.year, "figures": row.figures}, ensure_ascii=False, sort_keys=True
    ).encode()


def certificate_paper(row: Certificate) -> bytes:
    """All that is printed of a certificate and told on its check page, the words of its lines among it: these go with whoever is forgotten."""
    return json.dumps({"format": "doorstep-paper/1", **row.snapshot}, ensure_ascii=False, sort_keys=True).encode()
