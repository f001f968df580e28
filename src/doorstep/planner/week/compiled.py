"""Compiled loops: one decorator, a folder that keeps what was compiled, and typed numbers that save compiling twice."""

import os
import tempfile
from pathlib import Path
from typing import Any

import numba
import numpy as np

# A bare 0 has a type of its own and would have every function that meets it compiled once more.
ZERO: Any = np.int64(0)
ONE: Any = np.int64(1)
NONE: Any = np.int64(-1)


def _cache_folder() -> str | None:
    """Where compiled code is kept when it cannot lie beside the source: in DOORSTEP_HOME, or for this run only."""
    if os.access(Path(__file__).parent, os.W_OK) or "NUMBA_CACHE_DIR" in os.environ:
        return None
    home = os.environ.get("DOORSTEP_HOME")
    return str(Path(home) / "compiled") if home and os.access(home, os.W_OK) else tempfile.mkdtemp(prefix="doorstep-")


if folder := _cache_folder():
    numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]
compiled = numba.njit(cache=True, nogil=True)
