"""Compiled code is run unread: it is kept beside the data only where nobody else can write."""

import os
from pathlib import Path
from typing import Any

import pytest

from doorstep.hub.operations import keep_compiled


@pytest.fixture
def kept(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.HOME = home = tmp_path / "home"
    home.mkdir(mode=0o750)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", "")
    monkeypatch.delenv("PYTHONPYCACHEPREFIX")
    return home / "compiled"


def test_a_folder_of_our_own_keeps_it(kept: Path) -> None:
    keep_compiled()
    assert os.environ["PYTHONPYCACHEPREFIX"] == str(kept) and "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert kept.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("where", ["the data", "the code"])
def test_a_folder_that_others_can_write_into_does_not(kept: Path, where: str) -> None:
    kept.mkdir()
    (kept if where == "the code" else kept.parent).chmod(0o770)
    keep_compiled()
    assert "PYTHONPYCACHEPREFIX" not in os.environ and os.environ["PYTHONDONTWRITEBYTECODE"] == "1"


def test_a_way_to_somewhere_else_does_not(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    kept.symlink_to(tmp_path / "elsewhere")
    keep_compiled()
    assert "PYTHONPYCACHEPREFIX" not in os.environ
