"""What follows for a group: authors who leave, a priorité, one answer for all, a fiche-action; and its own voices."""

import asyncio
from typing import Any

import pytest
from sqlmodel import Session, col, select

from app.accords.models import Priority
from app.actions.models import ActionSheet
from app.board.queries import counted, recounted
from app.identity.models import Delegate, Organisation, Person
from app.needs.models import GroupMember, Need, NeedAnswer, NeedGroup
from app.needs.service import support as support_need
from app.threads.models import Support
from tests.needs.grouping import (
    TEXT,
    answer,
    grouped,
    home,
    persona,
    some_needs,
    the_need,
    voices,
)
from tests.site import Site
from tests.test_concurrency import _open_the_limits, _storm


def _priorities(db: Session, accord_id: int) -> list[Priority]:
    found = select(Priority).where(Priority.accord_id == accord_id, Priority.status != "withdrawn")
    return list(db.exec(found.order_by(col(Priority.id))))


def _state(site: Site, ids: list[int]) -> list[tuple[str, int | None]]:
    with site.reading() as db:
        return [(need.stage, need.priority_id) for need in (db.get_one(Need, i) for i in ids)]


def test_a_priority_reaches_every_need_and_who_leaves_finds_its_own_again(site: Site) -> None:
    group_id, ids = grouped(site, 4)
    clerk = site.signed_in("technician")
    with site.reading() as db:
        first, second = _priorities(db, db.get_one(Need, ids[0]).accord_id)[:2]
    clerk.post(f"/besoins/{ids[1]}/rattachement", {"priority_id": str(first.id)})
    clerk.post(f"/besoins/{ids[2]}/rattachement", {"priority_id": str(second.id)})
    address = f"/besoins-partages/{group_id}"
    assert clerk.post(f"{address}/rattachement", {"priority_id": ""}).status_code == 422
    assert second.title in clerk.post(f"{address}/rattachement", {"priority_id": str(second.id)}).text
    assert clerk.post(f"{address}/rattachement", {"priority_id": str(second.id)}).status_code == 409
    assert _state(site, ids) == [("attached", second.id)] * 4
    late = some_needs(site, 1)
    clerk.post(f"{address}/besoins", {"besoin": late})
    assert _state(site, late) == [("attached", second.id)]
    clerk.post(f"{address}/sorties", {"besoin": [*ids[:3], *late]})
    assert _state(site, ids) == [
        ("received", None), ("attached", first.id), ("attached", second.id), ("attached", second.id)
    ]  # fmt: skip
    assert _state(site, late) == [("received", None)]
    clerk.post(f"{address}/besoins", {"besoin": ids[:3]})
    clerk.post(f"/besoins/{ids[0]}/rattachement", {"priority_id": str(first.id)})
    clerk.post(f"{address}/dissolution")
    expected = [("attached", first.id), ("attached", first.id), ("attached", second.id), ("received", None)]
    assert _state(site, ids) == expected, "what was chosen for a need alone stays its own"
    clerk.post(f"{address}/retour")
    assert _state(site, ids) == [("attached", second.id)] * 4
    clerk.post(f"{address}/rattachement", {"priority_id": ""})
    assert _state(site, ids) == [
        ("attached", first.id),
        ("attached", first.id),
        ("attached", second.id),
        ("grouped", None),
    ]
    with site.reading() as db:
        assert counted(db) == recounted(db)


def test_a_moderator_does_not_attach_nor_answer_and_a_priority_of_elsewhere_is_refused(site: Site) -> None:
    group_id, _ids = grouped(site, 2)
    with site.reading() as db:
        far = db.exec(
            select(Priority).where(Priority.territory_id != home(site), Priority.status != "withdrawn")
        ).first()
        assert far
    clerk, moderator = site.signed_in("technician"), site.signed_in("moderator")
    sent = {"priority_id": str(far.id)}
    assert clerk.post(f"/besoins-partages/{group_id}/rattachement", sent).status_code == 403
    assert moderator.post(f"/besoins-partages/{group_id}/rattachement", sent).status_code == 403
    assert moderator.post(f"/besoins-partages/{group_id}/reponses", answer(site)).status_code == 403


def test_one_answer_serves_the_group_and_each_person_is_told_once(site: Site) -> None:
    group_id, ids = grouped(site, 3, author="resident")
    with site.writing() as db:
        emails = (persona(db, "resident").email, persona(db, "elected").email)
        for i in ids[:2]:
            support_need(db, the_need(db, i), persona(db, "elected"), "institutions")
    before = [len(site.mails(email)) for email in emails]
    clerk = site.signed_in("technician")
    for _twice in (1, 2):
        shown = clerk.post(f"/besoins-partages/{group_id}/reponses", answer(site))
        assert shown.status_code == 200 and TEXT in shown.text
    with site.reading() as db:
        given = db.exec(select(NeedAnswer).where(NeedAnswer.group_id == group_id)).all()
        assert sorted(answer.need_id for answer in given) == sorted(ids)
        assert {db.get_one(Need, i).outcome for i in ids} == {"partly"}
        assert db.get_one(NeedGroup, group_id).status == "answered"
    assert [len(site.mails(email)) - was for email, was in zip(emails, before, strict=True)] == [1, 1]
    assert "que vous soutenez" in site.mails(emails[1])[-1].subject
    assert TEXT in site.visitor().get(f"/besoins/{ids[2]}").text


def test_who_joins_an_answered_group_waits_for_the_answer_and_gets_it_alone(site: Site) -> None:
    group_id, ids = grouped(site, 2)
    late = some_needs(site, 1)
    clerk = site.signed_in("technician")
    clerk.post(f"/besoins-partages/{group_id}/reponses", answer(site))
    clerk.post(f"/besoins-partages/{group_id}/besoins", {"besoin": late})
    assert _state(site, late) == [("grouped", None)]
    assert "A rejoint le groupe après sa réponse" in site.visitor().get(f"/besoins-partages/{group_id}").text
    assert "A rejoint après sa réponse" in clerk.get("/reponses").text
    blank = clerk.get(f"/besoins-partages/{group_id}/suite").text
    assert TEXT in blank and "a rejoint le groupe depuis sa réponse" in blank
    clerk.post(f"/besoins-partages/{group_id}/reponses", answer(site))
    with site.reading() as db:
        given = [answer.need_id for answer in db.exec(select(NeedAnswer).where(NeedAnswer.group_id == group_id))]
    assert sorted(given) == sorted([*ids, *late])


def test_a_fiche_takes_up_a_group_by_its_reference(site: Site) -> None:
    group_id, ids = grouped(site, 3)
    with site.reading() as db:
        accord_id = db.get_one(Need, ids[0]).accord_id
        sheet = db.exec(select(ActionSheet).where(ActionSheet.accord_id == accord_id, ActionSheet.version > 0)).first()
        assert sheet
    clerk = site.signed_in("technician")
    path = f"/fiches-actions/{sheet.reference}/besoins"
    linked = clerk.post(path, {"references": f"bp-{group_id}"})
    assert linked.status_code == 200
    assert [stage for stage, _priority in _state(site, ids)] == ["taken_up"] * 3
    page = site.visitor().get(f"/besoins-partages/{group_id}").text
    assert sheet.title in page and "reprend 3 de ses 3 besoins" in page
    for wrong in ("BP-999999", "BP-x", "BP-"):
        assert clerk.post(path, {"references": wrong}).status_code == 422
    for need_id in ids:
        clerk.post(f"{path}/{need_id}/retrait")
    assert _state(site, ids) == [("grouped", None)] * 3


def test_a_group_is_supported_by_mail_by_a_person_and_by_an_organisation(site: Site) -> None:
    group_id, _ids = grouped(site, 2)
    path = f"/besoins-partages/{group_id}/soutiens"
    visitor = site.visitor()
    assert visitor.post(path, {"college": "jeunes"}).status_code == 422
    visitor.post(path, {"college": "jeunes", "email": "seule@exemple.fr"})
    link = site.link("seule@exemple.fr")
    assert "besoin partagé" in visitor.get(link).text
    assert "Votre voix est comptée" in visitor.post(link).text
    person = site.signed_in("resident")
    for _twice in (1, 2):
        person.post(path, {})
    with site.reading() as db:
        assert voices(db, group_id) == {"jeunes": 1, "habitants": 1}
    person.post(f"{path}/retrait", {})
    with site.reading() as db:
        assert voices(db, group_id) == {"jeunes": 1}
    speaker, organisation = _delegate(site)
    speaker.post(path, {"in_name_of": str(organisation)})
    with site.reading() as db:
        assert sum(voices(db, group_id).values()) == 2
        assert counted(db) == recounted(db)


def _delegate(site: Site) -> tuple[Any, int]:
    with site.reading() as db:
        row = db.exec(
            select(Person.demo_persona, Organisation.id)
            .join(Delegate, col(Delegate.person_id) == Person.id)
            .join(Organisation, col(Organisation.id) == Delegate.organisation_id)
            .where(
                Delegate.status == "accepted", Organisation.status == "verified", col(Person.demo_persona).is_not(None)
            )
        ).first()
    assert row
    return site.signed_in(row[0] or ""), row[1] or 0


def test_two_at_once_leave_a_need_in_one_group(site: Site) -> None:
    _open_the_limits(site)
    ids = some_needs(site, 2)
    clerks = [site.signed_in("moderator"), site.signed_in("technician")]

    async def both() -> list[int]:
        calls = [
            clerk.http.post(
                "/besoins-partages", headers={"sec-fetch-site": "same-origin"},
                data={"besoin": ids, "title": f"Le groupe numéro {number % 2}"},
            )
            for number, clerk in enumerate(clerks * 4)
        ]  # fmt: skip
        return [answer.status_code for answer in await asyncio.gather(*calls)]

    answers = site.run(both())
    assert sorted(set(answers)) in ([200, 422], [200])
    with site.reading() as db:
        present = select(GroupMember.group_id).where(
            col(GroupMember.need_id).in_(ids), col(GroupMember.left_at).is_(None)
        )
        assert len(db.exec(present).all()) == 2 and len(set(db.exec(present))) == 1
        assert len(db.exec(select(NeedGroup).where(col(NeedGroup.title).startswith("Le groupe numéro"))).all()) == 1


def test_many_confirmations_of_one_support_count_once(site: Site) -> None:
    _open_the_limits(site)
    group_id, _ids = grouped(site, 2)
    site.visitor().post(f"/besoins-partages/{group_id}/soutiens", {"college": "jeunes", "email": "seule@exemple.fr"})
    link = site.link("seule@exemple.fr")
    assert site.run(_storm(site, [("POST", link, {})] * 4))[200] == 1
    with site.reading() as db:
        group = db.get_one(NeedGroup, group_id)
        assert len(db.exec(select(Support).where(Support.thread_id == group.thread_id)).all()) == 1


@pytest.mark.parametrize("path", ["besoins", "sorties"])
def test_the_address_of_a_refused_form_opens_its_page(site: Site, path: str) -> None:
    group_id, _ids = grouped(site, 2)
    clerk = site.signed_in("moderator")
    assert clerk.post(f"/besoins-partages/{group_id}/{path}").status_code == 422
    assert clerk.get(f"/besoins-partages/{group_id}/{path}").status_code == 200
