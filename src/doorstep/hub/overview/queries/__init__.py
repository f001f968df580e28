"""Reads across the whole hub for the first page of each role."""
