"""Both databases are set up as they must be: neither loses a write, neither refuses a second writer."""

import threading

import pytest
from django.core.management import call_command
from django.db import close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from doorstep.hub.people.models import Place

pytestmark = pytest.mark.both_databases


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        return cursor.execute(f"PRAGMA {name}").fetchone()[0]


def only(vendor: str) -> None:
    if connection.vendor != vendor:
        pytest.skip(f"says something about {vendor} alone")


@pytest.mark.django_db
def test_sqlite_is_beyond_the_race_in_its_write_ahead_log() -> None:
    only("sqlite")
    with connection.cursor() as cursor:
        version = cursor.execute("SELECT sqlite_version()").fetchone()[0]
    assert tuple(int(part) for part in version.split(".")) >= (3, 51, 3)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("mmap_size", 0)])
def test_sqlite_is_set_to_keep_every_write(name: str, value: object) -> None:
    only("sqlite")
    assert pragma(name) == value


@pytest.mark.django_db(transaction=True)
def test_sqlite_takes_the_write_lock_at_the_start_of_a_transaction() -> None:
    only("sqlite")
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        Place.objects.exists()
    assert queries[0]["sql"] == "BEGIN IMMEDIATE"


@pytest.mark.django_db
def test_no_request_holds_a_transaction_open_by_itself() -> None:
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_read_then_write_by_many_at_once_never_meets_a_locked_database() -> None:
    """Ten writers that read first: with deferred transactions most of them would fail on SQLite."""
    Place.objects.create(kind="district", name="柳溪区", code="999901", lat=0.0, lon=0.0)
    errors: list[Exception] = []
    together = threading.Barrier(10)

    def add_one() -> None:
        together.wait()
        try:
            with transaction.atomic():
                place = Place.objects.select_for_update().get(code="999901")
                Place.objects.filter(pk=place.pk).update(lat=(place.lat or 0.0) + 1)
        except Exception as error:
            errors.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=add_one) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert Place.objects.get(code="999901").lat == 10.0
