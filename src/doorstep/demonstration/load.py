"""Loads a drawn district through the hub's actions, a batch at a time, and says how far it is."""

from collections.abc import Callable

from django.utils import timezone

from doorstep.demonstration.rhythm import fitting
from doorstep.demonstration.rows import Drawn
from doorstep.hub.needs.actions.loading import load_needs
from doorstep.hub.people.actions.loading import load_people, load_places
from doorstep.hub.people.actions.vocabulary import install_vocabulary, mark_demonstration
from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.actions.loading import load_free_time
from doorstep.hub.scheduling.actions.rhythm import Wanted, set_rhythm
from doorstep.hub.scheduling.models import Rhythm

#: What the planner may take, with room for compiling its loops on the very first run; it ends sooner where nothing more is to be had.
SECONDS = {"district": 80, "community": 20}
SOURCES = {year: f"国家统计局统计用区划代码和城乡划分代码 {year}" for year in (2018, 2023)}


def load(drawn: Drawn, *, progress: Callable[[str], None], seed: int, size: str) -> dict[str, int]:
    """Fills an empty database; returns the counts of the summary."""
    progress("vocabulary")
    install_vocabulary()
    mark_demonstration(seed=seed, size=size)
    progress("places")
    load_places(batch=drawn.places, sources=SOURCES)
    district = Place.objects.get(kind=Place.Kind.DISTRICT)
    for number, (street, batch) in enumerate(drawn.people, 1):
        progress(f"people {number}/{len(drawn.people)} {street}")
        load_people(batch=batch, name=street)
        load_free_time(batch=batch, name=street, district=district)
    _rhythm(drawn, district)
    for number, (week, batch) in enumerate(drawn.asked, 1):
        progress(f"needs {number}/{len(drawn.asked)} {week}")
        load_needs(batch=batch, name=week, district=district)
    return dict(drawn.counts)


def _rhythm(drawn: Drawn, district: Place) -> None:
    """Set by the district's officer, so that the coming week is past its planning; a single community is planned in less time."""
    usual = {name: value for name, value in Rhythm().__dict__.items() if name in Wanted.__dataclass_fields__}
    usual |= fitting(timezone.now()) | {"seconds_allowed": SECONDS[drawn.size]}
    set_rhythm(by=Person.objects.get(pk=drawn.officer_id), place=district, wanted=Wanted(**usual))
