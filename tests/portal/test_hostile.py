"""What hostile hands, and two of them at once, do to personal data: names, copies, closing, the purge."""

import json
import re
from datetime import timedelta
from io import BytesIO
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zipfile import ZipFile

import pytest
from sqlmodel import col, func, select, update

from app.board.queries import counted, recounted
from app.core.db import now
from app.core.machine import Event
from app.identity.models import FederatedIdentity, ParentAgreement, Passkey, Person
from app.needs.models import Need
from app.portal.queries.retention import WARNED, found
from app.portal.service import retention
from app.portal.states import INACTIVE_DAYS, RULE
from app.threads.models import Comment, Support, Voice
from app.workshops.models import Option, Step, Workshop
from tests.portal.cast import close, enter, neighbour
from tests.site import Site

DAY = timedelta(days=1)


def backdate(site: Site, person_id: int, **values: Any) -> None:
    with site.writing() as db:
        db.execute(update(Person).where(col(Person.id) == person_id).values(**values))


@pytest.mark.parametrize("typed", ["\u3164\u3164\u3164", "\u2060\u2060", "\u00ad\u00ad\u200e", "...", "\u200d \u200d"])
def test_a_name_that_shows_nothing_is_no_name(site: Site, typed: str) -> None:
    assert site.signed_in("resident").post("/mon-espace/profil", {"pseudonym": typed}).status_code == 422


def test_a_name_is_one_line_and_reads_in_one_direction(site: Site) -> None:
    visitor = site.signed_in("resident")
    visitor.post("/mon-espace/profil", {"pseudonym": "Anna\n\nVotre compte est bloqué : https://x.example\u202e\u200f"})
    with site.reading() as db:
        name = db.exec(select(Person).where(Person.demo_persona == "resident")).one().pseudonym
    assert name == "Anna Votre compte est bloqué : https://x.example"


@pytest.mark.parametrize("taken", ["Compte fermé", "UNE JEUNE VOIX", "Trégor  à vélo", "tregor a velo", "Sans compte"])
def test_nobody_signs_with_the_name_of_an_organisation_nor_of_nobody(site: Site, taken: str) -> None:
    page = site.signed_in("resident").post("/mon-espace/profil", {"pseudonym": taken})
    assert page.status_code == 422 and "pseudonyme" in page.text


@pytest.mark.parametrize(
    "words", ["<script>alert(1)</script>", "=HYPERLINK(1)", "{{ 7*7 }}", '"><img src=x onerror=1>']
)
def test_the_readable_copy_holds_words_as_words(site: Site, words: str) -> None:
    visitor = site.signed_in("resident")
    visitor.post("/mon-espace/profil", {"pseudonym": words})
    with ZipFile(BytesIO(visitor.post("/mon-espace/donnees/copie").content)) as archive:
        html, data = archive.read("index.html").decode(), json.loads(archive.read("data.json"))
    assert "<script" not in html and "<img" not in html and "49" not in html.split("Pseudonyme")[1][:80]
    assert data["data"]["profile"]["rows"][0]["pseudonym"] == words


def test_what_was_written_of_a_person_goes_with_the_account(site: Site) -> None:
    """Why keys were lifted is written by others, in words of their own."""
    who = neighbour(site)
    with site.writing() as db:
        about = {"subject_id": who.id, "at": now(), "actor_id": None}
        db.add(Event(subject_kind="person", verb="lift_second_factor", note="Mme Le Bihan a perdu son sac", **about))
        db.add(Event(subject_kind="person", verb="new_device", note="Firefox, Android", **about))
    close(enter(site, who.email), "keep")
    backdate(site, who.id, closing_at=now() - 31 * DAY)
    assert retention.purge(site.database)["closed_accounts"] == 1
    with site.reading() as db:
        kept = db.exec(select(Event).where(Event.subject_kind == "person", Event.subject_id == who.id)).all()
        assert "anonymise" in {event.verb for event in kept} and not [event.note for event in kept if event.note]


def test_words_taken_back_are_on_no_public_page_and_in_no_file(site: Site) -> None:
    who, mark = neighbour(site), "Cornemuse violette"
    with site.writing() as db:
        need = db.exec(select(Need).where(Need.author_id == who.id, Need.status == "published")).first()
        step = db.exec(select(Step).join(Workshop).where(Workshop.status == "published")).first()
        comment = db.exec(select(Comment).where(Comment.author_id == who.id, Comment.status == "published")).first()
        assert need and step and comment
        need.title = need.text = comment.text = f"{mark}, de nuit comme de jour"
        db.add_all([need, comment, Option(step_id=step.id or 0, position=9, title=need.title, need_id=need.id)])
        workshop, under = step.workshop_id, comment.thread_id
        from app.actions.models import ActionSheet

        sheet = db.exec(select(ActionSheet).where(ActionSheet.thread_id == under)).first()
        other = db.exec(select(Need).where(Need.thread_id == under)).first()
        at = f"/fiches-actions/{sheet.reference}" if sheet else f"/besoins/{other.id if other else 0}"
        territory, need_id = need.territory_id, need.id
    places = ["/", "/besoins", f"/besoins/{need_id}", f"/ateliers/{workshop}", f"/ateliers/{workshop}/compte-rendu",
              at, f"/fiches-actions?besoin={need_id}", "/besoins?q=cornemuse", "/donnees-ouvertes"]  # fmt: skip
    with site.reading() as db:
        from app.places.queries import reference

        slug = reference(db).by_id[territory].slug
    places += [f"/territoires/{slug}", f"/tableau-de-bord/{slug}"]
    files = open_files()
    assert [path for path in places + files if mark in site.visitor().get(path).text]
    close(enter(site, who.email), "erase")
    reader = site.visitor()
    assert not [path for path in places + files if mark in reader.get(path).text]


def open_files() -> list[str]:
    from app.opendata import routes

    found = []
    for route in routes.router.routes:
        path = getattr(route, "path", "")
        if "GET" in getattr(route, "methods", ()) and "{" not in path:
            found.append(path)
    return found


def test_who_is_warned_by_two_purges_at_once_reads_one_message(site: Site) -> None:
    who = neighbour(site)
    backdate(site, who.id, last_seen_at=now() - (INACTIVE_DAYS - 10) * DAY)
    for _n in range(2):  # both read their list before either wrote
        with site.writing() as db:
            retention.DONE["inactive_warning"](db, [who.id], now())
    with site.reading() as db:
        warned = select(func.count()).where(Event.subject_kind == "person", Event.subject_id == who.id)
        assert db.exec(warned.where(Event.verb == WARNED)).one() == 1


def test_one_account_that_resists_does_not_keep_the_others(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with site.reading() as db:
        first, second = db.exec(
            select(Person)
            .where(col(Person.demo_persona).is_(None), col(Person.email).is_not(None))
            .order_by(col(Person.id))
            .limit(2)
        ).all()
    for person in (first, second):
        close(enter(site, person.email or ""), "keep")
        backdate(site, person.id or 0, closing_at=now() - 31 * DAY)
    real = retention.closing.anonymise

    def breaks(db: Any, person_id: int, **more: Any) -> bool:
        if person_id == first.id:
            db.add(Passkey(person_id=10**6, credential_id="x", public_key=b"", label="", created_at=now()))
            db.flush()
        return real(db, person_id, **more)

    monkeypatch.setattr(retention.closing, "anonymise", breaks)
    retention.purge(site.database)
    with site.reading() as db:
        assert db.get_one(Person, second.id).closed_at is not None
        assert db.execute(found(RULE["closed_accounts"], now())).scalars().all() == [first.id]


def test_two_purges_at_once_while_people_write_forget_each_account_once(site: Site) -> None:
    site.app.state.limiter.hit = lambda *_args: None
    with site.reading() as db:
        crowd = select(Person).where(col(Person.demo_persona).is_(None), col(Person.email).is_not(None))
        spoke = select(Voice.person_id).join(Support, col(Support.voice_id) == Voice.id)
        leaving = db.exec(crowd.where(col(Person.id).in_(spoke)).order_by(col(Person.id)).limit(8)).all()
        needs = db.exec(select(Need.id).where(Need.status == "published", Need.territory_id == 3).limit(10)).all()
    for person in leaving:
        close(enter(site, person.email or ""), "erase")
        backdate(site, person.id or 0, closing_at=now() - 31 * DAY)
    writer, failures, counts = site.signed_in("resident"), [], []

    def run() -> None:
        try:
            counts.append(retention.purge(site.database)["closed_accounts"])
        except Exception as failure:
            failures.append(failure)

    purges = [Thread(target=run) for _n in range(2)]
    for each in purges:
        each.start()
    answers = [writer.post(f"/besoins/{n}/soutiens", {"college": "habitants"}).status_code for n in needs]
    for each in purges:
        each.join(60)
    assert not failures and set(answers) == {200}
    retention.purge(site.database)  # who was in other hands meanwhile
    with site.reading() as db:
        left = [db.get_one(Person, person.id) for person in leaving]
        assert all(person.closed_at and person.email is None for person in left)
        done = select(func.count()).where(Event.verb == "anonymise")
        assert db.exec(done).one() == len(leaving) >= sum(counts)
        assert counted(db) == recounted(db)


def test_whole_journeys_leave_nothing_personal_in_the_logs(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """By mail, by a provider, with a key and its codes, an offered role, an organisation, an address, a nonsense."""
    from tests.identity import offers, spokespeople
    from tests.identity.authenticator import Authenticator, codes_of, register
    from tests.identity.test_federation import choose

    email, new, marks = "discrete@exemple.fr", "nouvelle-adresse@exemple.fr", ["discrete", "nouvelle-adresse"]
    visitor = site.visitor()
    visitor.post("/connexion", {"email": email})
    link = site.link(email)
    visitor.post(link)
    codes = codes_of(register(visitor, Authenticator()).text)
    site.visitor().post("/connexion/secours", {"code": codes[0]})
    visitor.post("/mon-espace/profil", {"pseudonym": "Perrine Discrète", "commune": "29151", "age": "60+"})
    visitor.post("/mon-espace/acces/adresse", {"email": new})
    address = re.findall(r"/connexion/adresse/\S+", site.mails(new)[-1].body)[-1]
    visitor.get(address)
    visitor.post(address)
    offers.offered(site, email=new)
    visitor.post("/organisations/nouvelle", spokespeople.words(site, word="Appelez Perrine au 06 01 02 03 04"))
    visitor.get("/roles?nom=Perrine")
    federated = site.visitor()
    choose(federated, "franceconnect", "azenor")
    federated.post("/connexion/premiere-visite")
    federated.get("/connexion/franceconnect/retour?code=UN-CODE-SECRET&state=UN-ETAT-SECRET&error=Perrine")
    visitor.post("/deconnexion")
    federated.post("/deconnexion")
    federated.http.follow_redirects = False
    sent = federated.get("/deconnexion/fournisseur").headers["location"]
    hint = parse_qs(urlsplit(sent).query)["id_token_hint"][0]
    with site.reading() as db:
        subjects = list(db.exec(select(FederatedIdentity.subject)))
    output = capsys.readouterr()
    logs = output.out + output.err
    marks += [
        link.rpartition("/")[2],
        address.rpartition("/")[2],
        codes[0],
        "Perrine",
        "06 01",
        "SECRET",
        hint,
        *subjects,
    ]
    assert logs.count("request") > 20 and not [mark for mark in marks if mark in logs]


def test_an_export_of_a_role_holder_names_nobody_else(site: Site) -> None:
    """What a referent did for others is told without their addresses."""
    from tests.identity import offers

    offers.offered(site, email="tierce@exemple.fr")
    referent = site.signed_in("referent")
    with ZipFile(BytesIO(referent.post("/mon-espace/donnees/copie").content)) as archive:
        whole = archive.read("data.json").decode() + archive.read("index.html").decode()
    assert "tierce@exemple.fr" not in whole and "demo.emglev.example" in whole
    with site.reading() as db:
        others = db.exec(
            select(Person.email).where(col(Person.email).is_not(None), Person.demo_persona != "referent")
        ).all()
    assert not [email for email in others if email and email in whole]


def test_the_link_of_a_parent_is_of_no_use_to_confirm_anything_else(site: Site) -> None:
    child = site.signed_in("youth")
    child.post("/mon-espace/profil", {"pseudonym": "Lou", "age": "-15"})
    child.post("/mon-espace/profil/parent", {"email": "parent@exemple.fr"})
    link = re.findall(r"/confirmation/\S+/parent", site.mails("parent@exemple.fr")[-1].body)[-1]
    token = link.split("/")[2]
    for path in (f"/confirmation/{token}", f"/connexion/lien/{token}", f"/connexion/adresse/{token}"):
        assert child.get(path).status_code == 410
        assert child.post(path).status_code in (403, 410)
    assert child.post(link, {"answer": "peut-être"}).status_code in (200, 422)
    with site.reading() as db:
        assert db.exec(select(ParentAgreement)).one().agreed_at is None
