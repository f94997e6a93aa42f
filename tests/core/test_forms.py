"""What people type: cleaned, measured, kept, answered in plain words."""

from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import forms
from app.core.forms import Form, clean, decode, fill
from app.core.i18n import today
from app.core.web import safe_next
from app.needs.forms import AnswerForm, NeedFilter, NeedForm

GOOD = {
    "title": "Un car le dimanche soir", "text": "Le dernier car part à 17 h, les internes restent à quai.",
    "theme": "mobilites", "place": "29011", "college": "habitants", "charter": "true", "once": "x" * 24,
}  # fmt: skip


def test_text_is_cleaned_before_it_is_measured() -> None:
    assert clean("  un\r\ndeux\x00\u202e  \n\n\n\n\ntrois \u200b ") == "un\ndeux\n\ntrois"


@given(st.text(max_size=400))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(st.dictionaries(st.sampled_from([*GOOD, "autre"]), st.text(max_size=300), max_size=9))
def test_no_input_makes_a_form_fail_without_words(sent: dict[str, str]) -> None:
    filled = fill(NeedForm, GOOD | sent)
    assert filled.data or filled.errors
    for name, value in sent.items():
        assert clean(filled.values[name]) == clean(value.replace("\r", ""))  # what was typed is kept
    assert all(message and message[0].isupper() for message in filled.errors.values())


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("title", "", "À remplir"),
        ("title", "court", "Trop court"),
        ("text", "x" * 3001, "Trop long"),
        ("college", "martiens", "Choisissez"),
        ("charter", "", "Cochez la case"),
        ("charter", "false", "Cochez"),
        ("email", "pas une adresse", "adresse complète"),
        ("once", "petit", "expiré"),
    ],
)
def test_each_fault_is_said_beside_its_field(field: str, value: str, words: str) -> None:
    filled = fill(NeedForm, GOOD | {field: value})
    assert words in filled.errors[field]
    assert filled.ok is None


def test_a_redirected_answer_names_its_addressee_beside_the_field() -> None:
    sent = {"outcome": "redirected", "text": "x" * 30, "body_id": "1", "answered_on": today().isoformat()}
    assert "vers quel service" in fill(AnswerForm, sent).errors["addressee"]


@given(st.dictionaries(st.sampled_from(list(NeedFilter.model_fields)), st.text(max_size=80)))
def test_any_address_of_the_list_is_a_list(sent: dict[str, str]) -> None:
    assert NeedFilter.model_validate(sent)


@given(st.text(max_size=60))
def test_a_return_address_never_leaves_the_site(path: str) -> None:
    chosen = safe_next(path, "/ici")
    assert chosen.startswith("/") and not chosen.startswith(("//", "/\\"))


def test_unknown_fields_are_ignored() -> None:
    class One(Form):
        name: str

    assert fill(One, {"name": "a", "role": "admin"}).ok == One(name="a")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"&&", b"text", b"text=", b"=x", b"text=a=b", b"text=a+b%26c&text=%C3%A9t%C3%A9", b"%74ext=1&many=1&many=2",
        b"text=%ZZ%2", b"text=%FF\xe9&many=",
    ],
)  # fmt: skip
def test_a_body_is_cut_as_the_standard_library_does(body: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    monkeypatch.setattr(forms, "_as_fields", lambda _model, typed: read.append(typed) or {})
    decode(Form, body)
    expected: dict[str, list[str]] = {}
    for name, value in parse_qsl(body.decode("latin-1"), keep_blank_values=True):
        expected.setdefault(name, []).append(value)
    assert read == [expected]
