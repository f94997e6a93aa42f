"""Cards: written on phones, typed by the crew, read, shown. Wrong moments and wrong hands included."""

import pytest
from sqlmodel import col, select

from app.core.db import now
from app.core.machine import Event
from app.identity.models import Person
from app.workshops.models import Card, Crew, Step, Table
from app.workshops.queries import cards as reads
from tests.site import Site
from tests.workshops import walls
from tests.workshops.acts import room, soup
from tests.workshops.walls import seated


def test_a_card_waits_to_be_read_then_shows_on_the_screen(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    assert "lit avant de l’afficher" in walls.write(phone, workshop, step, "Un car le soir").text
    (card,) = walls.cards(site, step)
    assert (card.status, card.college) == ("pending", "jeunes")
    screen = f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"
    assert "Un car le soir" not in site.visitor().get(screen).text
    assert "1 carte à lire" in amina.get(f"/ateliers/{workshop.id}/regie").text.replace("\u00a0", " ")
    assert "1 carte affichée." in walls.act(amina, workshop, step, "affichage", cards=walls.seen(card)).text
    assert "Un car le soir" in site.visitor().get(screen).text
    assert "Affichée" in phone.get(f"/a/{workshop.code}/mes-cartes").text


def test_without_reading_a_card_shows_at_once(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop, approve=False), seated(site, workshop)
    assert "enregistrée et affichée" in walls.write(phone, workshop, step, "Un car le soir").text
    assert "Un car le soir" in site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}").text


def test_the_same_card_sent_twice_is_one(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    for _try in range(3):
        assert (
            walls.send(phone, workshop, step, "Un car le soir", key="cle-de-mon-telephone").json()["state"]
            == "recorded"
        )
    walls.send(phone, workshop, step, "Un car le soir", key="une-autre-cle")
    walls.write(phone, workshop, step, "Une halle")
    walls.write(phone, workshop, step, "Une halle")
    assert [card.text for card in walls.cards(site, step)] == ["Un car le soir", "Un car le soir", "Une halle"]


def test_the_same_key_on_another_phone_is_another_card(site: Site) -> None:
    workshop = room(site)
    step = walls.recueil(site, workshop)
    for _phone in range(2):
        walls.send(seated(site, workshop), workshop, step, "Un car", key="la-meme-cle")
    assert len(walls.cards(site, step)) == 2


def test_one_card_too_many_is_refused_with_its_words(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop, cards=2), seated(site, workshop)
    walls.write(phone, workshop, step, "Une première")
    walls.write(phone, workshop, step, "Une deuxième")
    refused = walls.write(phone, workshop, step, "Une troisième")
    assert refused.status_code == 409 and "Une troisième" in refused.text and "2 au plus" in refused.text
    answer = walls.send(phone, workshop, step, "Une troisième")
    assert answer.status_code == 409 and "2 au plus" in answer.json()["message"]
    assert len(walls.cards(site, step)) == 2


def test_one_takes_back_a_card_that_nobody_has_read_and_may_write_another(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step, phone, other = walls.recueil(site, workshop, cards=1), seated(site, workshop), seated(site, workshop)
    walls.write(phone, workshop, step, "Une première")
    (card,) = walls.cards(site, step)
    assert other.post(f"/a/{workshop.code}/mes-cartes", {"card": card.id}).status_code == 403
    assert "Carte reprise" in phone.post(f"/a/{workshop.code}/mes-cartes", {"card": card.id}).text
    walls.write(phone, workshop, step, "Une meilleure")
    better = walls.cards(site, step)[1]
    walls.act(amina, workshop, step, "affichage", cards=walls.seen(better))
    assert phone.post(f"/a/{workshop.code}/mes-cartes", {"card": better.id}).status_code == 409
    assert [c.status for c in walls.cards(site, step)] == ["withdrawn", "published"]


def test_a_closed_recueil_refuses_and_keeps_the_words(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    walls.end(site, step)
    refused = walls.write(phone, workshop, step, "Trop tard, mais dit")
    assert (
        refused.status_code == 409
        and "Le recueil est terminé" in refused.text
        and "Trop tard, mais dit" in refused.text
    )
    assert not walls.cards(site, step)


def test_a_card_needs_a_seat_of_this_room_and_a_step_of_this_room(site: Site) -> None:
    workshop, other = room(site), room(site, status="published")
    step = walls.recueil(site, workshop)
    assert walls.write(site.visitor(), workshop, step, "Sans place").status_code == 403
    elsewhere = walls.recueil(site, other)
    assert walls.write(seated(site, workshop), workshop, elsewhere, "Ailleurs").status_code == 404
    assert walls.send(seated(site, workshop), workshop, elsewhere, "Ailleurs").status_code == 404
    assert not walls.cards(site, step) + walls.cards(site, elsewhere)


@pytest.mark.parametrize("text", ["", "x", "é" * 281])
def test_what_is_not_a_card_is_refused(site: Site, text: str) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    assert walls.write(phone, workshop, step, text).status_code == 422
    assert walls.send(phone, workshop, step, text).status_code == 422


@pytest.mark.parametrize("text", ["🚌🚌 le soir 👩‍🦽", "نريد حافلة", "<b>gras</b> & <script>alert(1)</script>"])
def test_words_stay_as_they_were_written(site: Site, text: str) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop, approve=False), seated(site, workshop)
    walls.write(phone, workshop, step, text)
    assert walls.cards(site, step)[0].text == text
    shown = soup(site.visitor().get(f"/ateliers/{workshop.id}/ecran/{workshop.screen_key}"))
    assert text in shown.get_text() and not shown.find("script", string="alert(1)")


def test_a_card_in_the_name_of_a_table_says_how_many_they_are_and_no_college(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop, signed="table", approve=False), seated(site, workshop)
    refused = walls.write(phone, workshop, step, "Sans table", table="true")
    assert refused.status_code == 409 and "à quelle table" in refused.text
    walls.at_table(site, workshop)
    walls.write(phone, workshop, step, "Nous voulons un car", table="true")
    walls.write(phone, workshop, step, "Moi aussi")
    with site.reading() as db:
        wall = reads.of_step(db, [step.id or 0])[step.id or 0]
    signed = {card.text: (card.signed.replace("\u00a0", " "), card.college) for card in wall.loose}
    assert signed == {"Nous voulons un car": ("Table 44, 12 personnes", None), "Moi aussi": ("Table 44", "jeunes")}


def test_a_card_says_only_what_its_step_promised(site: Site) -> None:
    workshop = room(site)
    for signed, words in (("none", ""), ("college", "Jeunes")):
        step = walls.recueil(site, workshop, signed=signed, approve=False)
        walls.write(seated(site, workshop), workshop, step, "Un car")
        with site.reading() as db:
            assert [card.signed for card in reads.of_step(db, [step.id or 0])[step.id or 0].loose] == [words]


def test_a_refused_card_says_why_to_its_author_alone_and_the_refusal_can_be_undone(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    walls.write(phone, workshop, step, "Le maire dort")
    (card,) = walls.cards(site, step)
    assert walls.act(amina, workshop, step, "refus", cards=walls.seen(card)).status_code == 422
    walls.act(amina, workshop, step, "refus", cards=walls.seen(card), reason="personne_visee")
    assert "Vise une personne reconnaissable" in phone.get(f"/a/{workshop.code}/mes-cartes").text
    walls.act(amina, workshop, step, "annulation", cards=walls.seen(card))
    assert [(c.status, c.reason) for c in walls.cards(site, step)] == [("pending", None)]
    with site.reading() as db:
        verbs = db.exec(select(Event.verb).where(Event.subject_kind == "card").order_by(col(Event.id))).all()
    assert list(verbs)[-3:] == ["submit", "refuse", "undo_reading"]


def test_several_cards_at_once_and_those_that_somebody_else_read_are_told(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    for text in ("Une", "Deux", "Trois"):
        walls.write(phone, workshop, step, text * 2)
    held = walls.cards(site, step)
    walls.act(amina, workshop, step, "affichage", cards=walls.seen(held[0]))
    told = walls.act(amina, workshop, step, "affichage", cards=walls.seen(*held)).text.replace("\u00a0", " ")
    assert "Quelqu’un d’autre vient de s’occuper de 1 carte" in told
    assert {c.status for c in walls.cards(site, step)} == {"published"}
    page = amina.get(f"/ateliers/{workshop.id}/cartes", params={"etape": step.id, "fait": f"{held[1].id}-{held[2].id}"})
    undo = soup(page).select_one("form[data-cards-undo]")
    assert undo and not undo.has_attr("hidden") and len(undo.select("input[name=cards]")) == 2


def test_a_shown_card_can_be_taken_off_even_after_the_report(site: Site) -> None:
    workshop, amina = room(site, status="published"), site.signed_in("facilitator")
    step = walls.recueil(site, workshop, status="closed")
    (card,) = walls.published(site, workshop, step, "Un nom propre")
    assert walls.act(amina, workshop, step, "annulation", cards=walls.seen(card)).status_code == 409
    walls.act(amina, workshop, step, "refus", cards=walls.seen(card), reason="donnee_privee")
    assert walls.cards(site, step)[0].status == "hidden"


def test_only_who_conducts_reads_cards_and_only_the_crew_types_them(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    walls.write(phone, workshop, step, "Une carte")
    (card,) = walls.cards(site, step)
    for visitor in (site.visitor(), site.signed_in("moderator"), phone):
        for page in ("cartes", "cartes/saisie"):
            answer = visitor.get(f"/ateliers/{workshop.id}/{page}")
            assert answer.status_code == 403 or answer.url.path == "/connexion"
        walls.act(visitor, workshop, step, "affichage", cards=walls.seen(card))
        walls.act(visitor, workshop, step, "refus", cards=walls.seen(card), reason="hors_sujet")
    assert walls.cards(site, step)[0].status == "pending"


def test_a_scribe_types_the_card_of_a_table_once(site: Site) -> None:
    workshop, scribe = room(site), site.signed_in("resident")
    step, _phone = walls.recueil(site, workshop, signed="table"), seated(site, workshop)
    table = walls.at_table(site, workshop)
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
        db.add(
            Crew(
                workshop_id=workshop.id, person_id=person.id, duty="scribe", table_id=table.id, added_at=step.opened_at
            )
        )
    page = soup(scribe.get(f"/ateliers/{workshop.id}/cartes/saisie"))
    key = page.select_one("input[name=key]")["value"]
    assert page.select_one(f"option[value='{table.id}'][selected]")
    sent = {"step": step.id, "text": "Un car le soir", "table": table.id, "key": key}
    for _twice in range(2):
        assert scribe.post(f"/ateliers/{workshop.id}/cartes/saisie", sent).status_code == 200
    (card,) = walls.cards(site, step)
    assert (card.table_id, card.college, card.seat_id, card.status) == (table.id, None, None, "pending")


def test_a_table_of_another_room_is_refused(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step, other = walls.recueil(site, workshop), room(site, status="scheduled")
    with site.writing() as db:
        table = Table(workshop_id=other.id, number=1, key="ailleurs")
        db.add(table)
        db.flush()
    sent = {"step": step.id, "text": "Un car le soir", "table": table.id, "key": "k" * 24}
    assert amina.post(f"/ateliers/{workshop.id}/cartes/saisie", sent).status_code == 404
    assert not walls.cards(site, step)


def test_the_stage_of_a_recueil_holds_nothing_personal(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    walls.write(phone, workshop, step, "Mes mots à moi")
    page = phone.get(f"/a/{workshop.code}")
    assert page.status_code == 200 and "Mes mots à moi" not in page.text
    assert soup(page).select_one(f"form[data-card-form][data-step='{step.id}'] textarea[name=text]")
    assert "Mes mots à moi" in phone.part(f"/a/{workshop.code}/mes-cartes", "my_cards").text


def test_a_card_sent_at_the_last_second_is_kept(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop), seated(site, workshop)
    with site.writing() as db:
        held = db.get_one(Step, step.id)
        held.status, held.closed_at = "closed", now()
    assert walls.send(phone, workshop, step, "Juste à temps").status_code == 200
    with site.reading() as db:
        assert db.exec(select(Card.text).where(Card.step_id == step.id)).one() == "Juste à temps"


def test_only_cards_that_wait_are_looked_at_again_and_each_says_its_state(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step, phone = walls.recueil(site, workshop), seated(site, workshop)

    def mine() -> tuple[bool, list[tuple[str, str]]]:
        part = soup(phone.get(f"/a/{workshop.code}/mes-cartes")).select_one("#my_cards")
        assert part and str(part["data-my-cards"]).endswith(f"/a/{workshop.code}/mes-cartes?personne=1")
        told = [(str(li["data-state"]), str(li["data-told"]).replace("\u00a0", " ")) for li in part.select("li")]
        return part.has_attr("data-pending"), told

    assert mine() == (False, [])
    walls.write(phone, workshop, step, "Un car le soir")
    walls.write(phone, workshop, step, "Une halle")
    first, second = walls.cards(site, step)
    wait = [("pending", "En attente : Une halle"), ("pending", "En attente : Un car le soir")]
    assert mine() == (True, wait)
    walls.act(amina, workshop, step, "affichage", cards=walls.seen(first))
    assert mine() == (True, [wait[0], ("published", "Affichée : Un car le soir")])
    walls.act(amina, workshop, step, "refus", cards=walls.seen(second), reason="donnee_privee")
    assert mine() == (False, [("refused", "Non retenue : Une halle"), ("published", "Affichée : Un car le soir")])
