"""Two people at once about roles: what excludes each other is held once, and somebody always administers."""

from datetime import timedelta

from sqlmodel import Session, col, select

from app.core.db import now
from app.core.errors import ConflictError
from app.core.i18n import today
from app.identity import queries
from app.identity import service as identity
from app.identity.models import Invitation, Role
from app.identity.service import roles as service
from app.identity.states import InvitationStatus, RoleKind
from tests.identity.offers import ADDRESS, arrives, offered, person_id, territory_id, words
from tests.site import Site
from tests.workshops.test_at_once import storm, together


def _offer(site: Site, kind: str) -> int:
    home = territory_id(site)
    with site.writing() as db:
        offer = Invitation(
            email=ADDRESS, kind=kind, territory_id=home, reason="Essai", starts_on=today(),
            status=InvitationStatus.SENT.value, invited_by=person_id(site, persona="referent"),
            created_at=now(), expires_at=now() + timedelta(days=1),
        )  # fmt: skip
        db.add(offer)
        db.flush()
        return offer.id or 0


def test_two_incompatible_roles_accepted_at_the_same_moment_end_as_one(site: Site) -> None:
    with site.writing() as db:
        person = identity.person_for(db, ADDRESS).id or 0
    offers = [_offer(site, kind) for kind in ("elected", "moderator")]

    def accepting(offer: int):  # type: ignore[no-untyped-def]
        def act(db: Session) -> None:
            kept = db.get(Invitation, offer)
            assert kept
            service.accept(db, kept, by=person)

        return act

    wrong = together(site, *(accepting(offer) for offer in offers))
    assert [type(error) for error in wrong] == [service.RefusedRoleError]
    with site.reading() as db:
        assert len(queries.grants_of(db, person)) == 1


def test_a_double_click_on_accept_gives_one_role(site: Site) -> None:
    offer = offered(site)
    invited = arrives(site)
    answers = storm(site, invited, [(f"/mon-espace/roles/propositions/{offer}/acceptation", {})] * 4)
    assert answers == {303: 1, 409: 3}
    with site.reading() as db:
        assert len(queries.roles_of(db, person_id(site, email=ADDRESS))) == 1


def test_a_double_click_on_offer_sends_one_mail(site: Site) -> None:
    answers = storm(site, site.signed_in("referent"), [("/roles", words())] * 4)
    assert answers == {303: 1, 409: 3}
    assert len(site.mails(ADDRESS)) == 1


def test_the_last_two_administrators_do_not_leave_together(site: Site) -> None:
    with site.writing() as db:
        service.appoint_administrator(db, "seconde@exemple.fr", reason="Seconde administratrice")
    with site.reading() as db:
        everywhere = (Role.kind == RoleKind.ADMINISTRATOR.value, col(Role.territory_id).is_(None))
        roles = list(db.exec(select(Role.id).where(*everywhere)))
    assert len(roles) == 2

    def leaving(role_id: int | None):  # type: ignore[no-untyped-def]
        def act(db: Session) -> None:
            role = db.get(Role, role_id)
            assert role
            service.end(db, role, by=role.person_id, reason="Départ")

        return act

    wrong = together(site, *(leaving(role) for role in roles))
    assert [type(error) for error in wrong] == [ConflictError]
    with site.reading() as db:
        left = db.exec(select(Role).where(*everywhere, col(Role.ended_at).is_(None))).all()
    assert len(left) == 1
