"""The lifecycle of a fiche: what each move asks for, who is told, what is refused."""

import pytest
from sqlmodel import select

from app.actions import queries, service
from app.actions.models import ActionSheet
from app.actions.states import FIELD_LABELS, REQUIRED, missing
from app.core.errors import DomainError
from app.identity.models import Person
from app.needs.models import Need
from tests.actions.cast import CONTENT, a_sheet, get, some_needs
from tests.site import Site


def _move(site: Site, ref: str, verb: str, **sent: str) -> tuple[int, str]:
    response = site.signed_in("technician").post(f"/fiches-actions/{ref}/etapes", {"verb": verb} | sent)
    return response.status_code, response.text


def test_a_move_lists_what_is_not_written_with_its_place(site: Site) -> None:
    ref = a_sheet(site, published=False, needs=0, objectives="", funding=[], engineering="", financing="", holder="")
    status, page = _move(site, ref, "make_project")
    assert status == 422 and get(site, ref).status == "idea"
    assert f'href="/fiches-actions/{ref}/redaction#objectives">Objectifs</a>' in page
    assert "#context" not in page
    edit = site.signed_in("technician").get(f"/fiches-actions/{ref}/redaction").text
    assert '<a href="#objectives">Objectifs</a>' in edit


def test_either_a_holder_or_a_search_for_one_and_any_of_the_three_means() -> None:
    assert missing("make_candidate", CONTENT) == []
    bare = CONTENT | {"holder": "", "engineering": "", "financing": "", "funding": [], "context": ""}
    assert missing("make_candidate", bare) == ["context", "holder", "means", "funding"]
    assert missing("make_candidate", CONTENT | {"holder": "", "holder_sought": True}) == []
    assert missing("make_candidate", bare | {"support": "Un animateur"}) == ["context", "holder", "funding"]
    assert missing("vote", {}) == []
    assert {name for names in REQUIRED.values() for name in names} <= FIELD_LABELS.keys()


def test_a_candidate_is_published_by_the_same_move(site: Site) -> None:
    need = some_needs(site)[0]
    ref = a_sheet(site, published=False)
    assert _move(site, ref, "make_project")[0] == 200 and get(site, ref).version == 0
    assert _move(site, ref, "make_candidate", note="Comité du 8 décembre")[0] == 200
    assert (get(site, ref).status, get(site, ref).version) == ("candidate", 1)
    page = site.visitor().get(f"/fiches-actions/{ref}").text
    assert "Candidate" in page and "Comité du 8 décembre" in page
    with site.reading() as db:
        after = db.get_one(Need, need.id)
        assert after.stage == "taken_up"
        author = db.get(Person, after.author_id) if after.author_id else None
    if author:
        assert ref in site.mails(author.email)[-1].body
    assert _move(site, ref, "propose")[0] == 200 and get(site, ref).version == 1  # nothing changed: no new version


@pytest.mark.parametrize("verb", ["redirect", "withdraw", "abandon"])
def test_leaving_asks_for_a_reason_and_keeps_what_was_typed(site: Site, verb: str) -> None:
    ref = a_sheet(site, needs=0)
    status, page = _move(site, ref, verb, note="Non", addressee="Politique littorale")
    assert status == 422 and "la raison est publiée" in page and ">\nNon</textarea>" in page
    if verb == "redirect":
        status, page = _move(site, ref, verb, note="Ce n’est pas à l’accord de le faire.")
        assert status == 422 and "quel service" in page
    assert get(site, ref).status == "idea"
    assert (
        _move(site, ref, verb, note="Ce n’est pas à l’accord de le faire.", addressee="Politique littorale")[0] == 200
    )
    sheet = get(site, ref)
    assert sheet.exit_reason == "Ce n’est pas à l’accord de le faire."
    assert sheet.addressee == ("Politique littorale" if verb == "redirect" else None)


@pytest.mark.parametrize("verb", ["vote", "inventé", "", "make_candidate"])
def test_a_move_that_does_not_exist_from_here_says_so(site: Site, verb: str) -> None:
    ref = a_sheet(site, needs=0)
    assert _move(site, ref, verb)[0] in (409, 422) and get(site, ref).status == "idea"


def test_a_move_made_by_two_people_happens_once(site: Site) -> None:
    ref = a_sheet(site, needs=0)
    assert _move(site, ref, "make_project")[0] == 200
    status, page = _move(site, ref, "make_project")
    assert status == 409 and "la situation a changé" in page


def test_a_reason_goes_when_the_fiche_goes_on(site: Site) -> None:
    path = ("make_project", "make_candidate", "propose", "validate", "plan", "examine", "pass", "adjourn")
    ref = a_sheet(site, verbs=path, needs=0)
    assert get(site, ref).exit_reason
    assert _move(site, ref, "vote")[0] == 200 and get(site, ref).exit_reason is None
    assert "Une raison assez longue" in site.visitor().get(f"/fiches-actions/{ref}").text  # its history stays


def test_the_domain_holds_without_the_forms(site: Site) -> None:
    ref = a_sheet(site, needs=0)
    with site.writing() as db:
        sheet = queries.by_ref(db, ref)
        assert sheet
        for verb, note, addressee in (("withdraw", "", ""), ("redirect", "Une raison", "")):
            with pytest.raises(DomainError):
                service.move(db, sheet, verb, by=None, note=note, addressee=addressee)
        assert db.exec(select(ActionSheet.status).where(ActionSheet.id == sheet.id)).one() == "idea"
