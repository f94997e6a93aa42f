"""Offices and organisations taken by stealth: a verified page changed, a role forged, a refusal gone round."""

from typing import Any

import pytest
from sqlmodel import col, select, update

from app.core.db import now
from app.core.errors import ConflictError
from app.core.oidc import Identity
from app.identity.models import Delegate, Invitation, Organisation, Person, Role
from app.identity.service import delegates, federation, roles
from app.needs.models import Need
from app.portal.service import closing
from app.threads.models import Comment
from tests.identity import offers, spokespeople
from tests.identity.test_organisations import SIRET
from tests.site import Site


def person(site: Site, persona: str) -> int:
    return offers.person_id(site, persona=persona)


def close_meanwhile(site: Site, person_id: int) -> None:
    with site.writing() as db:
        closing.close(db, person_id, erases=False)


def test_an_account_closed_meanwhile_takes_no_role(site: Site) -> None:
    """The acceptance was let in, then waited for the closing to end."""
    guest = offers.arrives(site)
    offer_id = offers.offered(site)
    guest_id = offers.person_id(site, email=offers.ADDRESS)
    close_meanwhile(site, guest_id)
    with pytest.raises(ConflictError), site.writing() as db:
        roles.accept(db, db.get_one(Invitation, offer_id), by=guest_id)
    with site.reading() as db:
        assert not db.exec(select(Role).where(Role.person_id == guest_id)).all()
    assert guest.get("/mon-espace").url.path == "/connexion"


def test_an_account_closed_meanwhile_speaks_for_nobody(site: Site) -> None:
    leaving, email = site.signed_in("association"), "invitee@exemple.fr"
    leaving.post("/organisations/tregor-a-velo/delegues", {"email": email})
    spokespeople.someone(site, email)
    guest_id = offers.person_id(site, email=email)
    close_meanwhile(site, guest_id)
    with pytest.raises(ConflictError), site.writing() as db:
        organisation = db.exec(select(Organisation).where(Organisation.slug == "tregor-a-velo")).one()
        asked = db.exec(select(Delegate).where(Delegate.email == email)).one()
        delegates.accept(db, asked, organisation, db.get_one(Person, guest_id))
    with site.reading() as db:
        assert not db.exec(select(Delegate).where(Delegate.person_id == guest_id)).all()


def test_what_is_verified_is_what_was_read(site: Site) -> None:
    """A delegate who changes the name while a moderator reads the page does not have the new name verified."""
    mine, slug = spokespeople.declared(site)
    moderator = site.signed_in("moderator")
    read = moderator.get(f"/organisations/{slug}/verification").text
    mark = read.split('name="seen" value="')[1].split('"')[0]
    mine.post(f"/organisations/{slug}/gerer", spokespeople.words(site, name="Préfecture du Finistère"))
    stale = moderator.post(f"/organisations/{slug}/verification", {"decision": "verify", "seen": mark})
    assert stale.status_code == 409 and "Préfecture du Finistère" in stale.text
    assert spokespeople.get(site, slug).status == "declared"
    again = stale.text.split('name="seen" value="')[1].split('"')[0]
    assert (
        moderator.post(f"/organisations/{slug}/verification", {"decision": "verify", "seen": again}).status_code == 200
    )
    assert spokespeople.get(site, slug).status == "verified"


def test_an_invitation_does_not_flood_an_address(site: Site) -> None:
    """Asked, taken back, asked again: somebody who wants none of it gets three mails a day at most."""
    mine, slug = spokespeople.declared(site)
    site.app.state.limiter.hit = lambda *_args: None
    for _n in range(6):
        mine.post(f"/organisations/{slug}/delegues", {"email": "tiers@exemple.fr"})
        with site.reading() as db:
            last = db.exec(
                select(Delegate).where(Delegate.email == "tiers@exemple.fr").order_by(col(Delegate.id).desc())
            ).first()
            assert last
        mine.post(f"/organisations/{slug}/delegues/{last.id}", {"verb": "cancel"})
    assert len(site.mails("tiers@exemple.fr")) == 3


def employed(site: Site, persona: str, siret: str) -> None:
    """This person comes in by ProConnect, which certifies the employer."""
    with site.writing() as db:
        holder = db.get_one(Person, person(site, persona))
        federation.link(db, holder, Identity("proconnect", "i", f"s-{siret}", "a.b.c", {"siret": siret}))
        federation.recognise(db, Identity("proconnect", "i", f"s-{siret}", "a.b.c", {"siret": siret}))


@pytest.mark.parametrize("renumber", [False, True])
def test_declared_anew_what_a_moderator_refused_is_not_verified_by_a_provider(site: Site, renumber: bool) -> None:
    siret = SIRET
    mine, slug = spokespeople.declared(site, siret=siret)
    why = {"decision": "refuse", "reason": "Cette organisation n’existe pas."}
    site.signed_in("moderator").post(f"/organisations/{slug}/verification", why)
    if renumber:  # the refused one leaves its number
        assert mine.post(f"/organisations/{slug}/gerer", spokespeople.words(site, siret="")).status_code == 200
    _mine, again = spokespeople.declared(site, name="Préfecture de Morlaix", siret=siret, rna="")
    assert again != slug and spokespeople.get(site, again).siret == siret
    employed(site, "resident", siret)
    assert spokespeople.get(site, again).status == "declared"


def test_a_moderator_who_is_a_delegate_decides_nothing_for_the_organisation(site: Site) -> None:
    speaker = site.signed_in("association")
    with site.writing() as db:
        organisation = db.exec(select(Organisation).where(Organisation.slug == "tregor-a-velo")).one()
        moderator = person(site, "moderator")
        db.add(
            Delegate(
                organisation_id=organisation.id or 0, person_id=moderator, email="", status="accepted", created_at=now()
            )
        )
        name, territory = str(organisation.id), organisation.territory_id
        db.execute(update(Role).where(col(Role.person_id) == moderator).values(territory_id=territory))
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.status == "published", Need.territory_id == territory)).first()
        assert need
    words = {"in_name_of": name, "kind": "remarque", "text": "Trégor à vélo demande une piste."}
    assert speaker.post(f"/besoins/{need.id}/commentaires", words).status_code == 200
    with site.writing() as db:
        comment = db.exec(select(Comment).where(Comment.text == words["text"])).one()
        own = db.exec(select(Need).where(Need.status == "published", Need.territory_id == territory)).first()
        assert own
        own.status, own.organisation_id, own.author_id = "pending", organisation.id, None
        db.add(own)
    judge = site.signed_in("moderator")
    for path in (f"/moderation/commentaire/{comment.id}", f"/moderation/besoin/{own.id}"):
        assert judge.get(path).status_code == 403
        assert judge.post(path, {"decision": "publish"}).status_code == 403
    assert f"/moderation/besoin/{own.id}" not in judge.get("/moderation").text
    for decision in ("verify", "suspend"):
        sent = {"decision": decision, "reason": "Une raison assez longue."}
        assert judge.post("/organisations/tregor-a-velo/verification", sent).status_code == 403


@pytest.mark.parametrize(
    "forged",
    [{"kind": "administrator"}, {"kind": "referent"}, {"kind": "data_manager"}, {"kind": "root"}, {"kind": ""},
     {"territory": "tout-le-finistere"}, {"territory": ""}, {"territory": "None"}, {"territory": "brest-metropole"},
     {"territory": "../morlaix-communaute"}, {"kind": ["moderator", "administrator"]}],
)  # fmt: skip
def test_a_referent_forges_no_higher_nor_wider_role(site: Site, forged: dict[str, Any]) -> None:
    answer = site.signed_in("referent").post("/roles", offers.words() | forged)
    with site.reading() as db:
        given = db.exec(select(Invitation)).all()
    assert (answer.status_code in (403, 422) and not given) or {offer.kind for offer in given} <= {
        "moderator",
        "facilitator",
    }
