"""The page on which somebody says what she needs, in her own words."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from doorstep.hub.people.models import Person, Place
from doorstep.hub.scheduling.models import Channel
from doorstep.hub.web.forms import KindForm

from ..models import Need

MOST_WORDS = 2000
CALL_TIMES = (("call_morning", _("上午")), ("call_afternoon", _("下午")), ("call_evening", _("晚上")))
#: How a social worker heard of it, said as a choice.
HEARD = ((Channel.PHONE, _("电话里")), (Channel.IN_PERSON, _("当面说")), (Channel.PAPER, _("写在纸上")))
#: Who speaks, as the one says it who takes it down.
SPEAKERS = ((Need.For.SELF, _("本人")), (Need.For.FAMILY, _("家里人替说")), (Need.For.NEIGHBOUR, _("邻居替说")))
PHONE = re.compile(r"[0-9+()\- ]{5,20}")


def not_too_long(words: str) -> None:
    if len(words) > MOST_WORDS:
        raise ValidationError(
            _("您写了 %(written)d 个字，最多留 %(most)d 个。请留下最要紧的，其余的社工打电话时再听您说；您写的都还在下面。"),
            params={"written": len(words), "most": MOST_WORDS},
        )


def a_sentence(words: str) -> None:
    """A sign or a picture alone tells nobody what the matter is."""
    if sum(letter.isalnum() for letter in words) < 2:
        raise ValidationError(_("请写一两句遇到了什么事。一句话也行。"))


def a_phone(words: str) -> None:
    if words and (not PHONE.fullmatch(words) or sum(letter.isdigit() for letter in words) < 5):
        raise ValidationError(_("电话里只能有数字，至少 5 位。没有电话，请在下面写找谁转告。"))


def by_street(places: Iterable[Place]) -> list[Any]:
    """The communities under the name of their street, for a list that one can also search by typing."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for place in places:
        groups.setdefault(place.parent.name if place.parent else "", []).append((str(place.pk), place.short_name))
    return [("", _("请选一个社区")), *groups.items()]


class CalledFor(forms.CharField):
    """Asked for like any needed field, but the form decides whether something else that was said makes it needless."""

    def validate(self, value: Any) -> None:
        """An empty answer is the form's to judge."""


class AskForm(KindForm):
    """What a resident, a relative or a neighbour says."""

    use_required_attribute = False

    community = forms.ChoiceField(
        label=_("要帮忙的人住在哪个社区"),
        help_text=_("替别人说的，选本人住的那个。"),
        error_messages={"required": _("请选一个社区，这样才知道交给哪位社工。")},
    )
    own_words = forms.CharField(
        label=_("用自己的话说说"),
        help_text=_("不方便打字，点键盘上的话筒，说出来就行。"),
        widget=forms.Textarea(attrs={"rows": 5}),
        validators=[a_sentence, not_too_long],
        error_messages={"required": _("请写一两句遇到了什么事。一句话也行。")},
    )
    for_whom = forms.ChoiceField(
        label=_("这是谁的事"), choices=Need.For.choices, initial=Need.For.SELF, widget=forms.RadioSelect,
        error_messages={"required": _("请点一下这是谁的事。")},
    )  # fmt: skip
    about_name = CalledFor(label=_("本人怎么称呼"), help_text=_("替别人说的时候填。"), max_length=40)
    relation = CalledFor(label=_("您是本人的什么人"), help_text=_("比如：女儿、对门邻居。"), max_length=20)
    they_agree = forms.BooleanField(label=_("我问过本人，本人同意我来说。"), required=False)
    asker_name = forms.CharField(
        label=_("怎么称呼您"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = CalledFor(
        label=_("怎么找到您"), help_text=_("只有负责的社工看得到这个号码。"), max_length=20, validators=[a_phone],
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    contact_via = forms.CharField(label=_("没有电话，找谁转告"), help_text=_("比如：请楼下老孙转告。"), max_length=80, required=False)
    call = forms.MultipleChoiceField(label=_("什么时候打给您方便"), choices=CALL_TIMES, required=False, widget=forms.CheckboxSelectMultiple)
    address = forms.CharField(label=_("住在哪里"), help_text=_("几幢几单元几室，写到您愿意写的地方。"), max_length=80, required=False)
    wish = forms.CharField(
        label=_("谁来、谁别来，有什么想法"), help_text=_("比如：最好是女同志，会说常州话。"), max_length=200, required=False
    )
    consents = forms.BooleanField(
        label=_("我同意社工为办这件事看这些内容。"), error_messages={"required": _("请先勾上“同意”。没有同意，社工不能看这些内容。")}
    )

    def __init__(
        self, *args: Any, places: Iterable[Place] = (), known: Place | None = None, reader: Person | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.reader = reader
        if known:
            del self.fields["community"]
        else:
            field = self.fields["community"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = by_street(places)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("for_whom") in (Need.For.FAMILY, Need.For.NEIGHBOUR):
            self._for_somebody_else(said)
        reachable = said.get("phone") or said.get("contact_via") or (self.reader is not None and self.reader.reachable)
        if not reachable and "phone" not in self.errors:
            self.add_error("phone", _("请留一个电话，或者写明找谁转告。不然社工没法给您回话。"))
        return said

    def _for_somebody_else(self, said: dict[str, Any]) -> None:
        if not said.get("about_name"):
            self.add_error("about_name", _("请写本人怎么称呼，社工好先问一问本人。"))
        if not said.get("relation"):
            self.add_error("relation", _("请写您是本人的什么人。"))
        if not said.get("they_agree"):
            self.add_error("they_agree", _("请先问过本人，本人愿意了再勾这里。本人说不了话的，请直接打社区电话。"))


class TakeDownForm(AskForm):
    """What a social worker takes down at the door, on the phone or from a paper form."""

    channel = forms.ChoiceField(
        label=_("怎么听到的"), widget=forms.RadioSelect,
        choices=HEARD,
        error_messages={"required": _("请点一下是电话、当面，还是纸面。")},
    )  # fmt: skip
    resident = forms.ChoiceField(label=_("是家里哪一位的事"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, members: Iterable[Person] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), person.called) for person in members]
        field = self.fields["resident"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*people, ("", _("没有登记的人"))]
        if not people:
            del self.fields["resident"]
        wording: dict[str, Any] = {
            "own_words": _("照本人的话记"), "for_whom": _("谁在说"), "asker_name": _("来说的人怎么称呼"), "relation": _("来说的人是本人的什么人"),
            "phone": _("怎么找到本人"), "call": _("什么时候打过去方便"), "they_agree": _("来说的人问过本人，本人同意。"),
            "consents": _("已经把下面这段话念给对方听，对方同意。我是见证人。"),
        }  # fmt: skip
        for name, label in wording.items():
            self.fields[name].label = label
        self.fields["own_words"].help_text = _("不用改成公文，怎么说的就怎么记。")
        speakers = self.fields["for_whom"]
        assert isinstance(speakers, forms.ChoiceField)
        speakers.choices = SPEAKERS
        self.reader = None
        self.known_people = {str(person.pk): person for person in members}

    def clean(self) -> dict[str, Any]:
        # Somebody in the register can be reached as the register says.
        self.reader = self.known_people.get(str(self.cleaned_data.get("resident", "")))
        return super().clean()
