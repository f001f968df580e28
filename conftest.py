"""What every test may ask for."""

from doorstep.hub.testing import cast

__all__ = ["cast"]
