"""Weeks to measure on: from the format's own generator if it is at hand, and from one of ours that draws other landscapes."""

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from script.bench_week.rows import Size

Row = dict[str, Any]
SKILLS = ["cleaning", "errands", "company", "repair", "cooking", "escort", "tutoring", "counselling", "mediation", "legal", "nursing"]


def week_file(folder: Path, size: Size, seed: int, referee: Path) -> tuple[Path, str]:
    """The week's file, drawn unless it is there, and who drew it."""
    maker = referee / "make.py"
    kind = size.kind if size.kind != "drawn" else "make.py" if maker.exists() else "town"
    path = folder / f"{kind}-{size.people}-{size.needs}-{size.communities}-{seed}.json.gz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part.gz")
        if kind == "make.py":
            numbers = {"volunteers": size.people, "needs": size.needs, "communities": size.communities, "seed": seed}
            words = [word for name, number in numbers.items() for word in (f"--{name}", str(number))]
            subprocess.run([sys.executable, str(maker), *words, "--out", str(unfinished)], check=True)
        else:
            unfinished.write_bytes(gzip.compress(json.dumps(draw(kind, size.people, size.needs, seed)).encode(), 6, mtime=0))
        unfinished.rename(path)
    return path, kind


def draw(landscape: str, people: int, needs: int, seed: int) -> Row:
    """A week of our own: an old town (dense), villages (clusters far apart), or a town where everybody is free on Saturday only."""
    rng = random.Random(f"{landscape} {people} {needs} {seed}")
    clusters = max(1, people // 400)
    spread, between = (0.004, 0.06) if landscape == "villages" else (0.006, 0.008 * clusters**0.5)
    centres = [(31.8 + rng.uniform(-between, between), 119.9 + rng.uniform(-between, between)) for _ in range(clusters)]

    def place() -> Row:
        lat, lon = rng.choice(centres)
        return {"lat": round(lat + rng.gauss(0, spread), 6), "lon": round(lon + rng.gauss(0, spread), 6)}

    return {
        "format": "doorstep-week/1",
        "start": "2026-11-30",
        "volunteers": [_person(rng, i, place(), landscape) for i in range(people)],
        "needs": [_need(rng, i, place(), needs, people, landscape) for i in range(needs)],
    }


def _person(rng: random.Random, i: int, place: Row, landscape: str) -> Row:
    worker = rng.random() < 0.05
    days = [5] if landscape == "saturday" else rng.sample(range(7), rng.choice([1, 2, 3, 5]) if not worker else 5)
    free = []
    for day in sorted(days):
        begin = day * 1440 + (510 if worker else rng.choice([480, 540, 780, 1080]))
        free.append([begin, begin + (480 if worker else rng.choice([90, 120, 180, 240]))])
    return place | {
        "id": f"v{i}", "role": "social_worker" if worker else rng.choice(["volunteer"] * 8 + ["specialist", "property"]),
        "kmh": rng.choice([4.0, 12.0, 25.0]), "reach_m": rng.choice([1000, 2000, 4000, 8000]),
        "skills": {skill: rng.choice([1, 2, 3]) for skill in rng.sample(SKILLS, rng.choice([1, 2, 3]))}, "vetted": rng.random() < 0.35,
        "gender": rng.choice("ffm"), "languages": ["zh", "wuu"] if rng.random() < 0.5 else ["zh"], "free": free,
        "max_minutes": 1200 if worker else rng.choice([120, 180, 300]), "max_visits": 12 if worker else rng.choice([1, 2, 3, 5]),
        "prefers": rng.sample(["elderly", "youth", "culture"], rng.randint(0, 2)),
    }  # fmt: skip


def _need(rng: random.Random, i: int, place: Row, needs: int, people: int, landscape: str) -> Row:
    days = [5] if landscape == "saturday" else rng.sample(range(7), rng.choice([1, 2]))
    begins = [day * 1440 + rng.choice([480, 540, 600, 810, 900, 1080]) for day in sorted(days)]
    seat: Row = {"skill": rng.choice([*SKILLS, None, None]), "level": rng.choice([1, 1, 1, 2, 3])}
    seats = [seat] if rng.random() < 0.88 else [seat, {"role": rng.choice([None, None, "social_worker"])}]
    return place | {
        "id": f"n{i}", "resident": f"r{i if rng.random() < 0.7 else rng.randrange(needs)}", "category": rng.choice(["elderly", "youth", "culture"]),
        "minutes": rng.choice([30, 45, 60, 90]), "windows": [[t, t + rng.choice([0, 30, 90])] for t in begins],
        "priority": rng.choices([1, 2, 3, 4, 5], [20, 30, 30, 15, 5])[0], "waited_weeks": rng.choice([0, 0, 0, 1, 3]),
        "minor": rng.random() < 0.06, "seats": seats, "familiar": [f"v{rng.randrange(people)}"] if rng.random() < 0.2 else [],
    }  # fmt: skip
