"""Every Chinese sentence has its English: `check` says what is missing, `update` adds empty entries, `compile` writes the .mo files."""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import polib
from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
HUB = ROOT / "src" / "doorstep" / "hub"
FUNCTIONS = {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
TEMPLATE_CALL = re.compile(r"\b(_|n?p?gettext)\(")
#: Modules whose sentences people read.
SPEAKING = {"models", "access", "forms", "views", "queries", "templatetags", "context", "middleware", "signin"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")

#: Context (or None), singular, plural (or None).
Key = tuple[str | None, str, str | None]


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def key_of(function: str, arguments: list[str | None]) -> Key | None:
    """What a call to gettext and its kin asks the catalogue for, if the words stand there literally."""
    given = list(arguments)
    context = given.pop(0) if "pgettext" in function and given else None
    plural = given[1] if function.startswith("n") and len(given) > 1 else None
    return (context, given[0], plural) if given and given[0] else None


def python_keys(text: str) -> Iterator[Key]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if name in FUNCTIONS and (key := key_of(name, [_literal(argument) for argument in node.args])):
                yield key


def template_keys(text: str) -> Iterator[Key]:
    """Django's own reader turns the tags into calls; each call is then read as Python."""
    calls = templatize(text)
    for match in TEMPLATE_CALL.finditer(calls):
        call = _call_at(calls, match)
        if call is not None and (key := key_of(match[1], [_literal(argument) for argument in call.args])):
            yield key


def _call_at(text: str, match: re.Match[str]) -> ast.Call | None:
    """The shortest piece from the match on that is a whole call."""
    end = text.find(")", match.end())
    while end != -1:
        try:
            tree = ast.parse(text[match.start() : end + 1], mode="eval")
        except SyntaxError:
            end = text.find(")", end + 1)
            continue
        return tree.body if isinstance(tree.body, ast.Call) else None
    return None


def unmarked_in_template(text: str) -> Iterator[tuple[int, str]]:
    """Chinese that stands in a template outside of any translation tag."""
    inside = False
    for token in Lexer(text).tokenize():
        words = token.split_contents() if token.token_type == TokenType.BLOCK else [""]
        if words[0] in ("blocktranslate", "blocktrans", "comment"):
            inside = True
        elif words[0] in ("endblocktranslate", "endblocktrans", "endcomment"):
            inside = False
        elif inside or token.token_type == TokenType.COMMENT or words[0] in ("translate", "trans"):
            continue
        elif found := CHINESE.search(re.sub(r"_\((\"[^\"]*\"|'[^']*')\)", "", token.contents)):
            yield token.lineno or 0, token.contents[found.start() : found.start() + 20].strip()


def unmarked_in_python(text: str) -> Iterator[tuple[int, str]]:
    """Chinese in a page's or a refusal's code that no translation function is told of; docstrings and patterns are not shown to anybody."""
    tree = ast.parse(text)
    marked = {
        id(inner)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and (getattr(call.func, "id", None) or getattr(call.func, "attr", None)) in {*FUNCTIONS, "compile"}
        for inner in ast.walk(call)
    }
    marked |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in marked and CHINESE.search(node.value):
            yield node.lineno, node.value[:20]


def unmarked(app: Path) -> list[str]:
    found = []
    for path in sorted([*app.rglob("*.html"), *app.rglob("*.py")]):
        parts = set(path.relative_to(app).with_suffix("").parts)
        if path.suffix == ".html":
            found += [(path, *where) for where in unmarked_in_template(path.read_text(encoding="utf-8"))]
        elif parts & SPEAKING and not parts & {"tests", "migrations"}:
            found += [(path, *where) for where in unmarked_in_python(path.read_text(encoding="utf-8"))]
    return [f"{path.relative_to(ROOT)}:{line}: {words!r} is not marked for translation" for path, line, words in found]


def wanted(app: Path) -> dict[Key, str]:
    """Every sentence of the app with the first file that says it."""
    found: dict[Key, str] = {}
    for path in sorted([*app.rglob("*.py"), *app.rglob("*.html"), *app.rglob("*.txt")]):
        if {"migrations", "tests", "static"} & set(path.parts):
            continue
        keys = python_keys if path.suffix == ".py" else template_keys
        for key in keys(path.read_text(encoding="utf-8")):
            found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def catalogue(app: Path) -> Path:
    return app / "locale" / "en" / "LC_MESSAGES" / "django.po"


def translated(entry: polib.POEntry) -> bool:
    # An entry read back from a compiled catalogue knows neither.
    if entry.obsolete or getattr(entry, "fuzzy", False):
        return False
    return bool(entry.msgstr_plural and all(entry.msgstr_plural.values())) or bool(entry.msgstr)


def same_fields(entry: polib.POEntry) -> bool:
    """A placeholder that the English drops or invents breaks the page that shows it."""
    pattern = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    originals = set(pattern.findall(entry.msgid)) | set(pattern.findall(entry.msgid_plural or ""))
    return all(set(pattern.findall(text)) <= originals for text in [entry.msgstr, *entry.msgstr_plural.values()] if text)


def known_everywhere() -> set[tuple[str | None, str]]:
    """Django merges the catalogues of all apps, so a sentence may have its English in any of them."""
    return {
        (entry.msgctxt, entry.msgid)
        for app in apps()
        if catalogue(app).exists()
        for entry in polib.pofile(catalogue(app))
        if translated(entry)
    }


def apps() -> list[Path]:
    return sorted(path for path in HUB.iterdir() if (path / "apps.py").exists())


def missing(app: Path, known: set[tuple[str | None, str]]) -> dict[Key, str]:
    return {key: where for key, where in wanted(app).items() if CHINESE.search(key[1]) and key[:2] not in known}


def check() -> list[str]:
    known, wrong = known_everywhere(), []
    for app in apps():
        wrong += [f"{where}: no English for {key[1]!r}" for key, where in missing(app, known).items()]
        wrong += unmarked(app)
        po = catalogue(app)
        if not po.exists():
            continue
        entries = polib.pofile(po)
        wrong += [f"{app.name}: the English of {entry.msgid!r} has other placeholders" for entry in entries if not same_fields(entry)]
        if not po.with_suffix(".mo").exists() or _content(polib.mofile(po.with_suffix(".mo"))) != _content(entries):
            wrong.append(f"{po.with_suffix('.mo').relative_to(ROOT)} is older than its .po: run script/messages.py compile")
    return wrong


def _content(entries: list[polib.POEntry]) -> set[tuple[str | None, str, str, tuple[str, ...]]]:
    return {
        (entry.msgctxt, entry.msgid, entry.msgstr, tuple(entry.msgstr_plural[index] for index in sorted(entry.msgstr_plural)))
        for entry in entries
        if translated(entry)
    }


def compile_all() -> None:
    for app in apps():
        if catalogue(app).exists():
            polib.pofile(catalogue(app)).save_as_mofile(str(catalogue(app).with_suffix(".mo")))


def update() -> None:
    """Adds an empty entry for each sentence without English; whoever wrote the sentence writes the English."""
    known = known_everywhere()
    for app in apps():
        lacking = missing(app, known)
        if not lacking:
            continue
        po = catalogue(app)
        po.parent.mkdir(parents=True, exist_ok=True)
        entries = polib.pofile(po) if po.exists() else polib.POFile()
        entries.metadata = entries.metadata or {
            "Language": "en",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=2; plural=(n != 1);",
        }
        there = {(entry.msgctxt, entry.msgid) for entry in entries}
        for context, singular, plural in lacking:
            if (context, singular) not in there:
                extra = {"msgid_plural": plural, "msgstr_plural": {0: "", 1: ""}} if plural else {}
                entries.append(polib.POEntry(msgctxt=context, msgid=singular, **extra))
        entries.save(str(po))
        print(f"{app.name}: {len(lacking)} sentences wait for their English in {po.relative_to(ROOT)}")


def main(words: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doorstep.hub.settings")
    django.setup()
    if words == ["compile"]:
        compile_all()
    elif words == ["update"]:
        update()
    elif words == ["check"]:
        wrong = check()
        print("\n".join(wrong) or f"messages: every sentence of {len(apps())} apps has its English")
        return 1 if wrong else 0
    else:
        print("usage: script/messages.py check|update|compile", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
