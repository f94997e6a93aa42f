"""Following: one press, or an address to confirm; told once of one thing; stopped in one click, from any mail."""

import re
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, select, update

from app.accords.models import Theme
from app.core import jobs, mail
from app.core.db import now
from app.core.jobs import Job, JobStatus
from app.core.mail import Mail
from app.core.security import digest, redact
from app.identity.models import Person
from app.identity.states import AgeBracket
from app.needs import queries as reads
from app.needs.models import Need
from app.needs.service import moderating
from app.places.queries import reference
from app.threads.models import Follow, News
from app.threads.service import follows
from app.threads.states import FollowKind, Rhythm
from tests.site import Site, Visitor

OTHER_SITE = {"sec-fetch-site": "cross-site", "origin": "https://webmail.example"}


def _need(site: Site) -> Need:
    with site.reading() as db:
        return db.exec(select(Need).where(Need.status == "published").order_by(col(Need.id))).all()[0]


def _person(db: Session, persona: str) -> Person:
    return db.exec(select(Person).where(Person.demo_persona == persona)).one()


def _say(db: Session, need: Need, title: str = "Du neuf", **options: Any) -> News:
    return follows.announce(
        db, thread_id=need.thread_id, territory_id=need.territory_id, theme_id=need.theme_id, title=title,
        text="Voici ce qui est arrivé.", path=f"/besoins/{need.id}", **options,
    )  # fmt: skip


def _follow(site: Site, persona: str, need: Need, *kinds: FollowKind, rhythm: Rhythm = Rhythm.AT_ONCE) -> str:
    """Follow this need, its theme or its territory; the address of who does."""
    ids = {
        FollowKind.THREAD: need.thread_id, FollowKind.THEME: need.theme_id, FollowKind.TERRITORY: need.territory_id,
    }  # fmt: skip
    with site.writing() as db:
        person = _person(db, persona)
        for kind in kinds:
            follows.follow(db, person.id or 0, kind, ids[kind], rhythm)
        return person.email or ""


def _told(site: Site, to: str) -> list[Mail]:
    """The news that this address got."""
    return [each for each in site.mails(to) if each.unsubscribe]


def _stop_path(letter: Mail) -> str:
    return (letter.unsubscribe or "").removeprefix("http://localhost:8000")


def test_one_press_follows_and_another_stops(site: Site) -> None:
    need, visitor = _need(site), site.signed_in("resident")
    place = f"/suivre/fil/{need.thread_id}"
    page = visitor.get(f"/besoins/{need.id}-{need.slug}").text
    assert f'action="{place}"' in page
    after = visitor.post(place, {"rhythm": "aussitot"}).text
    assert "C’est noté" in after and f'action="{place}/arret"' in after
    assert need.title in visitor.get("/mon-espace/suivis").text
    visitor.post(place, {"rhythm": "aussitot"})
    with site.reading() as db:
        assert len(db.exec(select(Follow)).all()) == 1
    assert "Vous ne recevrez plus" in visitor.post(f"{place}/arret").text
    visitor.post(f"{place}/arret")
    assert "Vous ne suivez rien" in visitor.get("/mon-espace/suivis").text


def test_every_kind_of_page_offers_to_be_followed(site: Site) -> None:
    need = _need(site)
    with site.reading() as db:
        slug = reference(db).by_id[need.territory_id].slug
        theme = db.get_one(Theme, need.theme_id).code
    for path, place in (
        (f"/territoires/{slug}", "/suivre/territoire/"), (f"/besoins?theme={theme}", "/suivre/theme/"),
        ("/fiches-actions/FA-1", "/suivre/fil/"), (f"/besoins/{need.id}-{need.slug}", "/suivre/fil/"),
    ):  # fmt: skip
        for visitor in (site.visitor(), site.signed_in("resident")):
            page = visitor.get(path)
            assert page.status_code == 200 and place in page.text, path


def test_without_an_account_an_address_confirms_and_nobody_learns_whether_it_is_known(site: Site) -> None:
    need = _need(site)
    with site.reading() as db:
        known = _person(db, "resident").email or ""
    visitor, place = site.visitor(), f"/suivre/fil/{need.thread_id}"
    answers = [
        re.sub(r"\d+", "", visitor.post(place, {"rhythm": "semaine", "email": email}).text)
        for email in (known, "inconnue@exemple.fr")
    ]
    assert answers[0] == answers[1] and "Un message vous attend" in answers[0]
    with site.reading() as db:
        assert not db.exec(select(Follow)).all()
    link = site.link("inconnue@exemple.fr")
    assert "Confirmer votre abonnement" in visitor.get(link).text
    assert "Vous recevrez les nouvelles" in visitor.post(link).text
    with site.reading() as db:
        (held,) = db.exec(select(Follow)).all()
    assert held.rhythm == Rhythm.WEEKLY and held.subject_id == need.thread_id


def test_without_an_address_the_form_says_so_and_keeps_the_choice(site: Site) -> None:
    answer = site.visitor().post(f"/suivre/territoire/{_need(site).territory_id}", {"rhythm": "aussitot"})
    assert answer.status_code == 422 and 'value="aussitot" checked' in answer.text.replace("  ", " ")


def test_what_is_not_public_cannot_be_followed(site: Site) -> None:
    with site.reading() as db:
        hidden = db.exec(select(Need).where(Need.status == "pending")).first()
    assert hidden
    visitor = site.signed_in("resident")
    for path in (f"/suivre/fil/{hidden.thread_id}", "/suivre/theme/9999", "/suivre/commune/1"):
        assert visitor.get(path).status_code == 404
        assert visitor.post(path, {"rhythm": "semaine"}).status_code == 404


def test_one_thing_is_told_once_to_who_follows_it_in_three_ways(site: Site) -> None:
    need = _need(site)
    email = _follow(site, "resident", need, *FollowKind)
    with site.writing() as db:
        _say(db, need)
        _say(db, need, "Et encore du neuf")
    (letter,) = _told(site, email)
    assert letter.subject == "Du neuf et 1 autre nouvelle" and "Et encore du neuf" in letter.body
    assert "Vous recevez ce message parce que vous suivez" in letter.body and (letter.unsubscribe or "") in letter.body


def test_nobody_is_told_of_their_own_act_nor_of_what_they_got_a_mail_about(site: Site) -> None:
    need = _need(site)
    addresses = [
        _follow(site, persona, need, FollowKind.TERRITORY) for persona in ("resident", "technician", "moderator")
    ]
    with site.writing() as db:
        ids = [_person(db, persona).id for persona in ("technician", "moderator")]
        _say(db, need, by=ids[0], besides=[ids[1]])
    assert [len(_told(site, email)) for email in addresses] == [1, 0, 0]


def test_who_follows_after_is_not_told_of_before(site: Site) -> None:
    need = _need(site)
    with site.writing() as db:
        _say(db, need)
    email = _follow(site, "resident", need, FollowKind.THREAD)
    assert not _told(site, email)


def test_a_crowd_is_told_each_once_even_if_the_process_dies_on_the_way(site: Site, monkeypatch: Any) -> None:
    need = _need(site)
    with site.writing() as db:
        crowd = [
            Person(email=f"voix{n}@exemple.fr", pseudonym=f"Voix {n}", created_at=now())
            for n in range(2 * follows.CHUNK + 10)
        ]
        db.add_all(crowd)
        db.flush()
        for person in crowd:
            follows.follow(db, person.id or 0, FollowKind.TERRITORY, need.territory_id, Rhythm.AT_ONCE)
        _say(db, need)
    settled = jobs._settle
    monkeypatch.setattr(jobs, "_settle", lambda *_rest: (_ for _ in ()).throw(KeyboardInterrupt))
    for _death in range(2):
        try:
            jobs.run_one(site.database)
        except KeyboardInterrupt:
            continue
    monkeypatch.setattr(jobs, "_settle", settled)
    with site.writing() as db:
        db.execute(update(Job).where(col(Job.status) == JobStatus.WAITING).values(run_at=now() - timedelta(seconds=1)))
    site.mails()
    with site.reading() as db:
        told = [to for to in db.exec(select(Mail.to)) if to.startswith("voix")]
    assert len(told) == len(set(told)) == len(crowd)


def test_a_decision_undone_takes_its_news_back_before_and_after_they_are_written(site: Site) -> None:
    need = _need(site)
    email = _follow(site, "resident", need, FollowKind.THREAD)
    for batch in ("before", "after"):
        with site.writing() as db, mail.holding(db, batch, timedelta(seconds=15)):
            _say(db, need)
    with site.writing() as db:
        assert follows.take_back(db, "before")
    with site.reading() as db:
        jobs_held = db.exec(select(Job).where(Job.kind == follows.TELL, Job.status == JobStatus.WAITING)).all()
    for job in jobs_held:
        follows.tell(site.database, job.payload)
    with site.writing() as db:
        assert [each.batch for each in db.exec(select(Mail).where(Mail.to == email, col(Mail.batch).is_not(None)))] == [
            "after"
        ]
        assert follows.take_back(db, "after")
    assert not _told(site, email)
    with site.reading() as db:
        assert not db.exec(select(News).where(col(News.batch).is_not(None))).all()


def _letter(site: Site) -> tuple[Visitor, Mail, Need]:
    need = _need(site)
    email = _follow(site, "resident", need, FollowKind.THREAD)
    with site.writing() as db:
        _say(db, need)
    return site.visitor(), _told(site, email)[0], need


def test_a_mail_service_stops_it_in_one_click_from_elsewhere_and_a_scanner_does_not(site: Site) -> None:
    visitor, letter, _of = _letter(site)
    path = _stop_path(letter)
    assert "Ne plus suivre" in visitor.get(path).text and "Ne plus rien recevoir" in visitor.get(f"{path}/tout").text
    with site.reading() as db:
        assert db.exec(select(Follow)).one().rhythm == Rhythm.AT_ONCE
    resident = site.signed_in("resident")  # even from a browser that holds a session
    for who in (visitor, resident):
        assert who.post(path, {"List-Unsubscribe": "One-Click"}, headers=OTHER_SITE).status_code == 200
    with site.reading() as db:
        assert db.exec(select(Follow)).one().rhythm == Rhythm.NEVER
    assert resident.post("/mon-espace/suivis/0", {"rhythm": "jamais"}, headers=OTHER_SITE).status_code == 403
    assert resident.post(f"{path}/reprise", headers=OTHER_SITE).status_code == 403


def test_stopped_by_mistake_it_is_taken_again_and_everything_may_be_stopped(site: Site) -> None:
    visitor, letter, need = _letter(site)
    _follow(site, "resident", need, FollowKind.TERRITORY)
    path = _stop_path(letter)
    assert "Suivre de nouveau" in visitor.post(path).text
    assert "C’est repris" in visitor.post(f"{path}/reprise").text
    with site.reading() as db:
        assert {held.rhythm for held in db.exec(select(Follow))} == {Rhythm.AT_ONCE, Rhythm.WEEKLY}
    visitor.post(f"{path}/tout")
    with site.reading() as db:
        assert {held.rhythm for held in db.exec(select(Follow))} == {Rhythm.NEVER}


def test_the_secret_of_a_mail_is_guessed_by_nobody_nor_kept_in_logs(site: Site) -> None:
    assert site.visitor().post("/desabonnement/inconnu").status_code == 404
    assert site.visitor().post("/desabonnement/%C3%A9").status_code == 404
    assert redact("/desabonnement/abcdef/tout") == "/desabonnement/…/tout"


def test_one_changes_ones_own_follows_and_nobody_elses(site: Site) -> None:
    need = _need(site)
    _follow(site, "resident", need, FollowKind.THREAD, FollowKind.TERRITORY)
    with site.reading() as db:
        held = db.exec(select(Follow)).all()[0]
    path = f"/mon-espace/suivis/{held.id}"
    assert site.signed_in("moderator").post(path, {"rhythm": "jamais"}).status_code == 404
    assert "C’est enregistré" in site.signed_in("resident").post(path, {"rhythm": "semaine"}).text
    with site.reading() as db:
        assert db.get_one(Follow, held.id).rhythm == Rhythm.WEEKLY
    assert (
        "Vous ne suivez plus rien" in site.signed_in("resident").post("/mon-espace/suivis/0", {"rhythm": "jamais"}).text
    )


def test_under_15_news_need_a_parents_agreement(site: Site) -> None:
    need = _need(site)
    with site.writing() as db:
        person = _person(db, "resident")
        person.age_bracket = AgeBracket.UNDER_15.value
        db.add(person)
    visitor = site.signed_in("resident")
    assert visitor.post(f"/suivre/fil/{need.thread_id}", {"rhythm": "aussitot"}).status_code == 403
    email = _follow(site, "resident", need, FollowKind.THREAD)
    with site.writing() as db:
        _say(db, need)
    assert not _told(site, email)


def test_from_the_tracking_page_an_address_is_enough_even_before_publication(site: Site) -> None:
    with site.writing() as db:
        need = db.exec(select(Need).where(Need.status == "pending").order_by(col(Need.id))).all()[0]
        need.tracking_digest = digest("ABCDEFGH2345")
        db.add(need)
    visitor, email = site.visitor(), "suivi@exemple.fr"
    place = "/suivi/ABCD-EFGH-2345/abonnement"
    assert place in visitor.get("/suivi/ABCD-EFGH-2345").text
    refused = visitor.post(place, {"rhythm": "aussitot"})
    assert refused.status_code == 422 and "Donnez l’adresse" in refused.text
    assert "Un message vous attend" in visitor.post(place, {"rhythm": "aussitot", "email": email}).text
    assert "Vous recevrez les nouvelles" in visitor.post(site.link(email)).text
    with site.writing() as db:
        published = reads.one(db, need.id or 0)
        assert published
        moderating.publish(db, published, by=_person(db, "moderator").id or 0)
    (letter,) = _told(site, email)
    assert need.title in letter.subject
