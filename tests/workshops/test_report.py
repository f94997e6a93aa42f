"""The report of a workshop: who writes it, what it shows, what comes after its publication."""

import re

from sqlmodel import col, select

from app.core.db import now
from app.core.i18n import fdate
from app.workshops import queries
from app.workshops.models import Correction, Headcount, PaperBallot, Participation, Registration
from app.workshops.queries import report as reports
from tests.site import Site
from tests.workshops.acts import colleague, person_id, shown, soup, steps, stored
from tests.workshops.closed_rooms import WORDS, agreement, base, closed, decided, dots, judgment, write, yes_no

# Who


def test_a_draft_is_for_the_crew_and_a_published_report_for_everyone(site: Site) -> None:
    workshop = closed(site, dots())
    pages = ["compte-rendu", "decisions", "compte-rendu.pdf", "compte-rendu.docx", "compte-rendu.csv", "decisions.pdf"]
    for path in pages:
        assert site.visitor().get(f"{base(workshop)}/{path}").url.path == "/connexion", path
        assert site.signed_in("technician").get(f"{base(workshop)}/{path}").status_code == 403, path
        assert site.signed_in("facilitator").get(f"{base(workshop)}/{path}").status_code == 200, path
    write(site.signed_in("facilitator"), workshop, "compte-rendu", conclusion=WORDS, sure="true")
    for path in pages:
        assert site.visitor().get(f"{base(workshop)}/{path}").status_code == 200, path


def test_only_the_crew_writes_and_only_the_lead_publishes(site: Site) -> None:
    workshop = closed(site, agreement({1: "Trop vite"}))
    step = steps(site, workshop)[0]
    writes = (
        "compte-rendu", "compte-rendu/textes", "decisions", "decisions/1", "decisions/1/retrait", "decisions/1/ordre",
        "objections/1", f"sequences/{step.id}/objections", "compte-rendu/rectifications",
    )  # fmt: skip
    for visitor in (site.visitor(), site.signed_in("technician")):
        for path in writes:
            assert write(visitor, workshop, path, conclusion=WORDS, text="Une décision").status_code == 403, path
    helper = colleague(site)
    assert write(helper, workshop, "decisions", text="Fermer la place").status_code == 200
    assert write(helper, workshop, "compte-rendu", conclusion=WORDS, sure="true").status_code == 403
    assert "La personne qui conduit l’atelier le publie." in shown(
        helper.get(f"{base(workshop)}/compte-rendu/redaction")
    )
    assert stored(site, workshop).status == "closed"


# What it shows


def test_the_run_sheet_says_what_was_planned_and_held_and_nobody_but_the_crew_reads_how_late(site: Site) -> None:
    waiting = dots() | {"title": "Jamais ouverte", "status": "waiting", "marks": None}
    workshop = closed(site, dots(), waiting, closed_alone=True)
    text = shown(site.signed_in("facilitator").get(f"{base(workshop)}/compte-rendu"))
    assert re.search(r"de \d+\sh\s\d\d à", text) and "pas tenue" in text and "Ce vote n’a pas eu lieu." in text
    with site.reading() as db:
        held = queries.one(db, workshop.id or 0)
        assert held
        found = reports.assemble(db, held)
        everywhere = text + repr(reports.full(found, "").parts) + repr(list(reports.rows(found)))
    assert "prévue à" in text and not re.search("retard|d’avance", everywhere)
    assert "Une salle restée ouverte" in text


def test_small_colleges_of_less_than_five_stand_in_the_total_only(site: Site) -> None:
    people = {"habitants": 12, "associations": 6, "entreprises": 2, "jeunes": 7}
    workshop = closed(site, dots(), judgment(2), agreement({}), yes_no(), people=people)
    with site.reading() as db:
        held = queries.one(db, workshop.id or 0)
        assert held
        found = reports.assemble(db, held)
        rows = list(reports.rows(found))
        document = reports.full(found, "")
    # Two entreprises: hidden, and the smallest other collège with them, or a subtraction would give their votes.
    assert found.presence.small == ("associations", "entreprises")
    assert found.presence.total.total == 27 and [line.college for line in found.presence.lines] == [
        "habitants",
        "jeunes",
    ]
    assert {row[5] for row in rows} == {"", "ensemble", "habitants", "jeunes"}
    text = repr(document.parts)
    assert "Associations" not in text and "Entreprises" not in text
    page = soup(site.signed_in("facilitator").get(f"{base(workshop)}/compte-rendu"))
    for table in page.select("main table"):
        assert "Entreprises" not in table.text and "Associations" not in table.text
    everywhere = soup(site.signed_in("facilitator").get(f"{base(workshop)}")).select_one("#presence")
    assert everywhere and "Entreprises" not in everywhere.parent.select_one(".legend").text


def test_people_without_a_device_and_paper_are_told_apart(site: Site) -> None:
    workshop = closed(site, dots())
    decided(site, workshop)
    step = steps(site, workshop)[0]
    with site.writing() as db:
        assert db.get(Headcount, (workshop.id, "habitants"))
        for number, status in enumerate(("entered", "differs", "void"), start=1):
            db.add(PaperBallot(step_id=step.id or 0, number=number, status=status, printed_at=now()))
    text = shown(site.signed_in("facilitator").get(f"{base(workshop)}/compte-rendu"))
    assert "30 personnes présentes" in text and "Sans appareil" in text
    assert "1 bulletin papier saisi n’a pas été relu par une deuxième personne" in text
    assert "1 bulletin papier a été lu de deux façons" in text and "1 bulletin papier est nul." in text
    edit = shown(site.signed_in("facilitator").get(f"{base(workshop)}/compte-rendu/redaction"))
    assert "1 bulletin papier n’a pas été relu." in edit and "1 bulletin papier a été lu de deux façons" in edit


def test_equal_choices_are_said_equal_and_a_broken_rule_broken(site: Site) -> None:
    workshop = closed(site, dots(), agreement({}))
    with site.reading() as db:
        held = queries.one(db, workshop.id or 0)
        assert held
        found = reports.assemble(db, held)
    first, second = found.votes.values()
    words = [w.replace("\u00a0", " ") for w in reports.said.remarks(first) + reports.said.remarks(second)]
    assert (
        "La règle n’est pas respectée. Oppositions : toute la salle, 48 %, habitantes et habitants, 50 %, jeunes, 43 %."
        in words
    )
    assert first.result.ballots == 27 and not [w for w in words if "À égalité" in w]  # 28, 26 and 27 dots
    even = closed(site, dots(), people={"habitants": 12}, code="AAAA34")
    with site.reading() as db:
        held = queries.one(db, even.id or 0)
        assert held
        (vote,) = reports.assemble(db, held).votes.values()
    assert "À égalité, 1er : « Un arbre », « Un banc », « Une fontaine »." in [
        w.replace("\u00a0", " ") for w in reports.said.ties(vote)
    ]


# After


def test_publishing_tells_each_person_once_and_not_who_published(site: Site) -> None:
    workshop = closed(site, dots())
    with site.writing() as db:
        for persona in ("resident", "youth", "facilitator"):
            person = person_id(db, persona)
            db.add(
                Registration(
                    workshop_id=workshop.id or 0, person_id=person, status="registered", token=f"jeton-{persona}",
                    queued_at=now(),
                )
            )  # fmt: skip
        for persona in ("resident", "technician"):
            db.add(Participation(workshop_id=workshop.id or 0, person_id=person_id(db, persona), at=now()))
    before = len(site.mails())
    write(site.signed_in("facilitator"), workshop, "compte-rendu", conclusion=WORDS, sure="true")
    told = [mail for mail in site.mails()[before:] if workshop.title in mail.subject]
    mine = [mail.to for mail in told if "Vous étiez inscrite ou inscrit" in mail.body]
    assert len(mine) == 3 and len(set(mine)) == 3
    assert len({mail.to for mail in told}) == len(told)  # nobody twice, by whichever way
    assert all(f"/ateliers/{workshop.id}/compte-rendu" in mail.body for mail in told)


def test_a_refused_publication_keeps_what_was_typed(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), closed(site)
    answer = write(amina, workshop, "compte-rendu", conclusion="Trop court", next_steps="Une date en mai.")
    assert answer.status_code == 422 and "Trop court" in answer.text and "Une date en mai." in answer.text
    assert stored(site, workshop).status == "closed"
    assert write(amina, workshop, "compte-rendu", conclusion=WORDS, sure="true").status_code == 200
    assert write(amina, workshop, "compte-rendu", conclusion=WORDS, sure="true").status_code == 409


def test_corrections_are_dated_added_once_and_change_nothing_else(site: Site) -> None:
    amina, workshop = site.signed_in("facilitator"), closed(site, dots(), conclusion=WORDS)
    sent = {"correction": "La place ferme le dimanche, non le samedi."}
    assert write(amina, workshop, "compte-rendu/rectifications", **sent).status_code == 409  # not published yet
    write(amina, workshop, "compte-rendu", conclusion=WORDS, sure="true")
    short = write(amina, workshop, "compte-rendu/rectifications", correction="Non")
    assert short.status_code == 422 and "Non" in short.text
    for _time in range(2):
        assert write(amina, workshop, "compte-rendu/rectifications", **sent).status_code == 200
    with site.reading() as db:
        (row,) = db.exec(select(Correction).where(col(Correction.workshop_id) == workshop.id)).all()
    text = shown(site.visitor().get(f"{base(workshop)}/compte-rendu"))
    assert f"Rectification du {fdate(row.at)}".replace("\u00a0", " ") in text and WORDS in text
    assert text.index("Rectification du") < text.index("Ce que la salle conclut")
