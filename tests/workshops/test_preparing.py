"""A facilitator prepares: where and when, steps of every kind, ready-made run sheets, what is missing."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.actions import queries as sheets
from app.actions.models import ActionSheet
from app.core.db import now
from app.needs.models import NeedGroup
from app.workshops import queries
from app.workshops.models import Option, PaperBallot, Step, Workshop
from tests.site import Site
from tests.workshops.acts import act, options, shown, soup, steps
from tests.workshops.drafts import DOTS, WHERE, create, draft, last_step, newest, row, titles, write
from tests.workshops.test_hostile import a_sheet

CARDS = {
    "kind": "cards",
    "title": "Qu’est-ce qui manque ?",
    "minutes": 15,
    "cards": 3,
    "approve": "true",
    "signed": "table",
}
AGREED = {"kind": "agreement", "title": "Êtes-vous d’accord ?", "minutes": 5}
TEXT = "Le plan de mobilité"


def test_a_workshop_says_how_one_comes_to_it(site: Site) -> None:
    amina = site.signed_in("facilitator")
    said = {
        "mode": "both", "link": "https://visio.example.org/garlan", "registration": "true", "capacity": "40",
        "access": "De plain-pied, garde d’enfants sur place.",
    }  # fmt: skip
    workshop = draft(site, amina, DOTS, **said)
    held = row(site, workshop)
    assert (held.mode, held.link, held.registration, held.capacity) == ("both", said["link"], True, 40)
    amina.post(f"/ateliers/{workshop.id}/annonce")
    public = site.visitor().get(f"/ateliers/{workshop.id}").text
    assert "garde d’enfants sur place" in public and "visio.example.org" not in public


@pytest.mark.parametrize(
    "link",
    [
        "http://visio.example.org",
        "javascript:alert(1)",
        "https://",
        "https://a b.fr",
        "https://u:p@x.fr/",
        "https://[x",
    ],
)
def test_only_a_whole_https_address_is_a_link(site: Site, link: str) -> None:
    answer = create(site.signed_in("facilitator"), mode="remote", link=link)
    assert answer.status_code == 422 and "https://" in answer.text
    assert newest(site).title != WHERE["title"]


def test_people_who_meet_in_a_hall_are_told_which_and_those_at_a_distance_are_not_asked(site: Site) -> None:
    amina = site.signed_in("facilitator")
    answer = create(amina, place="")
    assert answer.status_code == 422 and "où l’on se retrouve" in answer.text.replace("\u00a0", " ")
    workshop = draft(site, amina, DOTS, mode="remote", place="")
    assert row(site, workshop).place == "À distance"
    page = amina.get(f"/ateliers/{workshop.id}/preparation")
    assert "Ajoutez le lien de la réunion à distance." in page.text
    assert soup(page).select_one("#place")["value"] == ""
    assert amina.post(f"/ateliers/{workshop.id}/annonce").status_code == 409


KINDS: dict[str, dict[str, Any]] = {
    "presentation": {"kind": "presentation", "text": "Bonjour à toutes et à tous."},
    "cards": CARDS,
    "dots": DOTS,
    "judgment": {"kind": "judgment", "typed": "Car du soir\nHalle", "blanks": "normalised"},
    "agreement": {"kind": "agreement", "typed": TEXT, "limit_percent": "10"},
    "hands": {"kind": "hands", "hands": "approval", "typed": "18 h\n19 h"},
    "yes_no": {"kind": "hands", "hands": "yes_no", "typed": "Un car le samedi"},
    "discussion": {"kind": "discussion"},
    "pause": {"kind": "pause"},
}
SAID = {
    "presentation": "Bonjour à toutes", "cards": "écrit 3 cartes au plus", "dots": "a 5 gommettes",
    "judgment": "à égalité, la moins bonne des deux mentions l’emporte", "agreement": "pas plus de 10 % d’oppositions",
    "hands": "toutes les réponses qui lui conviennent", "yes_no": "répond oui, non, ou s’abstient",
    "discussion": "Discussion", "pause": "Pause",
}  # fmt: skip


@pytest.mark.parametrize("sort", KINDS)
def test_each_sort_of_step_is_written_read_again_and_said_in_plain_words(site: Site, sort: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    blank = soup(amina.get(f"/ateliers/{workshop.id}/sequences/nouvelle?sorte={sort}"))
    assert blank.select_one("input[name=kind]")["value"] == KINDS[sort]["kind"]
    sent = {"title": "Une séquence de plus", "minutes": 10} | KINDS[sort]
    assert write(site, amina, workshop, **sent).status_code == 200
    step = last_step(site, workshop)
    again = soup(amina.get(f"/ateliers/{workshop.id}/sequences/{step.id}"))
    form = {field["name"]: field.get("value") or field.text for field in again.select("form.form [name]")}
    for name, value in KINDS[sort].items():
        kept = again.select_one(f"[name={name}][checked]")
        assert (kept["value"] if kept else form[name].strip()) == str(value), name
    amina.post(f"/ateliers/{workshop.id}/annonce")
    assert SAID[sort] in shown(site.visitor().get(f"/ateliers/{workshop.id}"))


def test_a_vote_on_one_thing_says_what_it_is_about_so_that_it_reaches_the_board(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina)
    with site.reading() as db:
        priority = db.exec(select(Option.priority_id).where(col(Option.priority_id).is_not(None))).first()
        group = db.exec(select(NeedGroup).where(NeedGroup.territory_id == workshop.territory_id)).first()
        sheet = db.exec(select(Option.sheet_id).join(Step, col(Step.id) == Option.step_id).join(Workshop, col(Workshop.id) == Step.workshop_id).where(col(Option.sheet_id).is_not(None), Workshop.territory_id == workshop.territory_id)).first()  # fmt: skip
        assert group and sheet and priority
        reference = group.reference
    for wrong in ({}, {"typed": "Ceci\nCela"}, {"subject": f"fiche-{sheet}", "typed": "Ceci"}, {"subject": "fiche-0"}):
        answer = write(site, amina, workshop, **AGREED, **wrong)
        assert answer.status_code == 422 and "Êtes-vous d’accord" in answer.text, wrong
    for about in ({"subject": f"fiche-{sheet}"}, {"needs_typed": reference.lower()}, {"typed": TEXT}):
        assert write(site, amina, workshop, **AGREED, **about).status_code == 200, about
        yes_no = AGREED | {"kind": "hands", "hands": "yes_no"}
        assert write(site, amina, workshop, **yes_no, **about).status_code == 200, about
    rows = steps(site, workshop)
    assert [len(options(site, step)) for step in rows] == [1] * 6
    with site.reading() as db:
        first, third = (db.get_one(Option, options(site, rows[i])[0]) for i in (0, 2))
        assert first.sheet_id == sheet and third.group_id == group.id
    page = amina.get(f"/ateliers/{workshop.id}/preparation").text
    assert reference in page and f"/besoins-partages/{group.id}" in page
    assert f'value="fiche-{sheet}" selected' in amina.get(f"/ateliers/{workshop.id}/sequences/{rows[0].id}").text


def test_the_groups_of_a_recueil_are_put_to_the_vote_and_the_recueil_stays(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, CARDS)
    recueil = last_step(site, workshop)
    grouping = {"kind": "grouping", "title": "Ce qui va ensemble", "minutes": 10}
    assert write(site, amina, workshop, **grouping).status_code == 422
    assert write(site, amina, workshop, **grouping, source=recueil.id).status_code == 200
    vote = DOTS | {"typed": "", "source": recueil.id}
    assert write(site, amina, workshop, **vote | {"typed": "Ceci\nCela"}).status_code == 422
    assert write(site, amina, workshop, **vote).status_code == 200
    assert [step.source_id for step in steps(site, workshop)] == [None, recueil.id, recueil.id]
    assert "Les choix seront les groupes du recueil" in amina.get(f"/ateliers/{workshop.id}/preparation").text
    refused = act(site, amina, workshop, f"sequences/{recueil.id}/retrait")
    assert refused.status_code == 409 and "Ce qui va ensemble" in refused.text
    other = draft(site, amina, DOTS, title="Un tout autre atelier")
    stranger = write(site, amina, other, **grouping, source=recueil.id)
    assert stranger.status_code == 403 and "Ce qui va ensemble" in stranger.text


def test_a_workshop_with_a_recueil_only_may_be_announced_and_one_without_anything_to_say_may_not(site: Site) -> None:
    amina = site.signed_in("facilitator")
    talk = draft(site, amina, {"kind": "discussion", "title": "Parlons-en", "minutes": 30})
    assert amina.post(f"/ateliers/{talk.id}/annonce").status_code == 409
    assert "un vote ou un recueil" in amina.get(f"/ateliers/{talk.id}/preparation").text
    collect = draft(site, amina, CARDS, title="Un recueil seulement")
    assert amina.post(f"/ateliers/{collect.id}/annonce").status_code == 200
    assert row(site, collect).status == "scheduled"


@pytest.mark.parametrize(("key", "votes"), [("dire", 1), ("choisir", 2), ("valider", 1)])
def test_a_ready_made_run_sheet_is_a_beginning_to_change(site: Site, key: str, votes: int) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, start_from=f"modele-{key}")
    rows = steps(site, workshop)
    assert sum(step.kind in ("dots", "judgment", "agreement") for step in rows) == votes
    assert sum(step.minutes for step in rows) <= 120 and [step.position for step in rows] == list(
        range(1, len(rows) + 1)
    )
    if key == "dire":
        assert {step.source_id for step in rows if step.kind in ("grouping", "dots")} == {rows[1].id}
    if key != "dire":
        assert "Ajoutez des choix à" in amina.get(f"/ateliers/{workshop.id}/preparation").text
    assert act(site, amina, workshop, f"sequences/{rows[0].id}/retrait").status_code == 200


def test_a_workshop_begins_with_the_run_sheet_of_another_of_the_territory(site: Site) -> None:
    amina = site.signed_in("facilitator")
    with site.reading() as db:
        past = db.exec(select(Workshop).where(Workshop.status == "published").order_by(col(Workshop.id))).first()
        far = db.exec(select(Workshop).where(Workshop.territory_id != past.territory_id)).first() if past else None
        assert past and far
    workshop = draft(site, amina, start_from=f"atelier-{past.id}")
    assert titles(site, workshop) == titles(site, past)
    assert {step.status for step in steps(site, workshop)} == {"waiting"} and row(site, workshop).series_id is None
    dots = next(step for step in steps(site, workshop) if step.kind == "dots")
    assert len(options(site, dots)) == 5
    refused = create(amina, title="Repris de trop loin", start_from=f"atelier-{far.id}")
    assert refused.status_code == 422 and "Repris de trop loin" in refused.text
    assert newest(site).id == workshop.id


def test_what_is_typed_stays_when_one_chooses_another_sort_of_step(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina)
    answer = write(site, amina, workshop, **DOTS, switch="judgment")
    page = soup(answer)
    assert answer.status_code == 200 and not steps(site, workshop)
    assert page.select_one("#title")["value"] == DOTS["title"] and "Lycée" in page.select_one("#typed").text
    assert page.select_one("[name=kind]")["value"] == "judgment" and page.select_one("[name=blanks]")
    one = soup(write(site, amina, workshop, **DOTS, switch="yes_no"))
    assert one.select_one("[name=kind]")["value"] == "hands" and one.select_one("[name=hands]")["value"] == "yes_no"


def test_a_step_taken_out_meanwhile_gives_its_words_back(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS, CARDS)
    step = steps(site, workshop)[0]
    act(site, amina, workshop, f"sequences/{step.id}/retrait")
    answer = write(site, amina, workshop, step, **DOTS | {"text": "Des mots longs à écrire"})
    page = soup(answer)
    assert answer.status_code == 409 and page.select_one("#text").text.strip() == "Des mots longs à écrire"
    form = page.select_one("form[enctype]")
    assert form["action"] == f"/ateliers/{workshop.id}/sequences"
    sent = {field["name"]: field.get("value") or field.text.strip() for field in form.select("input, textarea")}
    again = amina.post(form["action"], sent | {"reveal": "hidden"})
    assert again.status_code == 200 and titles(site, workshop) == [CARDS["title"], DOTS["title"]]


def test_a_step_is_inserted_where_one_asks_but_never_before_what_was_held(site: Site) -> None:
    amina = site.signed_in("facilitator")
    pause = {"kind": "pause", "minutes": 5}
    workshop = draft(site, amina, DOTS, CARDS)
    first = steps(site, workshop)[0]
    link = soup(amina.get(f"/ateliers/{workshop.id}/sequences/nouvelle?sorte=pause&apres={first.id}"))
    assert link.select_one("[name=after]")["value"] == str(first.id)
    write(site, amina, workshop, **pause, title="Au milieu", after=first.id)
    write(site, amina, workshop, **pause, title="Au début", after=0)
    assert titles(site, workshop) == ["Au début", DOTS["title"], "Au milieu", CARDS["title"]]
    with site.writing() as db:
        held = db.get_one(Step, first.id)
        held.status = "closed"
        db.add(held)
    write(site, amina, workshop, **pause, title="Trop tôt", after=0)
    assert titles(site, workshop)[:3] == ["Au début", DOTS["title"], "Trop tôt"]


def test_one_who_came_from_the_console_goes_back_to_it(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    amina.post(f"/ateliers/{workshop.id}/annonce")
    act(site, amina, workshop, "salle")
    sorts = soup(amina.get(f"/ateliers/{workshop.id}/sequences/nouvelle?retour=regie"))
    link = next(a["href"] for a in sorts.select("a") if "sorte=pause" in a["href"])
    form = soup(amina.get(link))
    assert form.select_one("[name=back]")["value"] == "true"
    answer = write(site, amina, workshop, kind="pause", title="Cinq minutes", minutes=5, back="true")
    assert answer.url.path == f"/ateliers/{workshop.id}/regie"


def test_a_step_for_which_ballots_are_printed_is_not_taken_out(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, DOTS)
    step = last_step(site, workshop)
    with site.writing() as db:
        db.add(PaperBallot(step_id=step.id, number=1, status="printed", printed_at=now()))
    answer = act(site, amina, workshop, f"sequences/{step.id}/retrait")
    assert answer.status_code == 409 and "bulletins sont imprimés" in answer.text
    assert titles(site, workshop) == [DOTS["title"]]


def test_a_workshop_that_moves_tells_those_who_registered_and_one_that_only_changes_its_words_does_not(
    site: Site,
) -> None:
    amina = site.signed_in("facilitator")
    with site.reading() as db:
        workshop = db.exec(select(Workshop).where(Workshop.code == "RVRE64")).one()
    page = soup(amina.get(f"/ateliers/{workshop.id}/preparation"))
    form = page.select_one(f'form[action="/ateliers/{workshop.id}/preparation"]')
    sent = {
        field["name"]: field.get("value") or field.text.strip() for field in form.select("input, textarea")
        if field.get("type") not in ("radio", "checkbox") or field.has_attr("checked")
    }  # fmt: skip
    before = len(site.mails())
    assert amina.post(form["action"], sent | {"text": "D’autres mots pour le même atelier."}).status_code == 200
    assert len(site.mails()) == before
    moved = sent | {"place": "Salle des Jacobins, Morlaix", "edited": row(site, workshop).edited}
    assert amina.post(form["action"], moved).status_code == 200
    assert len(site.mails()) - before >= 20
    assert "Jacobins" in site.mails()[-1].body


def test_a_fiche_that_left_the_accord_is_not_copied(site: Site) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina, title="Un premier atelier")
    with site.reading() as db:
        sheet = sheets.by_ref(db, a_sheet(site))
        assert sheet
    write(site, amina, workshop, **DOTS | {"typed": "Ceci\nCela"}, sheets=[sheet.id])
    amina.post(f"/ateliers/{workshop.id}/annonce")
    with site.writing() as db:
        db.get_one(ActionSheet, sheet.id).status = "withdrawn"
    copy = draft(site, amina, title="Un second atelier", start_from=f"atelier-{workshop.id}")
    with site.reading() as db:
        assert [o.title for o in queries.option_rows(db, last_step(site, copy).id or 0)] == ["Ceci", "Cela"]
