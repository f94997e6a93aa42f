"""Groups in hard use: the same title again, several hands at once, accounts that close with their words."""

from sqlmodel import Session, col, select

from app.board.queries import counted, recounted
from app.core.db import now
from app.identity.models import Person
from app.needs.models import GroupMember, Need, NeedGroup
from app.needs.service import groups as verbs
from app.needs.service import support
from app.portal.service import closing
from tests.identity.test_hostile_at_once import race
from tests.needs.grouping import (
    counted_by_hand,
    grouped,
    members,
    persona,
    some_needs,
    the_group,
    the_need,
    voices,
)
from tests.site import Site

TITLE = "Des cars plus tard le soir"


def test_the_same_title_for_other_needs_is_another_group(site: Site) -> None:
    clerk, first, second = site.signed_in("moderator"), some_needs(site, 2), some_needs(site, 2)
    for ids in (first, second):
        assert clerk.post("/besoins-partages", {"besoin": ids, "title": TITLE}).status_code == 200
    with site.reading() as db:
        made = db.exec(select(NeedGroup.id).where(NeedGroup.title == TITLE).order_by(col(NeedGroup.id))).all()
    assert [members(site, group_id or 0) for group_id in made] == [set(first), set(second)]


def test_dissolved_by_mistake_and_made_again_at_once_it_is_a_living_group(site: Site) -> None:
    clerk, ids = site.signed_in("moderator"), some_needs(site, 2)
    group_id = clerk.post("/besoins-partages", {"besoin": ids, "title": TITLE}).url.path.split("/")[2].split("-")[0]
    assert clerk.post(f"/besoins-partages/{group_id}/dissolution").status_code == 200
    assert clerk.post("/besoins-partages", {"besoin": ids, "title": TITLE}).status_code == 200
    with site.reading() as db:
        assert len({need.group_id for need in db.exec(select(Need).where(col(Need.id).in_(ids)))} - {None}) == 1


def test_two_who_group_the_same_need_at_once_leave_it_in_one_group(site: Site) -> None:
    ids = some_needs(site, 3)
    sent = [
        (site.signed_in("moderator"), "/besoins-partages", {"besoin": ids[:2], "title": TITLE}),
        (site.signed_in("second_moderator"), "/besoins-partages", {"besoin": ids[1:], "title": f"{TITLE}, bis"}),
    ]
    assert race(site, sent) == [303, 422]  # type: ignore[arg-type]
    with site.reading() as db:
        held = select(GroupMember).where(GroupMember.need_id == ids[1], col(GroupMember.left_at).is_(None))
        assert len(db.exec(held).all()) == 1


def test_a_demand_to_leave_answered_twice_at_once_has_one_answer(site: Site) -> None:
    group_id, ids = grouped(site, author="resident")
    with site.writing() as db:
        verbs.ask_to_leave(db, the_need(db, ids[0]), "Je parlais d’autre chose.", by=None)
    with site.reading() as db:
        member = db.exec(select(GroupMember.id).where(GroupMember.need_id == ids[0])).one()
    path = f"/besoins-partages/{group_id}/departs/{member}"
    sent = [
        (site.signed_in("moderator"), path, {"decision": "sort", "words": ""}),
        (site.signed_in("second_moderator"), path, {"decision": "reste", "words": "Vous dites bien la même chose."}),
    ]
    assert race(site, sent) == [303, 409]
    assert len([m for m in site.mails() if m.subject == "Votre demande de sortie a sa réponse"]) == 1


def test_erased_with_its_authors_account_a_need_is_counted_nowhere(site: Site) -> None:
    group_id, ids = grouped(site, 4, author="resident")
    with site.writing() as db:
        resident = persona(db, "resident")
        others = some_others(db)
        for person in others:
            support(db, the_need(db, ids[1]), person, person.college or "habitants")
        verbs.support(db, the_group(db, group_id), resident, resident.college or "habitants")
        person_id = resident.id or 0
    for act in ("close", "reopen", "close", "anonymise"):
        with site.writing() as db:
            if act == "close":
                closing.close(db, person_id, erases=True)
            elif act == "reopen":
                closing.reopen(db, person_id)
            else:
                assert closing.anonymise(db, person_id, before=now())
        with site.reading() as db:
            assert voices(db, group_id) == counted_by_hand(db, group_id), act
            assert counted(db) == recounted(db), act
    page = site.visitor().get(f"/besoins-partages/{group_id}")
    assert "Un car de plus, numéro" not in page.text


def some_others(db: Session) -> list[Person]:
    return [persona(db, key) for key in ("technician", "facilitator", "relay")]
