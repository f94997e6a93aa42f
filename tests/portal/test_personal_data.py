"""What is held about oneself: all of it, nobody else's, no secret; and nothing personal in the logs."""

import io
import json
import re
import zipfile
from typing import Any

import pytest
from sqlalchemy import Column
from sqlmodel import SQLModel, col, select, update

import app.tables  # noqa: F401
from app.core.db import now
from app.core.mail import Mail
from app.identity.models import Passkey, Person, RecoveryCode, WebSession
from app.identity.states import INVITATION
from app.needs.models import Need
from app.portal.queries.register import ELSEWHERE, PERSONAL, SECRET
from app.portal.queries.words import SUBJECTS, VERBS
from app.portal.states import RULES
from app.threads.models import Comment
from tests.architecture import tree
from tests.portal.cast import close, enter, neighbour, voices
from tests.site import Site, Visitor
from tests.test_lifecycles import LIFECYCLES

SECRETS = re.compile(r"digest|secret|public_key|credential|id_token|challenge|^code$|screen_key|browser")
TABLES = {table.name: table for table in SQLModel.metadata.sorted_tables}


def _says_who(column: "Column[Any]") -> bool:
    """Whether a column points to a person, or holds an address."""
    return any(key.column.table.name == "person" for key in column.foreign_keys) or column.name in (
        "email",
        "to",
        "actor_id",
    )


def _export(visitor: Visitor) -> tuple[dict[str, Any], str]:
    """The two files of the copy: data, and the page."""
    answer = visitor.post("/mon-espace/donnees/copie")
    assert answer.headers["content-type"] == "application/zip" and "no-store" in answer.headers["cache-control"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert set(packed.namelist()) == {"data.json", "index.html", "style.css"}
        return json.loads(packed.read("data.json"))["data"], packed.read("index.html").decode()


def test_every_column_that_says_who_is_in_the_register() -> None:
    known = set(ELSEWHERE)
    for part in PERSONAL:
        table = part.model.__tablename__
        known |= {(str(table), name) for name in (*part.given, *part.withheld)}
    missing = [
        (t.name, c.name) for t in TABLES.values() for c in t.columns if _says_who(c) and (t.name, c.name) not in known
    ]
    assert not missing, "add them to PERSONAL, or to ELSEWHERE with the reason"


@pytest.mark.parametrize("part", PERSONAL, ids=[part.key for part in PERSONAL])
def test_every_column_of_a_part_is_given_or_withheld_for_a_reason(part: Any) -> None:
    columns = set(TABLES[part.model.__tablename__].columns.keys())
    assert set(part.given) | set(part.withheld) == columns
    assert not set(part.given) & set(part.withheld) and all(part.withheld.values())


def test_no_secret_is_ever_given() -> None:
    given = [f"{part.key}.{name}" for part in PERSONAL for name in part.given if SECRETS.search(name)]
    assert not given
    assert {name for part in PERSONAL for name, why in part.withheld.items() if why == SECRET} >= {"digest", "id_token"}


def test_the_copy_holds_all_of_ones_own(site: Site) -> None:
    who = neighbour(site)
    data, page = _export(enter(site, who.email))
    with site.reading() as db:
        needs = db.exec(select(Need).where(Need.author_id == who.id)).all()
        comments = db.exec(select(Comment).where(Comment.author_id == who.id)).all()
        supports, positions = voices(db, who.id)
    assert data["profile"]["rows"][0]["email"] == who.email
    assert {row["reference"] for row in data["needs"]["rows"]} == {need.reference for need in needs}
    assert {row["text"] for row in data["comments"]["rows"]} == {comment.text for comment in comments}
    assert (len(data["supports"]["rows"]), len(data["positions"]["rows"])) == (supports, positions)
    for need in needs:
        assert need.title in page and need.reference in page


def test_the_copy_holds_nothing_of_anybody_else(site: Site) -> None:
    who = neighbour(site)
    data, page = _export(enter(site, who.email))
    everything = json.dumps(data, ensure_ascii=False) + page
    with site.reading() as db:
        others = db.exec(select(Person).where(Person.id != who.id)).all()
        named = [p.email for p in others if p.email and re.search(rf"(?<![\w-]){re.escape(p.email)}", everything)]
        assert not named
        texts = set(db.exec(select(Comment.text).where(col(Comment.author_id).is_distinct_from(who.id))))
        assert not [text for text in texts if text in everything]


def test_the_copy_holds_no_secret(site: Site) -> None:
    who = neighbour(site)
    with site.writing() as db:
        db.add(Passkey(person_id=who.id, credential_id="CRED-1", public_key=b"KEY-1", label="Clé", created_at=now()))
        db.add(RecoveryCode(person_id=who.id, digest="DIGEST-1"))
    visitor = enter(site, who.email)
    with site.writing() as db:
        db.execute(update(WebSession).values(verified_at=now()))
    data, page = _export(visitor)
    everything = json.dumps(data) + page
    with site.reading() as db:
        session = db.exec(select(WebSession).where(WebSession.person_id == who.id)).one()
        trackings = db.exec(select(Need.tracking_digest).where(Need.author_id == who.id)).all()
    for secret in ("CRED-1", "KEY-1", "DIGEST-1", session.digest, *trackings):
        assert secret not in everything
    assert data["passkeys"]["rows"] == [
        {"label": "Clé", "created_at": data["passkeys"]["rows"][0]["created_at"], "last_used_at": None}
    ]


def test_the_page_says_every_part_with_its_count_and_how_long(site: Site) -> None:
    who = neighbour(site)
    visitor = enter(site, who.email)
    page = visitor.get("/mon-espace/donnees")
    assert page.headers["cache-control"] == "no-store"
    with site.reading() as db:
        supports, _positions = voices(db, who.id)
    assert f"Vos soutiens ({supports})" in page.text and "Vos appareils connectés (1)" in page.text
    assert "un jour après la fin de la connexion" in page.text


def test_a_newcomer_without_anything_reads_it_too(site: Site) -> None:
    with site.writing() as db:
        db.add(Person(email="neuve@exemple.fr", pseudonym="Voix NEUV", created_at=now()))
    visitor = enter(site, "neuve@exemple.fr")
    assert visitor.get("/mon-espace/donnees").status_code == 200
    assert set(_export(visitor)[0]) >= {"profile", "browsers"}


def test_somebody_without_an_address_gets_no_mail_of_others(site: Site) -> None:
    with site.writing() as db:
        person = Person(email=None, pseudonym="Voix SANS", created_at=now())
        db.add_all([person, Mail(to="autre@exemple.fr", subject="s", body="", created_at=now())])
        db.flush()
        from app.identity import service as identity

        secret = identity.open_session(db, person, way="oidc")
    visitor = site.visitor()
    visitor.http.cookies.set("emglev", secret, domain="localhost.local")
    data, _page = _export(visitor)
    assert not {"mails", "invitations", "delegates", "children", "proofs"} & set(data)
    assert "Aucune adresse n’est liée" in visitor.get("/mon-espace").text


def test_copies_are_asked_for_at_a_human_pace(site: Site) -> None:
    resident = site.signed_in("resident")
    answers = [resident.post("/mon-espace/donnees/copie").status_code for _n in range(8)]
    assert answers[0] == 200 and answers[-1] == 429


def test_a_visitor_gets_nothing(site: Site) -> None:
    assert site.visitor().post("/mon-espace/donnees/copie").status_code == 403
    assert site.visitor().get("/mon-espace/donnees").url.path == "/connexion"


def test_nothing_personal_is_written_in_the_logs(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    who = neighbour(site)
    visitor = enter(site, who.email)
    visitor.post("/mon-espace/profil", {"pseudonym": who.pseudonym, "age": "-15"})
    visitor.post("/mon-espace/profil/parent", {"email": "parent@exemple.fr"})
    link = site.link("parent@exemple.fr")
    site.visitor().post(link, {"answer": "yes"})
    _export(visitor)
    close(visitor, "erase")
    said = capsys.readouterr()
    logs = said.out + said.err
    assert "/mon-espace/fermeture" in logs
    assert not [mark for mark in (who.email, who.pseudonym, "parent@exemple.fr", link.split("/")[2]) if mark in logs]


def test_every_gesture_has_its_words() -> None:
    machines = [machine for _name, machine, _statuses, _table in LIFECYCLES] + [INVITATION]
    verbs = {verb for machine in machines for verb in machine.moves}
    verbs |= set(re.findall(r'note_event\(\s*db, [a-z_]+, "(\w+)"', tree.app_text()))
    assert not sorted(verbs - set(VERBS))
    with_events = {str(table.__tablename__) for _name, _machine, _statuses, table in LIFECYCLES}
    assert not sorted(with_events - set(SUBJECTS))


def test_the_rules_are_shown_to_everyone(site: Site) -> None:
    page = site.visitor().get("/confidentialite").text
    for rule in RULES:
        assert rule.what in page and f"{rule.delay} après {rule.since}" in page, rule.key
    assert "%retention%" not in page


def test_the_register_of_processing_knows_every_rule_and_its_days() -> None:
    text = (tree.ROOT / "docs/processing-register.md").read_text("utf-8")
    written = dict(re.findall(r"`(\w+)`: (\d+) d", text))
    assert written == {rule.key: str(rule.days) for rule in RULES}


def test_all_that_a_browser_keeps_is_said_to_everyone(site: Site) -> None:
    said = {
        "emglev-room:": "Votre bulletin", "emglev-cards-": "Vos cartes", "emglev-draft:": "Un brouillon",
        "emglev-shortcuts": "les raccourcis clavier", "emglev-screen-size": "la taille de l’écran",
        "emglev-ticked": "Des cases cochées", "emglev-sent:": "un envoi en cours",
    }  # fmt: skip
    scripts = "".join(path.read_text("utf-8") for path in (tree.ROOT / "static/js").glob("*.js"))
    assert set(re.findall(r'["`](emglev-[a-z-]+:?)', scripts)) == set(said)
    page = site.visitor().get("/confidentialite").text
    for name, words in said.items():
        assert words in page, name
