"""Positions and comments on a fiche-action in one's own name, or in that of an organisation."""

from sqlmodel import col, select

from app.identity.models import Delegate, Organisation, Person
from app.threads.models import Comment, Position, Voice
from tests.actions.cast import candidate, get
from tests.site import Site

NAME = "Trégor à vélo"
TEXT = "Nos adhérentes et adhérents le prendraient."


def ours(site: Site) -> str:
    with site.reading() as db:
        return str(db.exec(select(Organisation.id).where(Organisation.name == NAME)).one())


def stances(site: Site, ref: str) -> list[tuple[bool, str, str]]:
    """Whether an organisation speaks, its collège, its stance; by voice."""
    with site.reading() as db:
        rows = db.exec(
            select(Voice, Position).join(Position).where(Position.thread_id == get(site, ref).thread_id)
        ).all()
        return sorted((voice.organisation_id is not None, voice.college, held.stance) for voice, held in rows)


def test_two_voices_two_positions_each_changed_and_taken_back(site: Site) -> None:
    ref, name = candidate(site), ours(site)
    delegate = site.signed_in("association")
    delegate.post(f"/fiches-actions/{ref}/positions", {"stance": "pour"})
    page = delegate.post(f"/fiches-actions/{ref}/positions", {"stance": "contre", "in_name_of": name})
    assert f"La position de {NAME} est comptée" in page.text
    assert stances(site, ref) == [(False, "habitants", "pour"), (True, "associations", "contre")]
    shown = site.visitor().get(f"/fiches-actions/{ref}").text
    assert f'<a href="/organisations/tregor-a-velo">{NAME}</a>' in shown and "Bruno" not in shown
    delegate.post(f"/fiches-actions/{ref}/positions", {"stance": "nuance", "in_name_of": name})
    assert stances(site, ref) == [(False, "habitants", "pour"), (True, "associations", "nuance")]
    delegate.post(f"/fiches-actions/{ref}/positions/retrait", {"in_name_of": name})
    assert stances(site, ref) == [(False, "habitants", "pour")]


def test_a_second_delegate_changes_the_one_position(site: Site) -> None:
    ref, name = candidate(site), ours(site)
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
        db.add(
            Delegate(
                organisation_id=int(name), person_id=person.id, email=person.email or "", status="accepted",
                created_at=person.created_at,
            )
        )  # fmt: skip
    for persona, stance in (("association", "pour"), ("resident", "contre")):
        site.signed_in(persona).post(f"/fiches-actions/{ref}/positions", {"stance": stance, "in_name_of": name})
    assert stances(site, ref) == [(True, "associations", "contre")]


def test_a_forged_name_is_refused_in_words(site: Site) -> None:
    ref, name = candidate(site), ours(site)
    resident = site.signed_in("resident")
    page = resident.post(f"/fiches-actions/{ref}/positions", {"stance": "pour", "in_name_of": name})
    assert page.status_code == 422 and "ou plus, au nom de cette organisation" in page.text
    assert resident.post(f"/fiches-actions/{ref}/positions/retrait", {"in_name_of": name}).status_code == 403
    said = {"kind": "remarque", "text": TEXT, "in_name_of": name}
    page = resident.post(f"/fiches-actions/{ref}/commentaires", said)
    assert page.status_code == 422 and TEXT in page.text
    assert stances(site, ref) == []


def test_a_comment_in_its_name_is_signed_by_it(site: Site) -> None:
    ref, delegate = candidate(site), site.signed_in("association")
    delegate.post(f"/fiches-actions/{ref}/commentaires", {"kind": "remarque", "text": TEXT, "in_name_of": ours(site)})
    with site.reading() as db:
        written = db.exec(select(Comment).where(Comment.text == TEXT).order_by(col(Comment.id))).one()
        assert (written.signature, written.college, written.version) == (NAME, "associations", 1)
    site.signed_in("moderator").post(f"/moderation/commentaire/{written.id}", {"decision": "publish"})
    assert f'<a href="/organisations/tregor-a-velo">{NAME}</a>' in site.visitor().get(f"/fiches-actions/{ref}").text
