"""Two hands at the same moment on one account, one identity, one offer or one voice: what is left is as after one."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest
from sqlmodel import Session, col, func, select

from app.core.db import now
from app.core.oidc import Identity
from app.identity.models import (
    Delegate,
    FederatedIdentity,
    Organisation,
    PendingIdentity,
    Person,
    Role,
)
from app.identity.routes.apart import CHOICE_COOKIE
from app.identity.service import federation
from app.needs.models import Need
from app.threads.models import Comment, Support, Voice
from tests.identity import offers, spokespeople
from tests.site import ORIGIN, Site, Visitor


def race(site: Site, sent: Sequence[tuple[Visitor, str, dict[str, str]]]) -> list[int]:
    """Several forms at the same moment, each with every cookie of its visitor."""
    site.app.state.limiter.hit = lambda *_args: None

    async def send() -> list[int]:
        transport = httpx.ASGITransport(site.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=60) as client:
            calls = []
            for visitor, path, data in sent:
                cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in visitor.http.cookies.jar)
                headers = {"sec-fetch-site": "same-origin", "cookie": cookies}
                calls.append(client.post(path, data=data, headers=headers))
            return sorted(answer.status_code for answer in await asyncio.gather(*calls))

    answers: list[int] = site.run(send())
    return answers


def certified(site: Site, subject: str = "one-subject") -> Visitor:
    """Somebody signed in, in whose browser an identity waits to be linked."""
    visitor = spokespeople.someone(site, f"{len(site.opened)}@exemple.fr")
    with site.writing() as db:
        identity = Identity("franceconnect", "http://localhost:8000/demo/fournisseur/franceconnect", subject, "a.e30.c")
        secret = federation.keep_waiting(db, identity, "/mon-espace")
    visitor.http.cookies.set(CHOICE_COOKIE, secret, domain="localhost.local")
    return visitor


def test_one_identity_that_two_people_link_at_once_opens_one_account(site: Site) -> None:
    both = [certified(site), certified(site)]
    assert race(site, [(visitor, "/connexion/relier", {}) for visitor in both]) == [303, 409]
    with site.reading() as db:
        assert len(db.exec(select(FederatedIdentity).where(FederatedIdentity.subject == "one-subject")).all()) == 1


def test_a_first_visit_sent_many_times_at_once_opens_one_account(site: Site) -> None:
    visitor = site.visitor()
    with site.writing() as db:
        identity = Identity("franceconnect", "http://localhost:8000/demo/fournisseur/franceconnect", "s", "a.e30.c")
        secret = federation.keep_waiting(db, identity, "/mon-espace")
        before = db.exec(select(func.count()).select_from(Person)).one()
    visitor.http.cookies.set(CHOICE_COOKIE, secret, domain="localhost.local")
    assert race(site, [(visitor, "/connexion/premiere-visite", {})] * 5) == [303, 410, 410, 410, 410]
    with site.reading() as db:
        assert db.exec(select(func.count()).select_from(Person)).one() == before + 1
        assert not db.exec(select(PendingIdentity)).all()


def test_two_ways_in_taken_away_at_once_leave_one(site: Site) -> None:
    with site.writing() as db:
        person = Person(email=None, pseudonym="Voix SEULE", created_at=now())
        db.add(person)
        db.flush()
        from app.identity import service

        links = [
            FederatedIdentity(
                person_id=person.id or 0, provider=way, subject=way, created_at=now(),
                issuer=f"http://localhost:8000/demo/fournisseur/{way}",
            )
            for way in ("franceconnect", "proconnect")
        ]  # fmt: skip
        db.add_all(links)
        db.flush()
        ids, secret, person_id = [link.id for link in links], service.open_session(db, person), person.id
    visitor = site.visitor()
    visitor.http.cookies.set("emglev", secret, domain="localhost.local")
    assert race(site, [(visitor, f"/mon-espace/acces/moyens/{n}/retrait", {}) for n in ids]) == [303, 409]
    with site.reading() as db:
        assert len(db.exec(select(FederatedIdentity).where(FederatedIdentity.person_id == person_id)).all()) == 1


def test_one_address_that_two_accounts_prove_at_once_is_one_account_s(site: Site) -> None:
    email, sent = "convoitee@exemple.fr", []
    for persona in ("resident", "youth"):
        visitor = site.signed_in(persona)
        visitor.post("/mon-espace/acces/adresse", {"email": email})
        body = site.mails(email)[-1].body
        sent.append((visitor, "/connexion/adresse/" + body.split("/connexion/adresse/")[1].split()[0], {}))
    assert race(site, sent) == [303, 409]
    with site.reading() as db:
        assert db.exec(select(func.count()).where(Person.email == email)).one() == 1


def test_an_offer_accepted_and_taken_back_at_once_is_one_or_the_other(site: Site) -> None:
    guest = offers.arrives(site)
    offer = offers.offered(site)
    referent = site.signed_in("referent")
    answers = race(site, [
        (guest, f"/mon-espace/roles/propositions/{offer}/acceptation", {}),
        (referent, f"/roles/propositions/{offer}/annulation", {}),
    ])  # fmt: skip
    assert answers == [303, 409]
    guest_id = offers.person_id(site, email=offers.ADDRESS)
    with site.reading() as db:
        held = len(db.exec(select(Role).where(Role.person_id == guest_id)).all())
    assert held == (offers.last_offer(site).status == "accepted")


def test_an_account_that_closes_while_it_takes_a_role_keeps_none(site: Site) -> None:
    guest = offers.arrives(site)
    offer = offers.offered(site)
    closing = {"contributions": "keep", "sure": "true"}
    race(site, [
        (guest, "/mon-espace/fermeture", closing),
        (guest, f"/mon-espace/roles/propositions/{offer}/acceptation", {}),
    ])  # fmt: skip
    guest_id = offers.person_id(site, email=offers.ADDRESS)
    with site.reading() as db:
        assert db.get_one(Person, guest_id).closing_at is not None
        assert not [r for r in db.exec(select(Role).where(Role.person_id == guest_id)) if r.ended_at is None]


def test_two_delegates_at_once_are_one_voice(site: Site) -> None:
    first, email = site.signed_in("association"), "seconde@exemple.fr"
    first.post("/organisations/tregor-a-velo/delegues", {"email": email})
    second = spokespeople.someone(site, email)
    mandate = spokespeople.delegate_id(site, "tregor-a-velo", email)
    second.post(f"/mon-espace/organisations/{mandate}", {"verb": "accept"})
    with site.reading() as db:
        organisation = db.exec(select(Organisation).where(Organisation.slug == "tregor-a-velo")).one()
        spoken = select(Support.thread_id).join(Voice).where(Voice.organisation_id == organisation.id)
        need = db.exec(
            select(Need).where(Need.status == "published", Need.territory_id == organisation.territory_id)
            .where(col(Need.thread_id).not_in(spoken))
        ).first()  # fmt: skip
        assert need
    name = {"in_name_of": str(organisation.id)}
    assert race(site, [(v, f"/besoins/{need.id}/soutiens", name) for v in (first, second, first, second)]) == [303] * 4
    with site.reading() as db:
        given = select(func.count()).select_from(Support).join(Voice).where(Support.thread_id == need.thread_id)
        assert db.exec(given.where(Voice.organisation_id == organisation.id)).one() == 1


def test_an_organisation_suspended_between_the_page_and_the_form_does_not_speak(site: Site) -> None:
    speaker, moderator = site.signed_in("association"), site.signed_in("moderator")
    with site.reading() as db:
        organisation = db.exec(select(Organisation).where(Organisation.slug == "tregor-a-velo")).one()
        need = db.exec(
            select(Need).where(Need.status == "published", Need.territory_id == organisation.territory_id)
        ).first()
        assert need
    path = "/organisations/tregor-a-velo/verification"
    moderator.post(path, {"decision": "suspend", "reason": "Son siège a changé de main."})
    name = {"in_name_of": str(organisation.id), "college": "associations"}
    before = said(site, organisation.id or 0)
    assert speaker.post(f"/besoins/{need.id}/soutiens", name).status_code == 422
    words = name | {"kind": "remarque", "text": "Nous parlons encore en son nom."}
    assert speaker.post(f"/besoins/{need.id}/commentaires", words).status_code == 422
    assert speaker.post(f"/besoins/{need.id}/soutiens/retrait", name).status_code == 403
    assert said(site, organisation.id or 0) == before


def said(site: Site, organisation_id: int) -> int:
    def count(db: Session) -> int:
        mine = select(Voice.id).where(Voice.organisation_id == organisation_id)
        return db.exec(select(func.count()).where(col(Support.voice_id).in_(mine))).one()

    with site.reading() as db:
        return count(db)


@pytest.mark.parametrize("forged", ["1e0", "٣", "-1", "0", "moi ", "2147483648", "1;2", "None", "1 OR 1=1"])
def test_a_name_that_one_does_not_speak_for_is_refused(site: Site, forged: str) -> None:
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.status == "published", Need.territory_id == 3)).first()
        assert need
        before = db.exec(select(func.count()).select_from(Voice).where(col(Voice.organisation_id).is_not(None))).one()
    site.signed_in("resident").post(f"/besoins/{need.id}/soutiens", {"in_name_of": forged, "college": "habitants"})
    with site.reading() as db:
        voices = select(func.count()).select_from(Voice).where(col(Voice.organisation_id).is_not(None))
        assert db.exec(voices).one() == before


def test_a_former_delegate_neither_speaks_nor_withdraws_nor_edits(site: Site) -> None:
    first, email = site.signed_in("association"), "ancienne@exemple.fr"
    first.post("/organisations/tregor-a-velo/delegues", {"email": email})
    former = spokespeople.someone(site, email)
    mandate = spokespeople.delegate_id(site, "tregor-a-velo", email)
    former.post(f"/mon-espace/organisations/{mandate}", {"verb": "accept"})
    first.post(f"/organisations/tregor-a-velo/delegues/{mandate}", {"verb": "end"})
    for path in ("gerer", "presentation", "fermeture", "delegues"):
        assert former.post(f"/organisations/tregor-a-velo/{path}", {"email": "x@exemple.fr"}).status_code == 403
    assert former.post(f"/mon-espace/organisations/{mandate}", {"verb": "accept"}).status_code == 409
    with site.reading() as db:
        assert db.get_one(Delegate, mandate).status == "ended"


def test_an_account_that_closes_with_its_words_while_it_writes_leaves_none_in_view(site: Site) -> None:
    email = "bavarde@exemple.fr"
    writer = spokespeople.someone(site, email)
    with site.reading() as db:
        needs = db.exec(select(Need.id).where(Need.status == "published", Need.territory_id == 3).limit(6)).all()
    words = {"kind": "remarque", "text": "Je parle pendant que je ferme.", "college": "habitants"}
    closing = (writer, "/mon-espace/fermeture", {"contributions": "erase", "sure": "true"})
    comments = [(writer, f"/besoins/{n}/commentaires", words) for n in needs]
    race(site, [*comments[:3], closing, *comments[3:]])
    who = offers.person_id(site, email=email)
    with site.reading() as db:
        assert db.get_one(Person, who).closing_at is not None
        assert {c.status for c in db.exec(select(Comment).where(Comment.author_id == who))} <= {"withdrawn"}
