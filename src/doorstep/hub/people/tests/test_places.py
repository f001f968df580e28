"""Units end, merge and split; what was recorded stays where it was made. All places here are invented."""

import pytest

from doorstep.hub.people.actions.place import SuccessionCircle, end_place, hand_over, name_successor
from doorstep.hub.people.models import Household, Membership, Place, PlaceAlias
from doorstep.hub.people.queries import find_place
from doorstep.hub.testing import Cast

pytestmark = pytest.mark.both_databases


def test_a_merger_moves_homes_and_roles_and_leaves_the_records(cast: Cast) -> None:
    slot = cast.slot()
    moved = hand_over(
        by=cast.lin, place=cast.community, successor=cast.other_community, on=cast.monday, kind="merged", source="区民政局文件"
    )
    cast.community.refresh_from_db()
    slot.refresh_from_db()
    assert moved == 2
    assert Household.objects.filter(community=cast.other_community).count() == 3
    assert (cast.community.standing, cast.community.valid_until) == (Place.Standing.ENDED, cast.monday)
    assert slot.place == cast.community
    roles = Membership.objects.on(cast.monday).filter(person=cast.chen)
    assert [role.place for role in roles] == [cast.other_community]
    assert roles[0].led_by == cast.zhou


def test_a_split_sends_only_the_named_grids(cast: Cast) -> None:
    new = Place.objects.create(kind="community", name="东岸社区居委会", parent=cast.street)
    grid = Place.objects.create(kind="grid", name="东岸网格", parent=cast.community)
    building = Place.objects.create(kind="building", name="20 幢", parent=grid)
    Household.objects.filter(pk=cast.he.household_id).update(building=building)
    moved = hand_over(by=cast.lin, place=cast.community, successor=new, on=cast.monday, kind="split", source="区文件", grids=[grid])
    cast.community.refresh_from_db()
    assert (moved, cast.community.standing) == (1, Place.Standing.CURRENT)
    assert Household.objects.get(pk=cast.shen.household_id).community == cast.community


def test_an_ended_unit_waits_for_its_successor_and_is_then_found_by_its_old_name(cast: Cast) -> None:
    old = Place.objects.create(kind="community", name="槐荫里社区居委会", parent=cast.street)
    end_place(by=cast.lin, place=old, on=None)
    old.refresh_from_db()
    assert old.standing == Place.Standing.ENDED_UNKNOWN
    name_successor(by=cast.lin, place=old, successor=cast.community, kind="merged", on=None, source="老社工回忆")
    old.refresh_from_db()
    assert old.standing == Place.Standing.ENDED
    assert PlaceAlias.objects.get(place=cast.community).name == "槐荫里社区居委会"
    assert cast.community in find_place("槐荫里")


def test_a_circle_of_successors_is_refused(cast: Cast) -> None:
    name_successor(by=cast.lin, place=cast.community, successor=cast.other_community, kind="merged", on=None, source="一")
    with pytest.raises(SuccessionCircle):
        name_successor(by=cast.lin, place=cast.other_community, successor=cast.community, kind="merged", on=None, source="二")
