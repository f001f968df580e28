"""How the days of a holiday notice are read as people type them."""

from datetime import date, timedelta


def days_in(text: str, year: int) -> list[date]:
    """The days of lines such as 1月1日 至 1月3日, 2027-01-01, 5月1日-5月5日; raises ValueError with the line."""
    found: set[date] = set()
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        ends = [part for part in line.replace("到", "至").replace("～", "至").replace("~", "至").split("至") if part.strip()]
        if len(ends) == 1 and "月" in line and "-" in line:
            ends = line.split("-")
        try:
            first, last = (_day_of(end, year) for end in (ends if len(ends) == 2 else ends * 2))
        except ValueError as fault:
            raise ValueError(line) from fault
        if not timedelta(0) <= last - first <= timedelta(days=31):
            raise ValueError(line)
        found |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return sorted(found)


def _day_of(text: str, year: int) -> date:
    plain = text.strip().replace("年", "-").replace("月", "-").replace("日", "").replace("号", "")
    parts = [int(part) for part in plain.split("-")]
    return date(*parts) if len(parts) == 3 else date(year, *parts)
