"""Doorstep 家门口: community volunteering led by social workers."""

__version__ = "0.1.0"
