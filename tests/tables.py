"""The tables page × person, as tests/access keeps them."""

from pathlib import Path

Table = dict[str, dict[str, str]]


def read(name: str) -> Table:
    """One line a page, one word a person."""
    head, *lines = (Path(__file__).parent / "access" / name).read_text(encoding="utf-8").splitlines()
    people = head.split()[1:]
    return {line.split()[0]: dict(zip(people, line.split()[1:], strict=True)) for line in lines if line.strip()}


GET, POST = read("get.txt"), read("post.txt")
