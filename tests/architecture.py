"""The rules of the house as functions: each reads one module and names what breaks the rule."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"

#: An app may lean on lower rows only; web has no tables and serves the views of all.
ROWS = {
    "journal": 0, "people": 1, "scheduling": 2, "records": 3,
    "needs": 4, "casework": 4, "programmes": 4, "bulletin": 4, "overview": 5, "api": 5,
}  # fmt: skip
OPEN_TO_OTHER_APPS = {"models", "access", "actions", "queries"}
#: Who may speak to the pure rooms: one door each.
DOORS: dict[str, tuple[str, ...]] = {
    "planner": ("doorstep.hub.scheduling.solving",),
    #: Writing in one file, showing and proving to others in the other.
    "ledger": ("doorstep.hub.records.book", "doorstep.hub.records.proving"),
}
#: web sees who is reading; it knows nothing of what they do.
WEB_MAY_USE = {"journal", "people"}
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services", "core", "common", "misc", "signals"}
MAX_FILE, MAX_FUNCTION, MAX_TEMPLATE = 400, 50, 200
ALWAYS_WRITES = {
    "save",
    "asave",
    "create",
    "acreate",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "delete",
    "adelete",
}
QUERYSET_WORDS = {"objects", "filter", "exclude", "all", "select_for_update", "annotate", "using", "get_queryset"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name and its text."""

    name: str
    text: str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def parts(self) -> list[str]:
        return self.name.split(".")

    @property
    def app(self) -> str | None:
        """The hub's app that the module belongs to, if it is in one."""
        return self.parts[2] if len(self.parts) > 2 and self.parts[:2] == ["doorstep", "hub"] else None

    @property
    def is_test(self) -> bool:
        return "tests" in self.parts or self.name == "doorstep.hub.testing"

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.parts

    @cached_property
    def imports(self) -> list[tuple[int, str]]:
        """Line and full dotted name of everything imported anywhere in the module."""
        return [found for node in ast.walk(self.tree) for found in self._imported(node)]

    def _imported(self, node: ast.AST) -> Iterator[tuple[int, str]]:
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = self.parts if self.is_package else self.parts[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], *([base] if base else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def modules() -> list[Module]:
    """Every module of the product."""
    found = []
    for path in sorted((SOURCE / "doorstep").rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        package = parts[-1] == "__init__"
        found.append(Module(".".join(parts[:-1] if package else parts), path.read_text(encoding="utf-8"), package))
    return found


def rows(module: Module) -> list[str]:
    """A row imports lower rows only; apps of one row never import each other; nobody imports the demonstration."""
    if module.app is None or module.is_test:
        return []
    wrong = []
    for line, target in module.imports:
        parts = target.split(".")
        if parts[:2] == ["doorstep", "demonstration"]:
            wrong.append(f"{module.name}:{line} imports {target}: the demonstration stands above the hub")
        if parts[:2] != ["doorstep", "hub"] or len(parts) < 3 or parts[2] == module.app:
            continue
        if parts[2] in ROWS and not _may_lean(module.app, parts[2]):
            wrong.append(f"{module.name}:{line} imports {target}: {parts[2]} is not in a lower row than {module.app}")
    return wrong


def _may_lean(app: str, other: str) -> bool:
    if app == "web":
        return other in WEB_MAY_USE
    return app not in ROWS or ROWS[other] < ROWS[app]


def open_parts(module: Module) -> list[str]:
    """Across apps only models, access, actions and queries are imported."""
    if module.app is None or module.is_test or module.is_migration:
        return []
    # What starts a process (wsgi, rounds) may call the work outside the request, which loads its heavy parts when it runs.
    allowed = OPEN_TO_OTHER_APPS if module.app in ROWS or module.app == "web" else OPEN_TO_OTHER_APPS | {"tasks"}
    return [
        f"{module.name}:{line} imports {target}: only {', '.join(sorted(allowed))} are open to other apps"
        for line, target in module.imports
        for parts in [target.split(".")]
        if parts[:2] == ["doorstep", "hub"] and len(parts) > 2 and parts[2] in ROWS and parts[2] != module.app
        if len(parts) < 4 or parts[3] not in allowed
    ]


def pure_rooms(module: Module) -> list[str]:
    """The planner and the ledger know neither Django, nor the hub, nor each other."""
    if len(module.parts) < 2 or module.parts[1] not in DOORS:
        return []
    own = f"doorstep.{module.parts[1]}"
    return [
        f"{module.name}:{line} imports {target}: {module.parts[1]} is pure"
        for line, target in module.imports
        if target.split(".")[0] == "django" or (target.split(".")[0] == "doorstep" and not f"{target}.".startswith(f"{own}."))
    ]


def one_door(module: Module) -> list[str]:
    """Inside the hub one module speaks to the planner and one to the ledger."""
    if module.app is None or module.is_test:
        return []
    return [
        f"{module.name}:{line} imports {target}: the only door is {DOORS[room][0]}"
        for line, target in module.imports
        for room in DOORS
        if f"{target}.".startswith(f"doorstep.{room}.") and module.name not in DOORS[room]
    ]


def _words(node: ast.expr) -> set[str]:
    """The names along a chain such as Offer.objects.filter(…).update."""
    found: set[str] = set()
    current: ast.expr | None = node
    while current is not None:
        if isinstance(current, ast.Attribute):
            found.add(current.attr)
            current = current.value
        elif isinstance(current, ast.Call):
            current = current.func
        else:
            found |= {current.id} if isinstance(current, ast.Name) else set()
            current = None
    return found


def _writes(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    word, chain = call.func.attr, _words(call.func.value)
    if word in ("update", "aupdate"):
        return bool(chain & QUERYSET_WORDS) or (not call.args and bool(call.keywords) and "self" in chain)
    if word == "execute":
        text = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else ""
        return isinstance(text, str) and bool(re.match(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", text, re.IGNORECASE))
    return word in ALWAYS_WRITES


def only_actions_write(module: Module) -> list[str]:
    """Rows are saved, updated and deleted by actions and by nobody else."""
    if "actions" in module.parts or module.is_test or module.is_migration or module.parts[1:2] not in (["hub"], ["demonstration"]):
        return []
    return [
        f"{module.name}:{node.lineno} calls .{node.func.attr}(): only actions write"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _writes(node)
    ]


def views_only_route(module: Module) -> list[str]:
    """A page gets its objects from access and queries, where somebody has asked whether it may."""
    if module.app is None or module.is_test or not {"views", "templatetags"} & set(module.parts):
        return []
    return [
        f"{module.name}:{node.lineno} reaches for .objects: pages ask access or queries"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in ("objects", "_default_manager")
    ]


def no_signals(module: Module) -> list[str]:
    """News travels by calls and by the outbox, never by signals."""
    return [
        f"{module.name}:{line} imports {target}: no signals"
        for line, target in module.imports
        if "signals" in target.split(".") or target.startswith("django.dispatch")
    ]


def no_hidden_imports(module: Module) -> list[str]:
    """Imports stand at the top, but for the command line and tasks, which load heavy parts when they run."""
    if module.parts[-1] in ("cli", "tasks"):
        return []
    return [
        f"{module.name}:{inner.lineno} imports inside {outer.name}()"
        for outer in ast.walk(module.tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]


def named_for_its_subject(module: Module) -> list[str]:
    """No module is a drawer for odds and ends."""
    return [f"{module.name}: '{part}' says nothing about its subject" for part in module.parts if part in FORBIDDEN_NAMES]


def short_enough(module: Module) -> list[str]:
    """A file is read in one sitting."""
    lines = module.text.count("\n")
    return [] if module.is_migration or lines <= MAX_FILE else [f"{module.name} has {lines} lines, {MAX_FILE} are allowed"]


def short_functions(module: Module) -> list[str]:
    """A function is seen on one screen."""
    return [
        f"{module.name}:{node.lineno} {node.name}() has {length} lines, {MAX_FUNCTION} are allowed"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not module.is_migration
        for length in [(node.end_lineno or node.lineno) - node.lineno + 1]
        if length > MAX_FUNCTION
    ]


def says_its_purpose(module: Module) -> list[str]:
    """A module that has something to say begins with a sentence that says why it is there."""
    if module.is_migration or not module.text.strip():
        return []
    opening = (ast.get_docstring(module.tree) or "").split("\n\n")[0]
    return [] if re.search(r"[.!?。]$", opening) else [f"{module.name} does not begin with a sentence of purpose"]


def finished(module: Module) -> list[str]:
    """Nothing is left for later in a comment."""
    return [
        f"{module.name}:{number} leaves something for later: {line.strip()}"
        for number, line in enumerate(module.text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]


def long_templates(templates: dict[str, str]) -> list[str]:
    """A template is read in one sitting."""
    return [
        f"{name} has {text.count(chr(10))} lines, {MAX_TEMPLATE} are allowed"
        for name, text in templates.items()
        if text.count("\n") > MAX_TEMPLATE
    ]


def keys_go_down(keys: list[tuple[str, str, str]]) -> list[str]:
    """A foreign key (app, field, other app) points into its own app or into a lower row."""
    return [
        f"{field} points from {app} to {other}: keys go down"
        for app, field, other in keys
        if app != other and other in ROWS and (app not in ROWS or ROWS[other] >= ROWS[app])
    ]
