"""Cards of workshops: reported once their report shows them, read by moderators when the room left them unread."""

import csv
import io

import pytest
from sqlmodel import col, select

from app.core.i18n import today
from app.core.machine import Event
from app.core.security import digest
from app.identity.models import Person
from app.moderation.models import Appeal, LogEntry
from app.moderation.queries import bilan
from app.workshops import queries
from app.workshops.models import Card, Crew, Seat, Step, Workshop
from app.workshops.queries import moderating
from app.workshops.queries import report as reports
from tests.moderation import desk
from tests.moderation.disputes import WHY, answer, last_report, report
from tests.site import Site, Visitor
from tests.workshops import walls
from tests.workshops.acts import shown, soup, stored
from tests.workshops.closed_rooms import closed

WORDS = ("Le car du soir s’arrête trop tôt", "Madame Unetelle a encore garé son fourgon sur le passage")
RUDE = WORDS[1]
FACTS = "Une voisine y est nommée."
AGAINST = {"decision": "hide", "reason": "personne_visee", "note": FACTS}
CODE = "ABCDEFGHJKMN"
ARTICLE = "Carte masquée : charte, article 4, vise une personne reconnaissable."


def a_room(site: Site, status: str = "published", **more: object) -> tuple[Workshop, list[Card]]:
    """A room that is over, with two cards that everybody reads; the second names somebody."""
    workshop = closed(site, status=status)
    step = walls.recueil(site, workshop, status="closed", signed="college", **more)
    return workshop, walls.published(site, workshop, step, *WORDS)


def left_unread(site: Site, status: str = "closed") -> tuple[Workshop, Card]:
    """A room that closed before anybody read this card."""
    workshop, held = a_room(site, status)
    with site.writing() as db:
        card = db.get_one(Card, held[0].id)
        card.status, card.published_at = "pending", None
    return workshop, card


def followed(site: Site, card: Card) -> str:
    """The page of the card's author, who asked for a code."""
    with site.writing() as db:
        step = db.get_one(Step, card.step_id)
        seat = db.exec(select(Seat).where(Seat.workshop_id == step.workshop_id)).first()
        assert seat
        seat.tracking = digest(CODE)
        db.get_one(Card, card.id).seat_id = seat.id
    return f"/suivi/{CODE}"


def fresh(site: Site, card: Card) -> Card:
    with site.reading() as db:
        return db.get_one(Card, card.id)


def the_report(site: Site, workshop: Workshop) -> str:
    """Its page, and everything that its files say."""
    page = shown(site.signed_in("facilitator").get(f"/ateliers/{workshop.id}/compte-rendu"))
    with site.reading() as db:
        held = queries.one(db, workshop.id or 0)
        assert held
        found = reports.assemble(db, held)
        return "\n".join([page, repr(reports.full(found, "").parts), repr(list(reports.rows(found)))])


def in_crew(site: Site, workshop: Workshop, persona: str, duty: str = "scribe") -> None:
    with site.writing() as db:
        one = db.exec(select(Person).where(Person.demo_persona == persona)).one()
        db.add(Crew(workshop_id=workshop.id, person_id=one.id, duty=duty, added_at=workshop.starts_at))


def queue(who: Visitor) -> list[str]:
    """What this moderator's queue holds, by name."""
    return [link["id"].removeprefix("relire-") for link in soup(who.get("/moderation")).select("a.queue__link")]


def test_anybody_reports_a_card_and_masked_it_leaves_its_place_and_the_rule(site: Site) -> None:
    workshop, (kept, rude) = a_room(site)
    visitor = site.visitor()
    page = visitor.get(f"/ateliers/{workshop.id}/compte-rendu").text
    assert f"/signaler/carte/{rude.id}" in page and f'id="carte-{rude.id}"' in page
    answered = report(visitor, "carte", rude.id)
    assert "Votre signalement est reçu" in answered.text
    one = last_report(site)
    assert (one.subject_kind, one.subject_id, one.territory_id) == ("card", rude.id, workshop.territory_id)
    moderator = site.signed_in("moderator")
    assert f"signalement-{one.id}" in queue(moderator)
    seen = moderator.get(f"/moderation/signalement/{one.id}").text
    assert RUDE in seen and f"/ateliers/{workshop.id}/compte-rendu#carte-{rude.id}" in seen
    sent = {"outcome": "hidden", "reason": "personne_visee", "text": FACTS}
    assert moderator.post(f"/moderation/signalement/{one.id}", sent).status_code == 200
    assert (fresh(site, rude).status, fresh(site, rude).reason) == ("hidden", "personne_visee")
    said = the_report(site, workshop).replace("\u00a0", " ").replace("\\xa0", " ")
    assert said.count(ARTICLE) == 3 and RUDE not in said  # the page, the PDF and DOCX, the CSV
    assert WORDS[0] in said and said.count("1 carte a été masquée après avoir été montrée.") == 3
    assert [entry.verb for entry in desk.log(site, "carte", rude.id or 0)] == ["hide"]
    assert visitor.get(f"/signaler/carte/{rude.id}").status_code == 404  # no longer public
    assert visitor.get(f"/signaler/carte/{kept.id}").status_code == 200


def test_the_csv_that_everybody_takes_says_that_a_card_is_masked(site: Site) -> None:
    workshop, (_kept, rude) = a_room(site)
    desk.decide(site.signed_in("moderator"), "carte", rude.id or 0, **AGAINST)
    rows = list(csv.DictReader(io.StringIO(site.visitor().get(f"/ateliers/{workshop.id}/compte-rendu.csv").text)))
    masked = [row["valeur"].replace("\u00a0", " ") for row in rows if row["partie"] == "carte masquee"]
    assert masked == [ARTICLE]
    assert [row["valeur"] for row in rows if row["partie"] == "carte" and row["mesure"] != "remarque"] == [WORDS[0]]


def test_a_report_in_preparation_is_reported_by_those_who_read_it_only(site: Site) -> None:
    workshop, (_kept, rude) = a_room(site, "closed")
    path = f"/signaler/carte/{rude.id}"
    assert site.visitor().get(path).status_code == 404
    assert site.signed_in("resident").post(path, {}).status_code == 404
    facilitator = site.signed_in("facilitator")
    assert path in facilitator.get(f"/ateliers/{workshop.id}/compte-rendu").text
    assert "Votre signalement est reçu" in report(facilitator, "carte", rude.id).text
    seen = site.signed_in("moderator").get(f"/moderation/signalement/{last_report(site).id}").text
    assert RUDE in seen and "compte-rendu#carte" not in seen  # moderators may not open that page


def test_what_nobody_read_in_the_room_comes_to_the_moderators_when_it_closes(site: Site) -> None:
    workshop, card = left_unread(site, "running")
    moderator, name = site.signed_in("moderator"), f"carte-{card.id}"
    assert name not in queue(moderator)
    with site.writing() as db:
        db.get_one(Workshop, workshop.id).status = "closed"
    assert name in queue(moderator)
    page = shown(moderator.get(f"/moderation/carte/{card.id}"))
    assert "Carte écrite pendant un atelier" in page and stored(site, workshop).title in page
    assert "Qu’est-ce qui vous manque ?" in page.replace("\u00a0", " ")
    assert "1 carte n’a pas été lue dans la salle" in the_report(site, workshop)
    assert desk.decide(moderator, "carte", card.id or 0, "publish").status_code == 200
    assert fresh(site, card).status == "published" and name not in queue(moderator)
    assert "lue après l’atelier, le " in the_report(site, workshop).replace("\u00a0", " ")


def test_a_decision_on_a_card_is_taken_back_within_ten_seconds(site: Site) -> None:
    _workshop, card = left_unread(site)
    moderator = site.signed_in("moderator")
    desk.decide(moderator, "carte", card.id or 0, "refuse", reason="hors_sujet", note="")
    assert fresh(site, card).status == "refused"
    assert desk.undo(moderator, desk.batch(site)).status_code == 200
    again = fresh(site, card)
    assert (again.status, again.reason, again.published_at) == ("pending", None, None)
    assert [entry.verb for entry in desk.log(site, "carte", card.id or 0)] == ["refuse", "undo"]


def test_a_card_grouped_meanwhile_is_not_taken_back(site: Site) -> None:
    workshop, card = left_unread(site)
    moderator, facilitator = site.signed_in("moderator"), site.signed_in("facilitator")
    desk.decide(moderator, "carte", card.id or 0, "publish")
    with site.reading() as db:
        step = db.get_one(Step, card.step_id)
    walls.act(
        facilitator, workshop, step, "rangement", cards=walls.seen(fresh(site, card)), title="Le soir", new="true"
    )
    assert fresh(site, card).cluster_id
    assert "La situation a changé entre-temps" in desk.undo(moderator, desk.batch(site)).text
    assert fresh(site, card).status == "published"


def test_many_cards_are_decided_at_once(site: Site) -> None:
    _workshop, cards = a_room(site, "closed")
    with site.writing() as db:
        for card in cards:
            db.get_one(Card, card.id).status = "pending"
    ticked = [f"carte-{card.id}" for card in cards]
    site.signed_in("moderator").post("/moderation/lot", {"decision": "publish", "items": ticked})
    assert [fresh(site, card).status for card in cards] == ["published", "published"]


@pytest.mark.parametrize("duty", ["scribe", "co"])
def test_who_led_the_room_judges_none_of_its_cards(site: Site, duty: str) -> None:
    workshop, card = left_unread(site)
    in_crew(site, workshop, "moderator", duty)
    moderator, other = site.signed_in("moderator"), site.signed_in("second_moderator")
    assert f"carte-{card.id}" not in queue(moderator) and f"carte-{card.id}" in queue(other)
    assert desk.decide(moderator, "carte", card.id or 0, "publish").status_code == 403
    report(site.signed_in("facilitator"), "carte", (card.id or 0) + 1)
    one = last_report(site)
    assert f"signalement-{one.id}" not in queue(moderator) and f"signalement-{one.id}" in queue(other)
    assert moderator.get(f"/moderation/signalement/{one.id}").status_code == 403
    assert fresh(site, card).status == "pending"


def test_a_card_of_another_territory_does_not_exist_for_a_moderator(site: Site) -> None:
    workshop, card = left_unread(site)
    with site.writing() as db:
        db.get_one(Workshop, workshop.id).territory_id = desk.HOME + 1
    moderator = site.signed_in("moderator")
    assert moderator.get(f"/moderation/carte/{card.id}").status_code == 404
    assert f"carte-{card.id}" not in queue(moderator)


def test_moderators_read_no_more_of_who_wrote_than_the_step_promised(site: Site) -> None:
    _workshop, card = left_unread(site)
    moderator, path = site.signed_in("moderator"), f"/moderation/carte/{card.id}"
    item = soup(moderator.get(path)).select_one(".moderation__item")
    assert item and "Habitantes et habitants" in item.text
    with site.writing() as db:
        db.get_one(Step, card.step_id).signed = "none"
    item = soup(moderator.get(path)).select_one(".moderation__item")
    assert item and "Habitantes et habitants" not in item.text


def test_the_facilitators_do_not_put_back_what_moderators_decided(site: Site) -> None:
    workshop, (kept, rude) = a_room(site, "closed")
    with site.reading() as db:
        step = db.get_one(Step, rude.step_id)
    desk.decide(site.signed_in("moderator"), "carte", rude.id or 0, **AGAINST)
    facilitator = site.signed_in("facilitator")
    walls.act(facilitator, workshop, step, "refus", cards=walls.seen(kept), reason="hors_sujet")
    assert "Décidé par le Conseil de développement." in shown(
        facilitator.get(f"/ateliers/{workshop.id}/cartes?etape={step.id}")
    )
    walls.act(facilitator, workshop, step, "annulation", cards=walls.seen(kept, rude))
    assert (fresh(site, kept).status, fresh(site, rude).status) == ("published", "hidden")


def test_its_author_reads_the_rule_and_the_facts_and_another_person_answers(site: Site) -> None:
    workshop, (_kept, rude) = a_room(site)
    path = followed(site, rude)
    desk.decide(site.signed_in("moderator"), "carte", rude.id or 0, **AGAINST)
    page = shown(site.visitor().get(path)).replace("\u00a0", " ")
    assert "article 4 de la charte" in page and FACTS in page and "Contester la décision" in page
    contest = f"{path}/cartes/{rude.id}/contestation"
    assert site.visitor().post(contest, {"text": "Non."}).status_code == 422
    site.signed_in("resident").post(contest, {"text": WHY})
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_kind == "card")).one()
        actors = select(Event.actor_id).where(Event.subject_kind == "card", Event.verb == "appeal")
        assert appeal.author_id is None and db.exec(actors).all() == [None]  # a card has no account
    assert fresh(site, rude).status == "appealed" and RUDE not in the_report(site, workshop)
    assert "Vous avez contesté la décision." in shown(site.visitor().get(path))
    assert answer(site, appeal, "reverse", by="moderator").status_code == 403  # who decided
    assert answer(site, appeal, "reverse").status_code == 200
    assert (fresh(site, rude).status, fresh(site, rude).reason) == ("published", None)
    assert RUDE in the_report(site, workshop)
    assert "Relu en entier" in shown(site.visitor().get(path))


def test_what_the_facilitators_refused_is_contested_before_the_moderators(site: Site) -> None:
    workshop, card = left_unread(site)
    with site.reading() as db:
        step = db.get_one(Step, card.step_id)
    path = followed(site, card)
    walls.act(site.signed_in("facilitator"), workshop, step, "refus", cards=walls.seen(card), reason="hors_sujet")
    site.visitor().post(f"{path}/cartes/{card.id}/contestation", {"text": WHY})
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_kind == "card")).one()
    assert f"recours-{appeal.id}" in queue(site.signed_in("moderator"))
    answer(site, appeal, "uphold", by="moderator")
    assert fresh(site, card).status == "upheld"
    walls.act(site.signed_in("facilitator"), workshop, step, "annulation", cards=walls.seen(card))
    assert fresh(site, card).status == "upheld"
    assert "Relu en entier" in shown(site.visitor().get(path))


def test_a_code_contests_its_own_cards_only(site: Site) -> None:
    _workshop, (kept, rude) = a_room(site)
    path = followed(site, kept)
    desk.decide(site.signed_in("moderator"), "carte", rude.id or 0, **AGAINST)
    assert site.visitor().post(f"{path}/cartes/{rude.id}/contestation", {"text": WHY}).status_code == 404
    assert fresh(site, rude).status == "hidden"


def test_the_yearly_figures_count_cards_as_anything_else(site: Site) -> None:
    with site.reading() as db:
        before = bilan.bilan(db, today().year)[desk.HOME]
    workshop, (kept, rude) = a_room(site)
    assert workshop.territory_id == desk.HOME
    desk.decide(site.signed_in("moderator"), "carte", rude.id or 0, **AGAINST)
    report(site.visitor(), "carte", kept.id)
    with site.reading() as db:
        after = bilan.bilan(db, today().year)[desk.HOME]
        held = db.exec(select(Card).where(Card.id == rude.id)).one()
        assert moderating.settled(db, [held.id or 0]) == {held.id}
        entry = db.exec(select(LogEntry).order_by(col(LogEntry.id).desc())).first()
        assert entry and entry.words and RUDE not in repr(entry)
    assert after.received["card"] == before.received["card"] + 2
    assert (after.verbs["hide"], after.reports) == (before.verbs["hide"] + 1, before.reports + 1)
    assert "recus_cartes" in site.visitor().get("/moderation/bilan.csv").text
    assert "Carte d’atelier" in shown(site.visitor().get("/moderation/bilan"))
