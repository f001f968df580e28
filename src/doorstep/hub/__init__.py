"""The hub serves people: the one Django project, which runs on a SQLite that is known to be sound."""

import sys

import pysqlite3

# Python's own SQLite library may be one with the write-ahead-log race that was fixed in 3.51.3;
# Django finds this one first because the hub is imported before any database is opened.
sys.modules["sqlite3"] = pysqlite3
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
