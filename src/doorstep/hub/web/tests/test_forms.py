"""No form speaks in the framework's own words, and none cuts off what was typed."""

from django import forms

from doorstep.hub.web.forms import KindForm


class Sample(KindForm):
    name = forms.CharField()
    title = forms.CharField(error_messages={"required": "请写一句话。"})
    words = forms.CharField(max_length=5, required=False)


def test_a_missing_field_is_said_in_our_words_or_in_its_own() -> None:
    wrong = Sample({}).errors
    assert wrong["name"] == ["这一项还空着，请填上。"]
    assert wrong["title"] == ["请写一句话。"]


def test_too_long_is_said_and_nothing_is_cut_off() -> None:
    form = Sample({"name": "沈", "title": "灯", "words": "一二三四五六七"})
    assert "maxlength" not in str(form["words"])
    assert form.errors["words"] == ["您写了 7 个字，最多留 5 个。请留下最要紧的，您写的都还在。"]
