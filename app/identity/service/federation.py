"""Identities certified by providers: recognised, waiting for a choice, linked, taken away.

An account is found by (issuer, subject) and by nothing else: no address that a provider gives opens or joins one.
"""

import base64
import json
from datetime import timedelta

from sqlmodel import Session, col, delete, select

from app.core.db import insert_once, now
from app.core.errors import ConflictError, GoneError, NotFoundError
from app.core.i18n import gettext as _
from app.core.oidc import Identity, Provider
from app.core.providers import PROCONNECT, offered
from app.core.security import digest, token
from app.core.settings import get_settings
from app.identity.models import FederatedIdentity, PendingIdentity, Person, WebSession
from app.identity.queries import federation as read
from app.identity.service import organisations
from app.identity.service.people import in_hand, new_pseudonym, tell
from app.identity.service.sessions import close_session

CHOICE_LIFE = timedelta(minutes=15)


def recognise(db: Session, identity: Identity) -> Person | None:
    """Whose account this identity opens, if any; its last use is written down."""
    found = read.known(db, identity.issuer, identity.subject)
    if found is None:
        return None
    person, link = found
    link.last_used_at, link.siret = now(), _siret(identity)
    db.add(link)
    _certify(db, person, link.provider, link.siret)
    return person


def _certify(db: Session, person: Person, provider: str, siret: str | None) -> None:
    """ProConnect alone certifies an employer; what another provider says of it proves nothing."""
    if provider == PROCONNECT and siret:
        organisations.verify_by_siret(db, person, siret)


def keep_waiting(db: Session, identity: Identity, next_path: str) -> str:
    """Keep an unknown identity until its holder chooses; the secret goes to the browser's cookie.

    Those whose time is over leave at the same moment.
    """
    secret = token(32)
    db.execute(delete(PendingIdentity).where(col(PendingIdentity.expires_at) < now()))
    db.add(
        PendingIdentity(
            digest=digest(secret), provider=identity.provider, issuer=identity.issuer, subject=identity.subject,
            siret=_siret(identity), id_token=identity.id_token, next_path=next_path, expires_at=now() + CHOICE_LIFE,
        )
    )  # fmt: skip
    return secret


def take(db: Session, secret: str | None) -> PendingIdentity:
    """The identity that waits in this browser, once, even for two requests at the same moment.

    Raises:
        GoneError: nothing waits any more.
    """
    waiting = read.pending(db, secret)
    taken = waiting and db.execute(
        delete(PendingIdentity).where(col(PendingIdentity.id) == waiting.id).returning(col(PendingIdentity.id))
    ).first()  # fmt: skip
    if not (waiting and taken):
        raise GoneError(
            _("Cette première visite a duré plus de quinze minutes, ou elle est déjà faite. Reconnectez-vous.")
        )
    return waiting


def open_account(db: Session, waiting: PendingIdentity) -> Person:
    """A new account, without an address, that this identity opens."""
    person = Person(email=None, pseudonym=new_pseudonym(), created_at=now())
    db.add(person)
    db.flush()
    if _insert(db, person.id or 0, waiting):
        return person
    db.delete(person)  # opened by another browser meanwhile
    found = read.known(db, waiting.issuer, waiting.subject)
    if found is None:
        raise LookupError("an identity that exists has its account")
    return found[0]


def link(db: Session, person: Person, identity: Identity | PendingIdentity) -> None:
    """One more way into this account.

    Raises:
        ConflictError: this identity opens another account.
    """
    found = read.known(db, identity.issuer, identity.subject)
    if found is None and not _insert(db, person.id or 0, identity):
        found = read.known(db, identity.issuer, identity.subject)
    if found and found[0].id != person.id:
        raise ConflictError(
            _("Cette identité ouvre déjà un autre compte. Connectez-vous avec elle : vous y trouverez ce compte.")
        )
    _certify(db, person, identity.provider, _siret(identity))
    if found is None:
        body = _(
            "Bonjour,\n\n%(way)s ouvre désormais votre compte Emglev.\n\n"
            "Si ce n’est pas vous, retirez cet accès dans Mon espace, page Connexion et sécurité.\n"
        )
        words = body % {"way": label_of(identity.provider)}
        tell(db, person, _("Une façon de vous connecter a été ajoutée"), words)


def _siret(identity: Identity | PendingIdentity) -> str | None:
    """The employer's number, if it has the form of one."""
    said = (identity.siret if isinstance(identity, PendingIdentity) else identity.claims.get("siret")) or ""
    return said if len(said) == 14 and said.isascii() and said.isdigit() else None


def _insert(db: Session, person_id: int, identity: Identity | PendingIdentity) -> bool:
    closed = select(Person.id).where(col(Person.closed_at).is_not(None))
    db.execute(
        delete(FederatedIdentity)
        .where(col(FederatedIdentity.issuer) == identity.issuer, col(FederatedIdentity.subject) == identity.subject)
        .where(col(FederatedIdentity.person_id).in_(closed))
    )
    return insert_once(
        db, FederatedIdentity, person_id=person_id, provider=identity.provider, issuer=identity.issuer,
        subject=identity.subject, siret=_siret(identity), created_at=now(), last_used_at=now(),
    )  # fmt: skip


def unlink(db: Session, person_id: int, link_id: int, *, session_id: int | None) -> str:
    """Take a way in away, and sign out the other browsers that came by it; the name of the provider.

    Raises:
        NotFoundError: it is not one of this person's.
        ConflictError: it is the last way in.
    """
    person = in_hand(db, person_id)
    found = db.get(FederatedIdentity, link_id)
    if found is None or found.person_id != person_id:
        raise NotFoundError
    working = {way.issuer for way in offered()}
    others = [way for way in read.links_of(db, person_id) if way.id != link_id and way.issuer in working]
    if not (person.email or others):
        raise ConflictError(
            _("C’est votre seule façon de vous connecter. Ajoutez d’abord une adresse e-mail ou un autre service.")
        )
    name = label_of(found.provider)
    db.delete(found)
    by_it = (col(WebSession.person_id) == person_id) & (col(WebSession.way) == found.provider)
    db.execute(delete(WebSession).where(by_it, col(WebSession.id).is_distinct_from(session_id)))
    body = _(
        "Bonjour,\n\n%(way)s n’ouvre plus votre compte Emglev. "
        "Les autres navigateurs entrés par là n’y ont plus accès.\n\n"
        "Si ce n’est pas vous, écrivez-nous : %(contact)s\n"
    )
    tell(
        db,
        person,
        _("Une façon de vous connecter a été retirée"),
        body % {"way": name, "contact": get_settings().contact_email},
    )
    return name


def label_of(provider: str) -> str:
    """How a provider is called on screen, even one that is offered no more."""
    known = {"franceconnect": "FranceConnect", "proconnect": "ProConnect"}
    return next((way.label for way in offered() if way.key == provider), known.get(provider, _("Un autre service")))


def leave(db: Session, session_id: int | None) -> str | None:
    """End this session. If a provider opened it, what is needed to sign out there stays, under the state returned."""
    held = db.get(WebSession, session_id) if session_id else None
    if held is None or held.id_token is None or provider_of(held.id_token) is None:
        close_session(db, session_id)
        return None
    state = token(32)
    held.ended_at, held.exit_digest, held.rotate = now(), digest(state), False
    held.previous_digest = None
    db.add(held)
    return state


def provider_of(id_token: str) -> Provider | None:
    """Who issued this token, verified when it came; None if the settings name that provider no more."""
    payload = id_token.split(".")[1]
    issuer = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iss"]
    return next((way for way in offered() if way.issuer == issuer), None)


def note_session(db: Session, session_id: int | None, id_token: str) -> None:
    """A session that just proved an identity at a provider signs out there too, unless another one is to be left."""
    held = db.get(WebSession, session_id) if session_id else None
    if held is not None and held.id_token is None:
        held.id_token = id_token
        db.add(held)
