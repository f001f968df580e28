"""What every test may ask for: the cast, a home of its own, a database in a file, and a line of figures for the drill."""

import os

import pytest
from django.conf import settings
from django.db import connection

from doorstep.hub.testing import cast
from tests.figures import keep
from tests.racing import LINES, Figures

__all__ = ["cast"]


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What the product keeps beside its database, a test run keeps for itself."""
    settings.HOME = tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """SQLite in a file, as in use: a database in memory has one connection, on which no race can be seen."""
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        database["TEST"] = {**database.get("TEST", {}), "NAME": str(tmp_path_factory.mktemp("database") / "test.sqlite3")}


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Keeps a line of figures, which the end of the run prints; tests of the pure rooms have no database."""
    asks = any(request.node.get_closest_marker(mark) for mark in ("django_db", "both_databases"))

    def note(**numbers: object) -> None:
        words = "  ".join(f"{name.replace('_', ' ')} {number}" for name, number in numbers.items())
        where = connection.vendor if asks else "none"
        request.config.stash.setdefault(LINES, []).append(f"{request.node.name} · {where} · {words}")

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if lines := config.stash.get(LINES, []):
        terminalreporter.section("figures")
        terminalreporter.write("\n".join(lines) + "\n")
        if os.environ.get("DOORSTEP_FULL_COUNTS") == "1":
            keep(lines)
