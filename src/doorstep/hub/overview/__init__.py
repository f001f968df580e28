"""The first page of each role; reads all, read by none."""
