"""In one's own name or in that of an organisation, chosen each time: two voices that never mix."""

import pytest
from bs4 import BeautifulSoup
from sqlmodel import Session, col, func, select

from app.accords.queries import accords
from app.board.queries import counted, recounted
from app.core.machine import Event
from app.identity.models import Delegate, Organisation, Person
from app.needs.models import Need
from app.places.queries import reference
from app.threads.models import Comment, Support, Voice
from tests.identity.spokespeople import at_once
from tests.needs.test_say import code_of, say
from tests.site import Site, Visitor

NAME = "Trégor à vélo"


def organisation(site: Site, name: str = NAME) -> Organisation:
    with site.reading() as db:
        return db.exec(select(Organisation).where(Organisation.name == name)).one()


def an_open_need(site: Site) -> Need:
    """A need of Morlaix that the organisation does not support yet, behind a priorité."""
    with site.reading() as db:
        home = reference(db).by_slug["morlaix-communaute"].territory_id
        assert "need.support" in accords(db)[home].open_verbs
        taken = select(Support.thread_id).join(Voice).where(col(Voice.organisation_id).is_not(None))
        return db.exec(
            select(Need).where(
                Need.territory_id == home, Need.status == "published", col(Need.priority_id).is_not(None),
                col(Need.organisation_id).is_(None), col(Need.thread_id).not_in(taken),
            )
        ).first() or pytest.fail("no such need")  # fmt: skip


def voices_on(site: Site, need: Need) -> list[Voice]:
    with site.reading() as db:
        assert counted(db) == recounted(db)
        assert db.get_one(Need, need.id).supports == db.exec(
            select(func.count()).where(Support.thread_id == need.thread_id)
        ).one()  # fmt: skip
        return list(db.exec(select(Voice).join(Support).where(Support.thread_id == need.thread_id)))


def leave(site: Site, visitor_persona: str = "association") -> None:
    """The mandate of this persona ended meanwhile."""
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == visitor_persona)).one()
        for mandate in db.exec(select(Delegate).where(Delegate.person_id == person.id)):
            mandate.status = "ended"
            db.add(mandate)


def second_delegate(site: Site, persona: str = "resident") -> Visitor:
    """Somebody else who speaks for it."""
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == persona)).one()
        db.add(
            Delegate(
                organisation_id=organisation(site).id or 0, person_id=person.id, email=person.email or "",
                status="accepted", created_at=person.created_at,
            )
        )  # fmt: skip
    return site.signed_in(persona)


def test_nothing_is_asked_of_who_speaks_for_nobody_else(site: Site) -> None:
    need = an_open_need(site)
    for page in (f"/besoins/{need.id}", "/besoins/nouveau"):
        assert "in_name_of" not in site.signed_in("resident").get(page).text
        assert "Au nom de Trégor" in site.signed_in("association").get(page).text


def test_the_choice_is_ones_own_name_unless_one_says_otherwise(site: Site) -> None:
    page = BeautifulSoup(site.signed_in("association").get("/besoins/nouveau").text, "html.parser")
    chosen = page.select_one('input[name="in_name_of"][checked]')
    assert chosen is not None and chosen["value"] == "moi"


def test_a_person_and_their_organisation_are_two_voices_in_two_colleges(site: Site) -> None:
    need, delegate, ours = an_open_need(site), site.signed_in("association"), organisation(site)
    before = len(voices_on(site, need))
    delegate.post(f"/besoins/{need.id}/soutiens")
    page = delegate.post(f"/besoins/{need.id}/soutiens", {"in_name_of": str(ours.id)})
    delegate.post(f"/besoins/{need.id}/soutiens", {"in_name_of": str(ours.id)})
    voices = voices_on(site, need)
    assert len(voices) == before + 2 and f"Le soutien de {NAME} est compté" in page.text
    assert [v.college for v in voices if v.organisation_id == ours.id] == ["associations"]
    shown = site.visitor().get(f"/besoins/{need.id}").text
    assert f'<a href="/organisations/tregor-a-velo">{NAME}</a>' in shown and "Bruno" not in shown
    delegate.post(f"/besoins/{need.id}/soutiens/retrait", {"in_name_of": str(ours.id)})
    assert [v.organisation_id for v in voices_on(site, need)].count(ours.id) == 0
    assert len(voices_on(site, need)) == before + 1
    delegate.post(f"/besoins/{need.id}/soutiens/retrait")
    assert len(voices_on(site, need)) == before


def test_two_delegates_are_one_voice_and_either_takes_it_back(site: Site) -> None:
    need, ours = an_open_need(site), organisation(site)
    first, second = site.signed_in("association"), second_delegate(site)
    before = len(voices_on(site, need))
    for delegate in (first, second):
        delegate.post(f"/besoins/{need.id}/soutiens", {"in_name_of": str(ours.id)})
    assert len(voices_on(site, need)) == before + 1
    second.post(f"/besoins/{need.id}/soutiens/retrait", {"in_name_of": str(ours.id)})
    assert len(voices_on(site, need)) == before


def test_two_delegates_at_the_same_moment_are_one_voice(site: Site) -> None:
    need, ours = an_open_need(site), organisation(site)
    sent = {"in_name_of": str(ours.id)}
    delegates = [site.signed_in("association"), second_delegate(site)] * 4
    before = len(voices_on(site, need))
    answers = at_once(site, [(delegate, f"/besoins/{need.id}/soutiens", sent) for delegate in delegates])
    assert answers == [303] * 8
    assert len(voices_on(site, need)) == before + 1


def _the_need(db: Session) -> Need:
    return db.exec(select(Need).where(Need.title == "Un banc devant la boulangerie")).one()


def test_a_need_said_in_its_name_is_signed_by_it_and_counts_for_its_voice(site: Site) -> None:
    delegate, ours = site.signed_in("association"), organisation(site)
    say(delegate, in_name_of=str(ours.id), college="")
    with site.reading() as db:
        need = _the_need(db)
        person = db.exec(select(Person).where(Person.demo_persona == "association")).one()
        voice = db.get_one(Voice, need.voice_id)
        assert (need.organisation_id, need.signature, need.college) == (ours.id, NAME, "associations")
        assert need.author_id == person.id and (voice.organisation_id, voice.person_id) == (ours.id, None)
    site.signed_in("moderator").post(f"/moderation/besoin/{need.id}", {"decision": "publish"})
    assert "publié" in site.mails(person.email)[-1].subject
    shown = site.visitor().get(f"/besoins/{need.id}").text
    assert f'par <a href="/organisations/tregor-a-velo">{NAME}</a>' in " ".join(shown.split())
    assert need.title in site.visitor().get("/organisations/tregor-a-velo").text
    listed = site.visitor().get("/donnees/besoins.csv").text
    assert need.title in listed and "Bruno" not in listed


def test_in_ones_own_name_a_college_is_still_asked(site: Site) -> None:
    page = say(site.signed_in("association"), college="")
    assert page.status_code == 422 and "Un banc devant la boulangerie" in page.text


def test_a_comment_in_its_name_is_signed_by_it(site: Site) -> None:
    need, delegate, ours = an_open_need(site), site.signed_in("association"), organisation(site)
    words = {"kind": "remarque", "text": "Nos adhérents le disent aussi."}
    for name in ("moi", str(ours.id), str(ours.id)):
        delegate.post(f"/besoins/{need.id}/commentaires", words | {"in_name_of": name})
    with site.reading() as db:
        written = db.exec(select(Comment).where(Comment.text == words["text"]).order_by(col(Comment.id))).all()
    assert [(c.organisation_id, c.signature == NAME, c.college) for c in written] == [
        (None, False, "habitants"), (ours.id, True, "associations"),
    ]  # fmt: skip
    site.signed_in("moderator").post(f"/moderation/commentaire/{written[1].id}", {"decision": "publish"})
    assert words["text"] in site.visitor().get("/organisations/tregor-a-velo").text
    assert f'<a href="/organisations/tregor-a-velo">{NAME}</a>' in site.visitor().get(f"/besoins/{need.id}").text


@pytest.mark.parametrize("forged", ["jeunes", "999999", "-1", "²", "1;2", "0", "abc"])
def test_another_organisation_s_name_is_refused_in_words(site: Site, forged: str) -> None:
    need, delegate = an_open_need(site), site.signed_in("association")
    name = str(organisation(site, "Jeunes en Finistère").id) if forged == "jeunes" else forged
    before = len(voices_on(site, need))
    words = {"kind": "remarque", "text": "Ces mots ne partent pas.", "in_name_of": name}
    for act in ("soutiens", "commentaires"):
        page = delegate.post(f"/besoins/{need.id}/{act}", words)
        assert page.status_code == 422 and "ou plus, au nom de cette organisation" in page.text
    assert "Ces mots ne partent pas." in page.text
    refused = delegate.post(f"/besoins/{need.id}/soutiens/retrait", words)
    assert refused.status_code == 403 and "ou plus, au nom de cette organisation" in refused.text
    assert say(delegate, in_name_of=name).status_code == 422
    assert len(voices_on(site, need)) == before


@pytest.mark.parametrize("who", ["visitor", "resident"])
def test_who_speaks_for_nobody_cannot_pretend(site: Site, who: str) -> None:
    need, name = an_open_need(site), str(organisation(site).id)
    visitor = site.visitor() if who == "visitor" else site.signed_in(who)
    sent = {"in_name_of": name, "college": "jeunes", "email": "nina@exemple.fr"}
    assert visitor.post(f"/besoins/{need.id}/soutiens", sent).status_code == 422
    assert say(visitor, in_name_of=name).status_code == 422


def test_a_former_delegate_neither_speaks_nor_takes_back_and_what_was_said_stays(site: Site) -> None:
    need, delegate, ours = an_open_need(site), site.signed_in("association"), organisation(site)
    delegate.post(f"/besoins/{need.id}/soutiens", {"in_name_of": str(ours.id)})
    code = code_of(say(delegate, in_name_of=str(ours.id), college=""))
    leave(site)
    before = len(voices_on(site, need))
    assert delegate.post(f"/besoins/{need.id}/soutiens/retrait", {"in_name_of": str(ours.id)}).status_code == 403
    words = {"kind": "remarque", "text": "En son nom malgré tout.", "in_name_of": str(ours.id)}
    assert delegate.post(f"/besoins/{need.id}/commentaires", words).status_code == 422
    assert len(voices_on(site, need)) == before
    assert f"/suivi/{code}/retrait" not in delegate.get(f"/suivi/{code}").text
    assert delegate.post(f"/suivi/{code}/retrait").status_code == 403
    with site.reading() as db:
        assert _the_need(db).status == "pending"


def test_another_delegate_takes_back_what_the_organisation_said(site: Site) -> None:
    delegate, ours = site.signed_in("association"), organisation(site)
    code = code_of(say(delegate, in_name_of=str(ours.id), college=""))
    assert site.visitor().post(f"/suivi/{code}/retrait").status_code == 403
    successor = second_delegate(site)
    leave(site)
    assert successor.post(f"/suivi/{code}/retrait").status_code == 200
    with site.reading() as db:
        need = _the_need(db)
        event = db.exec(
            select(Event).where(Event.subject_kind == "need", Event.subject_id == need.id, Event.verb == "withdraw")
        ).one()
        person = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
        assert need.status == "withdrawn" and event.actor_id == person.id


def test_a_delegate_never_moderates_what_the_organisation_said(site: Site) -> None:
    ours, moderator = organisation(site), second_delegate(site, "moderator")
    delegate, need = site.signed_in("association"), an_open_need(site)
    say(delegate, in_name_of=str(ours.id), college="")
    words = {"kind": "remarque", "text": "Écrit au nom de l’association.", "in_name_of": str(ours.id)}
    delegate.post(f"/besoins/{need.id}/commentaires", words)
    with site.reading() as db:
        said = _the_need(db)
        comment = db.exec(select(Comment).where(Comment.text == words["text"])).one()
    queue = moderator.get("/moderation").text
    assert said.title not in queue and words["text"] not in queue
    assert moderator.post(f"/moderation/besoin/{said.id}", {"decision": "publish"}).status_code == 403
    assert moderator.post(f"/moderation/commentaire/{comment.id}", {"decision": "publish"}).status_code == 403


def test_the_voices_behind_a_figure_name_the_organisation(site: Site) -> None:
    need, delegate, ours = an_open_need(site), site.signed_in("association"), organisation(site)
    delegate.post(f"/besoins/{need.id}/soutiens", {"in_name_of": str(ours.id)})
    page = BeautifulSoup(
        site.visitor().get(f"/priorites/{need.priority_id}/voix?college=associations").text, "html.parser"
    )
    rows = [row.get_text(" ", strip=True) for row in page.select("tbody tr")]
    assert any(NAME in row for row in rows)
    caption = page.select_one("caption")
    assert caption is not None and caption.get_text(strip=True).startswith(f"{len(rows)}")


def test_the_page_of_an_organisation_costs_a_fixed_number_of_queries(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/organisations/tregor-a-velo")
    with site.counting() as seen:
        visitor.get("/organisations/tregor-a-velo")
    assert len(seen) <= 11, seen
