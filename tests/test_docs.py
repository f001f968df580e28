"""The documents tell the truth: what they name exists, and what exists is named."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from doorstep.cli import COMMANDS
from doorstep.hub.journal import checks as journal_checks
from doorstep.hub.people import checks as people_checks
from doorstep.hub.records import checks as records_checks

ROOT = Path(__file__).resolve().parents[1]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
#: Found in any tracked text: places of one machine, and addresses from which packages come.
MACHINE = re.compile(r"/(?:work|root|home/\w+)/|pypi\.|pythonhosted|registry\.npm|files\.python|deb\.debian|npmmirror|aliyun")
BINARY = {".png", ".mo", ".gz", ".ttf", ".woff2", ".ico", ".jpg"}


def tracked() -> list[Path]:
    """The files of the repository; without git, all that are no leftovers."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0:
        return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    skipped = {".venv", ".doorstep", ".git", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".bench"}
    return [path for path in ROOT.rglob("*") if path.is_file() and not skipped & set(path.relative_to(ROOT).parts)]


FILES = tracked()
DOCUMENTS = [path for path in FILES if path.suffix == ".md" and "vendor" not in path.parts]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="ignore")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_and_picture_leads_to_a_file(document: Path) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", text_of(document))
    inside = [target.split("#")[0] for target in targets if not re.match(r"https?:|mailto:|#", target)]
    assert [target for target in inside if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_heading_that_is_linked_to_is_there(document: Path) -> None:
    wanted = re.findall(r"\]\(#([^)]+)\)", text_of(document))
    there = {heading_id(line) for line in text_of(document).splitlines() if line.startswith("#")}
    assert [name for name in wanted if name not in there] == []


def heading_id(line: str) -> str:
    words = line.lstrip("#").strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_script_that_is_named_exists(document: Path) -> None:
    scripts = set(re.findall(r"\bscript/[\w.]+", text_of(document)))
    assert [name for name in sorted(scripts) if not (ROOT / name.rstrip(".")).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_that_is_named_exists(document: Path) -> None:
    """`doorstep WORD` in code; the hub's own package is written with a dot."""
    written = set(
        re.findall(r"(?:^|[`/ ])doorstep ([a-z_-]+)", "\n".join(re.findall(r"`[^`]+`|^[^\n]*bin/doorstep[^\n]*$", text_of(document), re.M)))
    )
    assert written <= {*COMMANDS, "doorstep"}, document


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_told_of_in_the_manual(command: str) -> None:
    assert f"doorstep {command}" in OPERATIONS


def settings_read() -> Iterator[str]:
    """Every variable that the settings ask the environment for."""
    tree = ast.parse(text_of(ROOT / "src" / "doorstep" / "hub" / "settings.py"))
    for node in ast.walk(tree):
        is_env = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "env"
        if is_env and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            yield str(node.args[0].value)


def test_every_setting_is_explained_and_none_that_is_not_read() -> None:
    read = set(settings_read())
    table = OPERATIONS.split("## 设置")[1].split("\n\n下面几个")[0]
    explained = set(re.findall(r"^\| `([A-Z_]+)`", table, re.M))
    assert {"DOORSTEP_HOME", "DATABASE_URL", "DOORSTEP_HOST"} <= read
    assert read == explained


def test_every_start_up_check_is_explained() -> None:
    sources = "".join(text_of(Path(str(module.__file__))) for module in (journal_checks, people_checks, records_checks))
    ids = set(re.findall(r'id="(doorstep\.[EW]\d{3})"', sources))
    assert len(ids) >= 8
    assert set(re.findall(r"^\| `(doorstep\.[EW]\d{3})`", OPERATIONS, re.M)) == ids


def names_in_code() -> set[str]:
    """Every class, function, attribute and route of the product."""
    found: set[str] = set()
    for path in (ROOT / "src").rglob("*"):
        if path.suffix in (".py", ".html"):
            found |= set(re.findall(r"\w+", text_of(path)))
    return found


def test_every_word_of_the_glossary_is_in_the_code() -> None:
    lines = [line for line in text_of(ROOT / "docs" / "glossary.md").splitlines() if line.startswith("| ") and line.count("|") >= 5]
    names = {
        word for line in lines[1:] for code in re.findall(r"`([^`]+)`", line.split("|")[3]) for word in re.findall(r"[A-Za-z_]\w+", code)
    }
    assert len(names) > 30
    assert sorted(names - names_in_code()) == []


def test_every_decision_is_named_in_the_architecture() -> None:
    told = text_of(ROOT / "ARCHITECTURE.md")
    assert [path.name for path in DOCUMENTS if path.parent.name == "decisions" and path.name not in told] == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_both_languages_are_there(document: str) -> None:
    text = text_of(ROOT / document)
    assert len(re.findall(r"[\u4e00-\u9fff]", text)) > 300 and len(re.findall(r"\b[a-z]{3,}\b", text)) > 150


def test_no_file_names_this_machine_or_where_packages_come_from() -> None:
    found = [
        f"{named(path)}: {match.group()}"
        for path in FILES
        if path.suffix not in BINARY and "vendor" not in path.parts and path.name != "test_docs.py"
        for match in [MACHINE.search(text_of(path))]
        if match
    ]
    assert found == []


def test_nothing_of_the_shared_folder_is_a_condition() -> None:
    """What lies beside the repository may be looked for, never counted on: only tests and benchmarks name it."""
    allowed = {"tests", "script", "docs"}
    named_in = [named(path) for path in FILES if path.suffix == ".py" and re.search(r"shared[/\"'].*(?:referee|data)", text_of(path))]
    assert [name for name in named_in if name.split("/")[0] not in allowed and "/tests/" not in name] == []


#: Pages and buttons that a handbook tells of, by the name that stands on them.
NAMES = {
    "social-worker": [
        "要是换一换，代价是什么？",
        "看为什么",
        "同一位，接下来几周",
        "一周一周看",
        "都停了",
        "再核对一次",
        "没有更好的安排，已经证明",
    ],
    "volunteer": ["为什么没有排我？", "我想去"],
    "district": [
        "若再有一位……",
        "不招人，也能多办的",
        "再核对一次",
        "没有更好的安排，已经证明",
        "为了人人有份、常是熟人，最多让出百分之几",
    ],
}
#: The same, in the English part of a handbook.
ENGLISH = {
    "social-worker": ["What would a change cost?", "The same person, the coming weeks", "Check again"],
    "volunteer": ["Why not me?"],
    "district": ["With one more helper", "Check again"],
}
#: What pages say, where they say it, and its English.
SAID = [text_of(path) for path in (ROOT / "src" / "doorstep" / "hub").rglob("*") if path.suffix in (".html", ".py")]
CATALOGUES = [text_of(path) for path in (ROOT / "src" / "doorstep" / "hub").rglob("*.po")]


@pytest.mark.parametrize(("handbook", "name"), [(handbook, name) for handbook, names in NAMES.items() for name in names])
def test_a_handbook_calls_pages_by_the_names_that_stand_on_them(handbook: str, name: str) -> None:
    chinese, _, _ = text_of(ROOT / "docs" / "handbook" / f"{handbook}.md").partition("**In English.**")
    assert name in chinese.replace("\n", "") and any(f'"{name}' in text for text in SAID)


@pytest.mark.parametrize(("handbook", "name"), [(handbook, name) for handbook, names in ENGLISH.items() for name in names])
def test_the_english_part_uses_the_english_names(handbook: str, name: str) -> None:
    _, _, english = text_of(ROOT / "docs" / "handbook" / f"{handbook}.md").partition("**In English.**")
    assert f'"{name}"' in english.replace("\n", " ") and any(f'msgstr "{name}"' in text for text in CATALOGUES)
