"""What docs/states.md says that people read is what the pages say."""

import re
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parents[5]
TABLES = ("## 需求", "## 岗位", "## 邀请")


def sentences() -> list[str]:
    """Each sentence of the last column of the first three tables; what stands in brackets explains, what holds figures is an example."""
    found: list[str] = []
    text = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    for part in text.split("\n## "):
        if not f"## {part}".startswith(TABLES):
            continue
        rows = [line for line in part.splitlines() if line.startswith("|")][2:]
        for row in rows:
            said = re.sub(r"（[^）]*）", "", row.rstrip("| ").split("|")[-1])
            found += [piece.strip() for piece in re.split(r"[。，；]", said) if piece.strip() and not re.search(r"[0-9A-Za-z]", piece)]
    return found


def catalogue() -> str:
    files = (ROOT / "src" / "doorstep" / "hub").glob("*/locale/en/LC_MESSAGES/django.po")
    return "\n".join(entry.msgid for file in files for entry in polib.pofile(file))


def test_the_tables_are_read() -> None:
    assert len(sentences()) > 30


@pytest.mark.parametrize("sentence", sorted(set(sentences())))
def test_a_page_says_so(sentence: str) -> None:
    assert sentence in catalogue()
