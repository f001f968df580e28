"""Certificates as paper: what stands on the sheet, and the sheet as PDF; Chinese whatever the reader's language, with English beside it."""

import functools
import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import segno
import typst
from django.utils import timezone

from . import proving
from .certificate_access import NameChanged
from .models import Certificate, Grade

TYPESET = Path(__file__).parent / "typeset"
SHEET = TYPESET / "certificate.typ"
#: Mark, line around it, words, English.
GRADES = {
    Grade.CODE_PAIR: ("甲", "double", "来去都扫了码", "code scanned on coming and on leaving"),
    Grade.CODE_AND_WORD: ("乙", "single", "扫了一次码，另有人确认", "one code scanned, and confirmed by another person"),
    Grade.LEADER: ("乙", "single", "带队的、家里人或社工确认", "confirmed by the leader, the home or the social worker"),
    Grade.BACKFILLED: ("丙", "dashed", "事后补录，另有人批", "entered afterwards, approved by a second person"),
}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@functools.lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Our own letters first; a rare one in a name comes from a font of the machine."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=[str(TYPESET / "fonts")])


def sheets(certificates: Iterable[Certificate], *, form: str = "pdf", points: float = 144) -> bytes:
    """One document, each certificate on a page of its own. Raises NameChanged where the name is not the one that was signed."""
    said = {"title": "志愿服务记录证明", "author": "", "sections": [section(one) for one in certificates]}
    said["author"] = said["sections"][0]["unit"] if said["sections"] else ""  # type: ignore[index]
    compiler = typst.Compiler(str(SHEET), root=str(TYPESET), font_paths=_fonts(), sys_inputs={"said": json.dumps(said, ensure_ascii=False)})
    made = compiler.compile(format=form, ppi=points)  # type: ignore[arg-type]
    return made[0] if isinstance(made, list) else bytes(made or b"")


def can_be_printed(picture: bytes) -> bool:
    """Whether the typesetter can read a picture, and not only its name and size."""
    try:
        typst.Compiler(b"#image(bytes(json(bytes(sys.inputs.said))))", sys_inputs={"said": json.dumps(list(picture))}).compile(format="pdf")
    except typst.TypstError:
        return False
    return True


def section(certificate: Certificate) -> dict[str, Any]:
    """All that one page says, as text."""
    person, snapshot = certificate.person, certificate.snapshot
    if person is None or not proving.signed_name(certificate.token).is_name(person.name):
        raise NameChanged
    address = check_address(certificate)
    return {
        "number": certificate.number, "unit": certificate.unit.name, "keeper": _keeper(certificate), "name": person.name, "volunteer": _number(certificate),
        "start": chinese_day(certificate.start), "end": chinese_day(certificate.end), "start_en": english_day(certificate.start),
        "end_en": english_day(certificate.end), "times": str(snapshot["times"]), "hours": hours(certificate.tenths),
        "lines": [{"what": line["what"] or "其他", "times": str(line["times"]), "hours": hours(line["tenths"])} for line in snapshot["lines"]],
        "grades": list(_grades(snapshot["service"])), "late": _late(snapshot["service"]), "notes": list(_notes(snapshot, certificate.tenths)),
        "issued": chinese_day(timezone.localdate(certificate.issued_at)), "handler": _handler(certificate), "qr": _picture_of(address),
        "check": proving.public_address("/check").partition("://")[2], "ledger": _in_the_ledger(certificate), "seal": _seal(certificate),
    }  # fmt: skip


def hours(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def chinese_day(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"


def english_day(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def share(part: int, whole: int) -> str:
    """In per cent, but never all or nothing where it is not."""
    if part in (0, whole):
        return "100%" if part else "0%"
    return f"{min(99, max(1, round(100 * part / whole)))}%"


def _grades(service: dict[str, int]) -> Iterable[dict[str, str]]:
    whole = sum(service.values())
    for grade, (mark, kind, word, english) in GRADES.items():
        if count := service.get(grade, 0):
            yield {"mark": mark, "kind": kind, "word": word, "word_en": english, "hours": hours(count), "share": share(count, whole)}


def _late(service: dict[str, int]) -> str:
    """Back-filled hours look back-filled, right under the sum."""
    late = service.get(Grade.BACKFILLED, 0)
    return f"其中 {hours(late)} 小时（{share(late, sum(service.values()))}）是事后补录的" if late else ""


def _notes(snapshot: dict[str, Any], tenths: int) -> Iterable[str]:
    """What stands beside the sum. Of the national system only what it has taken in already."""
    if disputed := snapshot.get("disputed", 0):
        yield f"其中 {hours(disputed)} 小时本人有异议，开证明时还在核对。"
    if questioned := snapshot.get("questioned", 0):
        yield f"其中 {hours(questioned)} 小时有疑问，开证明时还没有查清。"
    if snapshot["training"]:
        yield f"另有培训 {hours(snapshot['training'])} 小时，单独记，不算在服务时长里。"
    if snapshot["transferred"]:
        yield f"另有从别处转来的 {hours(snapshot['transferred'])} 小时，本处没有核过，不算在内。"
    if snapshot["synced"] == tenths:
        yield "以上时长已由全国志愿服务信息系统收录。"
    elif snapshot["synced"]:
        yield f"其中 {hours(snapshot['synced'])} 小时已由全国志愿服务信息系统收录，其余的还没有。"


def _keeper(certificate: Certificate) -> str:
    street = certificate.unit.parent
    return " · ".join(place.name for place in (street.parent if street else None, street) if place)


def _number(certificate: Certificate) -> str:
    return certificate.person.volunteer.number if certificate.person and hasattr(certificate.person, "volunteer") else ""


def _handler(certificate: Certificate) -> str:
    by = certificate.issued_by
    words = ["本人从记录中打印"] if by is None or by.pk == certificate.person_id else [f"经办：{by.name}"]
    return "　".join([*words, *([f"电话 {certificate.unit.phone}"] if certificate.unit.phone else [])])


def _picture_of(address: str) -> str:
    return str(segno.make(address, error="m", micro=False).svg_inline(border=0, scale=4, dark="#1d2731"))


def picture_to_scan(text: str) -> str:
    """A code that a phone reads, as the address of a picture."""
    return str(segno.make(text, error="l", micro=False).svg_data_uri(border=2, scale=3, dark="#1d2731", light="#ffffff"))


def _in_the_ledger(certificate: Certificate) -> str:
    head = proving.head_on(certificate.token)
    words = f"账本里的第 {certificate.entry} 号。"
    if head is None:
        return words + "开具时还没有日结，当天夜里有。"
    return words + f"开具时最近的日结：{chinese_day(head.day)}，共 {head.size} 条，指纹 {proving.fingerprint(head)}"


def _seal(certificate: Certificate) -> str | list[int] | None:
    seal = getattr(certificate.unit, "seal", None) if certificate.with_seal else None
    if seal is None:
        return None
    return list(bytes(seal.image)) if seal.image else "drawn"


def check_address(certificate: Certificate) -> str:
    """Where the code on the paper leads."""
    return proving.public_address(f"/check/{certificate.number}/")
