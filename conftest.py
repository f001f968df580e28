"""What every test may ask for."""

import pytest
from django.conf import settings

from doorstep.hub.testing import cast

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
