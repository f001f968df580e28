"""An honest unit of twelve weeks, drawn: who helps where, known by codes, words and some filled in afterwards, as people do."""

from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from doorstep.hub.records.watch import Line, Unit

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_DAY = datetime(2026, 9, 7, tzinfo=ZONE)
WEEKS = 12
SPOT = (31.78, 119.93)


class Honest:
    """Two to four social workers, twelve to forty volunteers who come from once in three weeks to three times a week."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.workers = [self.id() for _ in range(self.rng.randint(1, 4))]
        # Some never use the phone: their hours rest on words, and now and then on a paper that is typed in later.
        self.volunteers = [
            (self.id(), self.rng.choice(self.workers), self.rng.expovariate(1.1), self.rng.random() < 0.3)
            for _ in range(self.rng.randint(12, 40))
        ]
        self.homes = [(self.id(), self.id(), self._spot(), self.rng.choice(self.workers)) for _ in range(60)]
        self.unit = self.id()

    def id(self) -> UUID:
        return UUID(int=self.rng.getrandbits(128))

    def _spot(self) -> tuple[float, float]:
        return SPOT[0] + self.rng.uniform(-0.009, 0.009), SPOT[1] + self.rng.uniform(-0.009, 0.009)

    def drawn(self) -> Unit:
        lines: list[Line] = []
        for person, lead, zeal, on_paper in self.volunteers:
            busy: set[tuple[int, int]] = set()
            favourite = self.rng.sample(self.homes, 3)
            for week in range(WEEKS):
                for _ in range(min(4, int(self.rng.expovariate(1 / (zeal + 0.1))))):
                    day, part = self.rng.randrange(7), self.rng.choice((9, 10, 14, 15, 16, 18))
                    if (day, part // 6) not in busy:
                        busy.add((day, part // 6))
                        lines.append(self._visit(person, lead, favourite, on_paper, FIRST_DAY + timedelta(days=7 * week + day, hours=part)))
                busy.clear()
        lines += [line for _ in range(3) for line in self._fair()]
        return Unit(self.unit, self._typed_in(self._one_after_the_other(lines)))

    def _one_after_the_other(self, lines: list[Line]) -> list[Line]:
        """Nobody promises two things at once."""
        kept: list[Line] = []
        free_from: dict[UUID, datetime] = {}
        for line in sorted(lines, key=lambda line: line.came):
            if line.came >= free_from.get(line.person, line.came):
                kept.append(line)
                free_from[line.person] = line.left + timedelta(minutes=20)
        return kept

    def _visit(self, person: UUID, lead: UUID, favourite: list, on_paper: bool, start: datetime) -> Line:  # type: ignore[type-arg]
        rng = self.rng
        slot, contact, spot, worker = rng.choice(favourite if rng.random() < 0.6 else self.homes)
        slot = self.id()
        planned = rng.choice((30, 45, 60, 60, 60, 90, 120))
        late = rng.random() < 0.01
        came = start + timedelta(minutes=rng.choice((0, 0, 30)) + rng.randint(-8, 12), hours=5 if late else 0)
        served = max(20, planned + rng.randint(-12, 15))
        base = Line(self.id(), person, came, came + timedelta(minutes=served), served // 6, slot=slot, spot=spot, expected=(lead, contact))
        dice = rng.random()
        if (on_paper and dice < 0.22) or dice < 0.05:
            # Remembered, not measured: to the half hour, mostly to the hour.
            came = came.replace(minute=rng.choice((0, 0, 0, 30)))
            length = rng.choice((30, 60, 60, 60, 90, 90, 120, 120))
            return base._replace(
                came=came, left=came + timedelta(minutes=length), tenths=length // 6, filled=True, entered_by=worker, slot=None, spot=None
            )
        if on_paper or dice < 0.5:
            by = lead if rng.random() < 0.85 else contact if rng.random() < 0.7 else rng.choice(self.workers)
            return base._replace(left=base.came + timedelta(minutes=planned), vouched_by=by)
        step = int(base.came.timestamp()) // 30
        return base._replace(step=step, device=f"phone-{person}", vouched_by=None if dice > 0.7 else lead)

    def _fair(self) -> list[Line]:
        """A Saturday of many hands: everybody comes within a few minutes and is scanned at one stand, or signs a sheet."""
        rng, slot, worker = self.rng, self.id(), self.rng.choice(self.workers)
        start = FIRST_DAY + timedelta(days=7 * rng.randrange(WEEKS) + 5, hours=9)
        on_sheet, lines = rng.random() < 0.3, []
        for person, _lead, _zeal, on_paper in rng.sample(self.volunteers, min(len(self.volunteers), rng.randint(6, 20))):
            came = start if on_sheet else start + timedelta(minutes=rng.randint(-10, 10), seconds=rng.randint(0, 59))
            line = Line(self.id(), person, came, came + timedelta(minutes=90), 15, slot=slot, spot=SPOT, expected=(worker,))
            if on_sheet:
                line = line._replace(filled=True, entered_by=worker)
            elif on_paper:
                line = line._replace(vouched_by=worker)
            else:
                line = line._replace(step=int(came.timestamp()) // 30, device=f"phone-{person}")
            lines.append(line)
        return lines

    def _typed_in(self, lines: list[Line]) -> list[Line]:
        """Once a week somebody types in the week's papers, a minute or two each; the next day somebody else approves."""
        out: list[Line] = []
        at: dict[date, datetime] = {}
        for line in lines:
            if not line.filled:
                out.append(line)
                continue
            day = line.came.date() + timedelta(days=7 - line.came.weekday())
            desk = datetime(day.year, day.month, day.day, 9, 30, tzinfo=ZONE)
            at[day] = at.get(day, desk) + timedelta(seconds=self.rng.randint(40, 150))
            others = [one for one in self.workers if one != line.entered_by] or [self.unit]
            out.append(
                line._replace(
                    entered_at=at[day], vouched_by=self.rng.choice(others), approved_at=at[day] + timedelta(hours=self.rng.randint(2, 30))
                )
            )
        return out
