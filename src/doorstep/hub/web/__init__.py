"""Base pages, components, static files and the reader's language; no tables."""
