"""Groups of cards: made, named, filled, merged, put to the vote. Two facilitators at once included."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session, col, select

from app.core.errors import ConflictError
from app.workshops import service
from app.workshops.models import Card, Option, Step, Workshop
from app.workshops.queries import cards as reads
from app.workshops.service import cards as verbs
from app.workshops.service import clusters
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import room, soup
from tests.workshops.walls import act

TEXTS = ("Un car le soir", "Une halle", "Un bus tardif", "Un marché couvert")


def _groups(site: Site, step: Step) -> dict[str, list[str]]:
    """The texts of each group, in order; under "" those of none."""
    with site.reading() as db:
        wall = reads.of_step(db, [step.id or 0])[step.id or 0]
    return {c.title: [card.text for card in c.cards] for c in wall.clusters} | {"": [c.text for c in wall.loose]}


def test_cards_ticked_go_to_a_new_group_then_to_another_and_back(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    car, hall, bus, market = walls.published(site, workshop, step, *TEXTS)
    act(amina, workshop, step, "rangement", cards=walls.seen(car, bus), new="true", title="Se déplacer")
    act(amina, workshop, step, "groupes", title="Le bourg")
    assert _groups(site, step) == {"Se déplacer": [car.text, bus.text], "Le bourg": [], "": [hall.text, market.text]}
    moved, town = walls.clusters(site, step)
    act(amina, workshop, step, "rangement", cards=walls.seen(market, hall), cluster=town.id)
    assert _groups(site, step)["Le bourg"] == [market.text, hall.text]
    act(amina, workshop, step, "rangement", cards=[f"{bus.id}:{moved.id}"], cluster=0)
    assert _groups(site, step)[""] == [bus.text]
    assert [card.text for card in walls.cards(site, step)] == list(TEXTS)


def test_a_card_that_somebody_else_moved_stays_where_they_put_it(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    car, hall, *_rest = walls.published(site, workshop, step, *TEXTS)
    act(amina, workshop, step, "rangement", cards=walls.seen(car), new="true", title="Se déplacer")
    told = act(amina, workshop, step, "rangement", cards=walls.seen(car, hall), new="true", title="Le bourg").text
    assert "reste où cette personne l’a mise" in told.replace("\u00a0", " ")
    groups = _groups(site, step)
    assert groups["Se déplacer"] == [car.text] and groups["Le bourg"] == [hall.text]


def test_a_title_changed_meanwhile_is_told_and_what_was_typed_is_kept(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    act(amina, workshop, step, "groupes", title="Se déplacer")
    (group,) = walls.clusters(site, step)
    path = f"groupes/{group.id}/titre"
    assert act(amina, workshop, step, path, title="Bouger", seen="Se déplacer").status_code == 200
    refused = act(amina, workshop, step, path, title="Rouler", seen="Se déplacer")
    assert refused.status_code == 409 and "renommer ce groupe « Bouger »" in refused.text.replace("\u00a0", " ")
    assert 'value="Rouler"' in refused.text
    assert walls.clusters(site, step)[0].title == "Bouger"
    assert act(amina, workshop, step, path, title="Bouger", seen="Se déplacer").status_code == 200


def test_two_groups_never_have_the_same_title(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    (car, *_rest) = walls.published(site, workshop, step, *TEXTS)
    act(amina, workshop, step, "groupes", title="Se déplacer")
    refused = act(amina, workshop, step, "rangement", cards=walls.seen(car), new="true", title="se déplacer")
    assert refused.status_code == 409 and "porte déjà ce titre" in refused.text
    assert len(walls.clusters(site, step)) == 1 and _groups(site, step)[""] == list(TEXTS)
    assert act(amina, workshop, step, "groupes", title="x").status_code == 422


def test_merging_keeps_every_card_and_undoing_a_group_too(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    car, hall, bus, market = walls.published(site, workshop, step, *TEXTS)
    act(amina, workshop, step, "rangement", cards=walls.seen(car), new="true", title="Se déplacer")
    act(amina, workshop, step, "rangement", cards=walls.seen(bus, hall), new="true", title="Les bus")
    first, second = walls.clusters(site, step)
    act(amina, workshop, step, f"groupes/{first.id}/fusion", other=second.id)
    assert _groups(site, step) == {"Se déplacer": [car.text, bus.text, hall.text], "": [market.text]}
    assert act(amina, workshop, step, f"groupes/{first.id}/fusion", other=second.id).status_code == 404
    act(amina, workshop, step, f"groupes/{first.id}/defaire")
    assert len(_groups(site, step)[""]) == 4 and not walls.clusters(site, step)
    gone = act(amina, workshop, step, f"groupes/{first.id}/titre", title="Trop tard", seen="Se déplacer")
    assert gone.status_code == 404


def test_groups_are_put_in_order(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    for title in ("Un groupe", "Deux groupes", "Trois groupes"):
        act(amina, workshop, step, "groupes", title=title)
    third = walls.clusters(site, step)[2]
    for _twice in range(3):
        act(amina, workshop, step, f"groupes/{third.id}/ordre", direction="up")
    assert [c.title for c in walls.clusters(site, step)] == ["Trois groupes", "Un groupe", "Deux groupes"]


def test_a_regroupement_shows_the_cards_of_its_recueil_to_the_room(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop, status="closed")
    car, *_rest = walls.published(site, workshop, step, *TEXTS)
    grouping = walls.recueil(site, workshop, kind="grouping", source_id=step.id, title="Rangeons")
    act(amina, workshop, grouping, "rangement", cards=walls.seen(car), new="true", title="Se déplacer")
    assert _groups(site, step)["Se déplacer"] == [car.text]
    screen = soup(site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}")).get_text()
    assert all(words in screen for words in ("Se déplacer", *TEXTS))
    board = amina.get(f"/ateliers/{workshop.id}/cartes", params={"etape": grouping.id}).text
    assert f"/cartes/groupe-{walls.clusters(site, step)[0].id}/besoin" in board


def test_nothing_changes_once_the_report_is_published_nor_by_those_who_only_prepare(site: Site) -> None:
    workshop, amina = room(site, status="published"), site.signed_in("facilitator")
    step = walls.recueil(site, workshop, status="closed")
    (car, *_rest) = walls.published(site, workshop, step, *TEXTS)
    refused = act(amina, workshop, step, "rangement", cards=walls.seen(car), new="true", title="Se déplacer")
    assert refused.status_code == 409 and "Le compte rendu est publié" in refused.text
    running = room(site)
    open_step = walls.recueil(site, running)
    act(site.signed_in("moderator"), running, open_step, "groupes", title="Pas à moi")
    assert not walls.clusters(site, step) and not walls.clusters(site, open_step)


def test_cards_and_groups_of_another_room_are_out_of_reach(site: Site) -> None:
    workshop, other, amina = room(site), room(site, status="scheduled"), site.signed_in("facilitator")
    step, elsewhere = walls.recueil(site, workshop), walls.recueil(site, other)
    (card,) = walls.published(site, other, elsewhere, "Ailleurs")
    act(amina, other, elsewhere, "groupes", title="Ailleurs")
    (group,) = walls.clusters(site, elsewhere)
    assert act(amina, workshop, elsewhere, "affichage", cards=walls.seen(card)).status_code == 404
    assert act(amina, workshop, step, f"groupes/{group.id}/defaire").status_code == 404
    act(amina, workshop, step, "rangement", cards=walls.seen(card), new="true", title="Volé")
    assert walls.cards(site, elsewhere)[0].cluster_id is None


def test_a_new_group_needs_a_title(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    (car, *_rest) = walls.published(site, workshop, step, *TEXTS)
    refused = act(amina, workshop, step, "rangement", cards=walls.seen(car), new="true", title=" ")
    assert refused.status_code == 422 and "Donnez un titre" in refused.text
    assert not walls.clusters(site, step)


@pytest.mark.parametrize("cards", [["x"], ["1"], ["1:2:3"], ["-1:0"], []])
def test_a_wrong_choice_of_cards_is_said(site: Site, cards: list[str]) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    assert act(amina, workshop, step, "affichage", cards=cards).status_code == 422


def _vote(db: Session, workshop: Workshop, step: Step, position: int = 95) -> Step:
    made = Step(
        workshop_id=workshop.id, position=position, kind="dots", title="Que retenir ?", minutes=5, status="waiting",
        source_id=step.id,
    )  # fmt: skip
    db.add(made)
    db.flush()
    return made


def test_a_vote_takes_one_option_a_group_that_holds_a_card(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    car, hall, *_rest = walls.published(site, workshop, step, *TEXTS)
    for card, title in ((car, "Se déplacer"), (hall, "Le bourg")):
        act(amina, workshop, step, "rangement", cards=walls.seen(card), new="true", title=title)
    act(amina, workshop, step, "groupes", title="Groupe vide")
    with site.writing() as db:
        vote = _vote(db, workshop, step)
        for _twice in range(2):
            verbs.options_from(db, vote)
    with site.reading() as db:
        held = db.exec(select(Option).where(Option.step_id == vote.id).order_by(col(Option.position))).all()
        assert [(o.title, o.cluster_id) for o in held] == [(c.title, c.id) for c in walls.clusters(site, step)[:2]]
    first = walls.clusters(site, step)[0]
    refused = act(amina, workshop, step, f"groupes/{first.id}/defaire")
    assert refused.status_code == 409 and "dans un vote" in refused.text


@pytest.mark.parametrize("number", [0, 1, 13])
def test_a_vote_on_too_few_or_too_many_groups_is_refused(site: Site, number: int) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    for card in walls.published(site, workshop, step, *(f"Carte {n}" for n in range(number))):
        act(amina, workshop, step, "rangement", cards=walls.seen(card), new="true", title=f"Groupe {card.id}")
    with site.writing() as db:
        with pytest.raises(ConflictError, match="de 2 à 12"):
            verbs.options_from(db, _vote(db, workshop, step))
        db.info["rollback"] = True


def test_two_facilitators_at_once_each_card_is_in_one_group(site: Site) -> None:
    workshop = room(site)
    step = walls.recueil(site, workshop)
    held = walls.published(site, workshop, step, *TEXTS)
    with site.writing() as db:
        for title in ("Un groupe", "Deux groupes"):
            clusters.make(db, workshop, step, title, by=1)
    groups = walls.clusters(site, step)

    def move(group_id: int) -> int:
        with site.writing() as db:
            group = reads.cluster(db, group_id)
            mine = db.get_one(Step, step.id)
            return clusters.move(db, workshop, mine, {c.id or 0: 0 for c in held}, group).missed

    with ThreadPoolExecutor(2) as pool:
        missed = sorted(pool.map(move, [g.id or 0 for g in groups]))
    assert missed == [0, 4]
    with site.reading() as db:
        assert len({card.cluster_id for card in db.exec(select(Card).where(Card.step_id == step.id))}) == 1


def test_the_topic_of_counts_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("app.core.live.publish", lambda _db, topic: told.append(topic))
    workshop, amina = room(site), site.signed_in("facilitator")
    step = walls.recueil(site, workshop)
    act(amina, workshop, step, "groupes", title="Se déplacer")
    assert told == [service.count_topic(workshop)]
