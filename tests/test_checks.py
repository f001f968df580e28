"""Each start-up check speaks up when what it guards is wrong, and is silent when all is well."""

import pytest
from django.core.checks import CheckMessage, run_checks
from django.db import connection
from pytest_django import Settings

from doorstep.hub.journal.access import is_loopback
from doorstep.hub.journal.checks import library_faults, pragma_faults, transaction_faults
from doorstep.hub.people.actions.vocabulary import mark_demonstration
from doorstep.hub.people.queries import is_demonstration

GOOD_PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "mmap_size": 0}


def ours() -> list[str]:
    """The ids of our own messages, as the start-up check would say them now."""
    return sorted(str(message.id) for message in run_checks(databases=["default"]) if str(message.id).startswith("doorstep."))


def ids(messages: list[CheckMessage]) -> list[str]:
    return [str(message.id) for message in messages]


@pytest.mark.both_databases
@pytest.mark.django_db
def test_all_is_well_as_it_is_delivered() -> None:
    assert ours() == []


@pytest.mark.parametrize(
    ("version", "found"), [("3.40.1", ["doorstep.E001"]), ("3.51.2", ["doorstep.E001"]), ("3.51.3", []), ("3.100.0", [])]
)
def test_a_sqlite_with_the_race_in_its_log_is_refused(version: str, found: list[str]) -> None:
    assert ids(library_faults(version)) == found


@pytest.mark.parametrize(("name", "value"), [("journal_mode", "delete"), ("synchronous", 1), ("foreign_keys", 0), ("mmap_size", 268435456)])
def test_a_pragma_that_loses_writes_is_refused(name: str, value: object) -> None:
    assert ids(pragma_faults(GOOD_PRAGMAS | {name: value})) == ["doorstep.E002"]


@pytest.mark.django_db
def test_the_pragmas_are_read_from_the_real_connection() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("says something about SQLite alone")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA mmap_size=1048576")
    found = ours()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA mmap_size=0")
    assert found == ["doorstep.E002"]


@pytest.mark.parametrize("wrong", [{"OPTIONS": {}}, {"OPTIONS": {"transaction_mode": "DEFERRED"}}, {"ATOMIC_REQUESTS": True}])
def test_transactions_that_fail_halfway_are_refused(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"OPTIONS": {"transaction_mode": "IMMEDIATE"}, "ATOMIC_REQUESTS": False}
    assert transaction_faults(right) == []
    assert ids(transaction_faults(right | wrong)) == ["doorstep.E004"]


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short"])
def test_an_empty_secret_is_refused(settings: Settings, key: str) -> None:
    settings.SECRET_KEY = key
    assert ours() == ["doorstep.E005"]


@pytest.mark.django_db
@pytest.mark.parametrize("hosts", [[], ["*"], ["example.test", "*"]])
def test_answering_to_every_name_is_refused(settings: Settings, hosts: list[str]) -> None:
    settings.ALLOWED_HOSTS = hosts
    assert ours() == ["doorstep.E006"]


@pytest.mark.django_db
def test_an_address_that_others_reach_is_warned_of_until_it_is_set_up(settings: Settings) -> None:
    settings.BIND_HOST = "0.0.0.0"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    assert ours() == ["doorstep.W001", "doorstep.W002"]
    settings.ALLOWED_HOSTS = ["doorstep.example"]
    settings.BEHIND_HTTPS = True
    assert ours() == ["doorstep.W021", "doorstep.W023"]
    settings.PUBLIC_URL = "https://doorstep.example"
    assert ours() == ["doorstep.W023"]
    settings.WITNESSES = ["street@example.org"]
    assert ours() == []


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "doorstep.example"])
def test_a_demonstration_is_never_served_to_others(settings: Settings, host: str) -> None:
    mark_demonstration(seed=1, size="community")
    assert is_demonstration() and ours() == []
    settings.BIND_HOST = host
    assert "doorstep.E010" in ours()


@pytest.mark.django_db
def test_one_click_doors_on_a_database_that_is_no_demonstration_are_refused(settings: Settings) -> None:
    settings.DEMONSTRATION = True
    assert ours() == ["doorstep.E011"]
    mark_demonstration(seed=1, size="community")
    assert ours() == []


@pytest.mark.parametrize(
    ("host", "near"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("localhost", True), ("::1", True), ("[::1]", True), ("0.0.0.0", False), ("", False), ("localhost.evil.example", False)],
)  # fmt: skip
def test_loopback_is_what_only_this_computer_reaches(host: str, near: bool) -> None:
    assert is_loopback(host) is near
