"""The steps that make a demonstration: tables, people and needs, the week's plan, and a week that is already alive."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any

Show = Callable[[str], None]
Run = Callable[[str, Callable[[Show], None]], None]


def build(*, size: str, seed: int, monday: date, run: Run) -> dict[str, Any]:
    """Fills the database that the environment names; returns the summary. Modules are loaded when Django is ready."""
    found: dict[str, Any] = {"size": size, "monday": monday.isoformat()}

    def tables(show: Show) -> None:
        import_module("django").setup()
        show("migrate")
        import_module("django.core.management").call_command("migrate", verbosity=0, interactive=False)

    now = datetime.now(UTC)
    whole: dict[str, Any] = {}

    def people(show: Show) -> None:
        show("draw")
        whole["drawn"] = drawn = import_module("doorstep.demonstration.draw").draw(size, seed, monday, now)
        found["counts"] = import_module("doorstep.demonstration.load").load(drawn, progress=show, seed=seed, size=size)

    def hours(show: Show) -> None:
        show("hours and their ledger")
        found["counts"] |= import_module("doorstep.demonstration.recorded").record(whole.pop("drawn"), now)

    def plan(show: Show) -> None:
        found.update(import_module("doorstep.demonstration.living").make_plan(monday=monday, seed=seed, show=show))

    def live(show: Show) -> None:
        found["answers"] = import_module("doorstep.demonstration.living").enliven(monday=monday, show=show)
        found["records"] = import_module("doorstep.demonstration.doubts").enliven_records(show=show)

    for name, work in (
        ("建表 tables", tables),
        ("人和需求 people and needs", people),
        ("时长和账本 hours and ledger", hours),
        ("排班 plan", plan),
        ("邀请和回话 offers and answers", live),
    ):
        run(name, work)
    import_module("doorstep.demonstration.living").close_database()
    return found


def sentence(summary: dict[str, Any]) -> str:
    """The summary that `--check` prints."""
    counts = "  ".join(f"{name} {number:,}" for name, number in summary["counts"].items())
    seconds = "  ".join(f"{name} {s} s" for name, s in summary["seconds"].items())
    return "\n".join(
        [
            f"数目 counts     {counts}",
            f"安排 plan       value {summary['value']:,.1f}  bound {summary['bound']:,.1f}  gap {summary['gap']:.3%}  broken rules {summary['broken_rules']}",
            f"对接 matched    {summary['met']:,} of {summary['asked']:,} needs ({summary['met'] / max(1, summary['asked']):.1%})",
            f"用时 seconds    {seconds}  total {sum(summary['seconds'].values()):.1f} s",
        ]
    )
