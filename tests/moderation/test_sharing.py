"""Working together: in whose hands, whose opinion, and who steps back."""

import threading
from datetime import timedelta

import pytest
from sqlmodel import select

from app.identity.models import Delegate, Organisation
from app.moderation.models import Claim, Report, SecondOpinion
from app.moderation.service import sharing
from app.needs.models import Need
from app.needs.queries import one
from app.threads.models import Comment
from tests.moderation import desk
from tests.moderation.desk import HOME, REASON
from tests.site import Site


def _path(item: int, gesture: str = "") -> str:
    return f"/moderation/besoin/{item}{gesture}"


def test_what_one_takes_is_shown_to_the_others_who_may_read_it_but_not_decide(site: Site) -> None:
    item = desk.need(site)
    nolwenn, goulven = site.signed_in("moderator"), site.signed_in("second_moderator")
    assert "Prise par vous" in nolwenn.post(_path(item, "/prise")).text
    seen = goulven.get(_path(item)).text
    assert "Prise par Nolwenn" in seen and "Prendre la main" in seen and "Envoyer et continuer" not in seen
    refused = desk.decide(goulven, "besoin", item, "publish")
    assert refused.status_code == 409 and "Nolwenn" in refused.text
    assert desk.state(site, "besoin", item).status == "pending"
    assert goulven.post(_path(item, "/prise")).status_code == 409
    assert "C’est vous" in goulven.post(_path(item, "/prise?main=oui")).text
    assert desk.decide(goulven, "besoin", item, "publish").status_code == 200
    assert [entry.verb for entry in desk.log(site, "besoin", item)] == ["claim", "take_over", "publish"]
    with site.reading() as db:
        assert db.exec(select(Claim)).all() == []


def test_a_claim_left_for_two_hours_is_everybodys_again(site: Site) -> None:
    item = desk.need(site)
    nolwenn, goulven = site.signed_in("moderator"), site.signed_in("second_moderator")
    nolwenn.post(_path(item, "/prise"))
    with site.writing() as db:
        claim = db.exec(select(Claim)).one()
        claim.at -= timedelta(hours=2, minutes=1)
        db.add(claim)
    assert "Prise par" not in goulven.get(_path(item)).text
    assert desk.decide(goulven, "besoin", item, "publish").status_code == 200


def test_it_is_given_back_by_who_holds_it_only(site: Site) -> None:
    item = desk.need(site)
    nolwenn, goulven = site.signed_in("moderator"), site.signed_in("second_moderator")
    nolwenn.post(_path(item, "/prise"))
    nolwenn.post(_path(item, "/prise"))  # a double click
    assert goulven.post(_path(item, "/rendu")).status_code == 409
    assert nolwenn.post(_path(item, "/rendu")).status_code == 200
    assert nolwenn.post(_path(item, "/rendu")).status_code == 409
    assert [entry.verb for entry in desk.log(site, "besoin", item)] == ["claim", "release"]


def test_it_is_given_to_somebody_who_may_read_it(site: Site) -> None:
    item = desk.need(site)
    nolwenn, goulven = site.signed_in("moderator"), site.signed_in("second_moderator")
    goulven_id = desk.person(site, "second_moderator").id
    nolwenn.post(_path(item, "/confiee"), {"to": str(goulven_id)})
    assert "Prise par vous" in goulven.get(_path(item)).text
    assert nolwenn.post(_path(item, "/rendu")).status_code == 200  # who gave it may take it back
    for nobody in ("resident", "technician"):
        sent = {"to": str(desk.person(site, nobody).id)}
        assert nolwenn.post(_path(item, "/confiee"), sent).status_code == 403
    assert "Choisissez à qui" in nolwenn.post(_path(item, "/confiee"), {"to": "abc"}).text
    goulven.post(_path(item, "/deport"))
    assert nolwenn.post(_path(item, "/confiee"), {"to": str(goulven_id)}).status_code == 403


def test_an_opinion_is_asked_marked_and_given_by_another(site: Site) -> None:
    item = desk.need(site)
    nolwenn, goulven = site.signed_in("moderator"), site.signed_in("second_moderator")
    for _twice in range(2):
        nolwenn.post(_path(item, "/avis"), {"question": "Le nom suffit-il à le reconnaître ?"})
    with site.reading() as db:
        asked = db.exec(select(SecondOpinion)).one()
    assert "Avis demandé" in goulven.get("/moderation").text
    assert "Le nom suffit-il" in goulven.get(_path(item)).text
    own = nolwenn.post(_path(item, f"/avis/{asked.id}"), {"answer": "Oui, je crois."})
    assert own.status_code == 409
    for _twice in range(2):
        assert goulven.post(_path(item, f"/avis/{asked.id}"), {"answer": "Oui, je crois."}).status_code == 200
    assert goulven.post(_path(item, f"/avis/{asked.id}"), {"answer": "Non."}).status_code == 409
    page = nolwenn.get(_path(item)).text
    assert "Oui, je crois." in page and "Goulven" in page
    assert "Avis demandé" not in nolwenn.get("/moderation/file").text
    assert [entry.verb for entry in desk.log(site, "besoin", item)] == ["ask", "advise"]
    assert goulven.post(_path(item, "/avis/999"), {"answer": "Rien"}).status_code == 404
    assert "5 à 600" in nolwenn.post(_path(item, "/avis"), {"question": "?"}).text


def test_who_steps_back_is_never_offered_it_again(site: Site) -> None:
    item = desk.need(site)
    nolwenn, goulven = site.signed_in("moderator"), site.signed_in("second_moderator")
    nolwenn.post(_path(item, "/prise"))
    nolwenn.post(_path(item, "/deport"))
    assert f"/moderation/besoin/{item}" not in nolwenn.get("/moderation").text
    assert nolwenn.get(_path(item)).status_code == 403
    assert desk.decide(nolwenn, "besoin", item, "publish").status_code == 403
    assert (
        "n’est pas à vous" in nolwenn.post("/moderation/lot", {"items": f"besoin-{item}", "decision": "publish"}).text
    )
    assert f"/moderation/besoin/{item}" in goulven.get("/moderation").text
    assert desk.decide(goulven, "besoin", item, "publish").status_code == 200


@pytest.mark.parametrize("gesture", ["prise", "rendu", "confiee", "avis", "deport", "avis/1", ""])
def test_another_territorys_does_not_exist_for_any_gesture(site: Site, gesture: str) -> None:
    with site.reading() as db:
        other = db.exec(select(Need.id).where(Need.territory_id != HOME, Need.status == "pending")).first()
    path = _path(other or 0, f"/{gesture}" if gesture else "")
    sent = {"decision": "publish", "to": "1", "question": "Pourquoi ?", "answer": "Parce que."}
    assert site.signed_in("moderator").post(path, sent).status_code == 404
    assert site.signed_in("technician").post(path, sent).status_code == 403


def test_the_words_of_ones_organisation_are_for_somebody_else(site: Site) -> None:
    item = desk.need(site)
    nolwenn = site.signed_in("moderator")
    with site.writing() as db:
        organisation = db.exec(select(Organisation).where(Organisation.status == "verified")).first()
        person, need = desk.person(site, "moderator"), one(db, item)
        assert organisation and need
        db.add(
            Delegate(organisation_id=organisation.id or 0, person_id=person.id, email=person.email or "",
                     status="accepted", created_at=need.created_at, accepted_at=need.created_at)
        )  # fmt: skip
        need.organisation_id = organisation.id
        db.add(need)
    assert f"/moderation/besoin/{item}" not in nolwenn.get("/moderation").text
    assert nolwenn.get(_path(item)).status_code == 403
    assert desk.decide(nolwenn, "besoin", item, "refuse", **REASON).status_code == 403


def test_a_report_on_ones_own_words_is_for_somebody_else(site: Site) -> None:
    with site.writing() as db:
        report = db.exec(select(Report).where(Report.status == "open", Report.subject_kind == "comment")).first()
        assert report
        about = db.get_one(Comment, report.subject_id)
        about.author_id = desk.person(site, "moderator").id
        db.add(about)
    nolwenn, goulven = site.signed_in("moderator"), site.signed_in("second_moderator")
    path = f"/moderation/signalement/{report.id}"
    assert path not in nolwenn.get("/moderation").text and path in goulven.get("/moderation").text
    assert nolwenn.get(path).status_code == 403 and goulven.get(path).status_code == 200


def test_two_who_take_it_at_once_end_with_one_holder(site: Site) -> None:
    item = desk.need(site)
    people = [desk.person(site, name).id or 0 for name in ("moderator", "second_moderator")]
    outcomes: list[str] = []

    def take(person: int) -> None:
        try:
            with site.writing() as db:
                need = one(db, item)
                assert need
                sharing.claim(db, need, by=person)
            outcomes.append("taken")
        except Exception as failure:  # its name is looked at below
            outcomes.append(type(failure).__name__)

    threads = [threading.Thread(target=take, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["ConflictError", "taken"]
