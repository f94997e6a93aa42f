"""Cards, groups and the crew under attack: sent again, gone meanwhile, put out and back by the same link."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session, col, delete, select, update

from app.core.errors import ConflictError, NotFoundError
from app.needs.models import Need
from app.workshops.models import Cluster, Step, Workshop
from app.workshops.service import card_needs, clusters
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import room, shown, stored
from tests.workshops.closed_rooms import closed
from tests.workshops.test_crew import duties, link, pair, who


def test_the_same_words_in_two_recueils_are_two_cards(site: Site) -> None:
    workshop = room(site)
    phone, first = walls.seated(site, workshop), walls.recueil(site, workshop)
    walls.write(phone, workshop, first, "Rien à ajouter")
    walls.end(site, first)
    second = walls.recueil(site, workshop, position=91)
    for _twice in range(2):
        walls.write(phone, workshop, second, "Rien à ajouter")
    assert [len(walls.cards(site, step)) for step in (first, second)] == [1, 1]


def test_words_taken_back_can_be_written_again(site: Site) -> None:
    workshop = room(site)
    phone, step = walls.seated(site, workshop), walls.recueil(site, workshop)
    for _time in range(2):
        walls.write(phone, workshop, step, "Un banc")
        phone.post(f"/a/{workshop.code}/mes-cartes", {"card": walls.cards(site, step)[-1].id})
    walls.write(phone, workshop, step, "Un banc")
    walls.write(phone, workshop, step, "Un banc")
    assert [card.status for card in walls.cards(site, step)] == ["withdrawn", "withdrawn", "pending"]


def test_what_is_no_character_is_left_out_and_every_file_is_drawn(site: Site) -> None:
    workshop, amina = closed(site), site.signed_in("facilitator")
    sent = {"text": "Planter\ufffe trois\uffff arbres\x85\x9b\ufdd0", "holder": "\ufffe"}
    amina.post(f"/ateliers/{workshop.id}/decisions", sent)
    assert "Planter trois arbres" in shown(amina.get(f"/ateliers/{workshop.id}/compte-rendu"))
    for ending in ("pdf", "docx", "csv"):
        assert amina.get(f"/ateliers/{workshop.id}/compte-rendu.{ending}").status_code == 200


Verb = Callable[[Session, Workshop, Step, Cluster, Cluster], Any]
VERBS: dict[str, Verb] = {
    "rename": lambda db, w, _s, gone, _o: clusters.rename(db, w, gone, "Autre", seen="", by=1),
    "move": lambda db, w, s, gone, _o: clusters.move(db, w, s, {}, gone),
    "merge": lambda db, w, _s, gone, other: clusters.merge(db, w, other, gone, by=1),
    "merge into": lambda db, w, _s, gone, other: clusters.merge(db, w, gone, other, by=1),
    "shift": lambda db, w, _s, gone, _o: clusters.shift(db, w, gone, 1),
    "undo": lambda db, w, _s, gone, _o: clusters.undo_group(db, w, gone, by=1),
    "join": lambda db, w, _s, gone, _o: card_needs.join(db, w, gone, [], "ML-0000", by=1),
}


def _two(db: Session, workshop: Workshop, step: Step) -> tuple[Workshop, Step, Cluster, Cluster]:
    held, recueil = db.get_one(Workshop, workshop.id), db.get_one(Step, step.id)
    made = [Cluster(step_id=step.id or 0, position=n, title=f"Groupe {n}") for n in (1, 2)]
    db.add_all(made)
    db.flush()
    return held, recueil, made[0], made[1]


@pytest.mark.parametrize("verb", VERBS)
def test_a_group_undone_while_somebody_acts_on_it_is_said_gone(site: Site, verb: str) -> None:
    workshop = room(site)
    step = walls.recueil(site, workshop)
    with pytest.raises(NotFoundError), site.writing() as db:
        held, recueil, gone, other = _two(db, workshop, step)
        db.execute(delete(Cluster).where(col(Cluster.id) == gone.id).execution_options(synchronize_session=False))
        VERBS[verb](db, held, recueil, gone, other)


@pytest.mark.parametrize("verb", ["merge", "undo"])
def test_a_group_that_became_a_need_meanwhile_does_not_go(site: Site, verb: str) -> None:
    workshop = room(site)
    step = walls.recueil(site, workshop)
    with pytest.raises(ConflictError), site.writing() as db:
        held, recueil, group, other = _two(db, workshop, step)
        need = db.exec(select(Need.id).limit(1)).one()
        became = update(Cluster).where(col(Cluster.id) == group.id).values(need_id=need)
        db.execute(became.execution_options(synchronize_session=False))
        VERBS[verb](db, held, recueil, group, other)


def test_who_was_put_out_does_not_come_back_by_the_same_link(site: Site) -> None:
    amina, _other, workshop = pair(site)
    soazig, bruno, former = site.signed_in("resident"), site.signed_in("association"), link(workshop)
    for each in (soazig, bruno):
        each.post(former)
    mine = next(m for m in stored(site, workshop).crew if m.person_id == who(site, "resident"))
    amina.post(f"/ateliers/{workshop.id}/equipe/{mine.id}/retrait")
    assert soazig.get(former).status_code == 404
    assert soazig.post(former).status_code == 404
    assert who(site, "resident") not in duties(site, workshop)
    assert bruno.get(former).status_code == 200  # who stays keeps the way in
    bruno.post(f"{former}/depart")
    assert who(site, "association") not in duties(site, workshop)
    assert link(stored(site, workshop)) != former


def test_a_scribe_who_goes_alone_leaves_the_link_as_it_is(site: Site) -> None:
    _amina, _other, workshop = pair(site)
    soazig, former = site.signed_in("resident"), link(workshop)
    soazig.post(former)
    soazig.post(f"{former}/depart")
    assert link(stored(site, workshop)) == former


def test_a_scribe_of_a_published_room_is_told_that_its_crew_stays(site: Site) -> None:
    _amina, _other, workshop = pair(site)
    soazig = site.signed_in("resident")
    soazig.post(link(workshop))
    with site.writing() as db:
        db.get_one(Workshop, workshop.id).status = "published"
    told = soazig.post(f"{link(workshop)}/depart")
    assert told.status_code == 200
    assert "ne change plus" in told.text
