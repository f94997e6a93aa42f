"""The second factor: passkeys added and shown (WebAuthn level 2), recovery codes, and the way out when all is lost."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from sqlmodel import Session, col, delete, update
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.core.db import insert_once, now
from app.core.errors import ConflictError, TooManyError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.security import digest, normal_code, random_code, spaced, token
from app.core.settings import get_settings
from app.identity.models import Passkey, Person, RecoveryCode, WebSession
from app.identity.queries import second_factor as queries
from app.identity.service import sessions
from app.identity.service.people import in_hand, tell

log = structlog.get_logger("emglev.identity")

CHALLENGE_LIFE = timedelta(minutes=5)
MOST_KEYS = 10
CODES = 8
CODE_LENGTH = 12  # 5 bits each: 60 random bits
CODE_TRIES = 10  # in one hour
LONGEST_ID = 1400  # characters


def _rp_id() -> str:
    """The host to which passkeys are bound."""
    return urlsplit(get_settings().public_url).hostname or "localhost"


def _known(db: Session, person_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.credential_id))
        for key in queries.passkeys(db, person_id)
    ]


def _challenge(db: Session, session_id: int) -> bytes:
    """A challenge for the next five minutes, for this browser alone; the former one no longer serves."""
    held = sessions.in_hand(db, session_id)
    held.challenge, held.challenge_until = token(32), now() + CHALLENGE_LIFE
    db.add(held)
    return held.challenge.encode()


def _spent_challenge(db: Session, session_id: int) -> bytes | None:
    """The challenge of this browser, which no longer serves from now on; None if there was none, or too old."""
    held = sessions.in_hand(db, session_id)
    challenge, until = held.challenge, held.challenge_until
    held.challenge = held.challenge_until = None
    db.add(held)
    return challenge.encode() if challenge and until and until > now() else None


def registration_options(db: Session, person: Person, session_id: int) -> str:
    """What the browser needs to make a passkey, as JSON."""
    return options_to_json(
        generate_registration_options(
            rp_id=_rp_id(), rp_name="Emglev", user_name=person.pseudonym,
            user_id=digest(f"{get_settings().origin} {person.id}").encode(), challenge=_challenge(db, session_id),
            exclude_credentials=_known(db, person.id or 0), timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
            ),
        )
    )  # fmt: skip


def showing_options(db: Session, person: Person, session_id: int) -> str:
    """What the browser needs to show a passkey, as JSON."""
    return options_to_json(
        generate_authentication_options(
            rp_id=_rp_id(), challenge=_challenge(db, session_id), allow_credentials=_known(db, person.id or 0),
            timeout=int(CHALLENGE_LIFE.total_seconds() * 1000),
        )
    )  # fmt: skip


def _checked(verify: Any, credential: str, challenge: bytes | None, **more: Any) -> Any:
    """What the library read in the browser's answer; None when it does not hold."""
    if challenge is None:
        return None
    origin = get_settings().origin
    try:
        return verify(
            credential=credential, expected_challenge=challenge, expected_rp_id=_rp_id(), expected_origin=origin, **more
        )
    except Exception as refusal:  # hostile bytes break parsers in many ways, and each of them is a refusal
        log.info("passkey refused", kind=type(refusal).__name__)
        return None


def add_passkey(db: Session, person: Person, session_id: int, *, label: str, credential: str) -> list[str] | None:
    """Keep a new passkey; the recovery codes to show if it is the first, None if the browser's answer does not hold.

    Raises:
        ConflictError: the person holds enough keys, this one is already known, or the first came from elsewhere.
    """
    made = _checked(verify_registration_response, credential, _spent_challenge(db, session_id))
    if made is None or len(kept := bytes_to_base64url(made.credential_id)) > LONGEST_ID:
        return None
    person_id = person.id or 0
    in_hand(db, person_id)
    held = len(queries.passkeys(db, person_id))
    if held and not queries.just_proved(sessions.in_hand(db, session_id)):
        raise ConflictError(_("Une clé vient d’être ajoutée depuis un autre appareil. Montrez-la d’abord."))
    if held >= MOST_KEYS:
        raise ConflictError(_("Vous avez déjà dix clés. Retirez-en une avant d’en ajouter une autre."))
    added = insert_once(
        db, Passkey, person_id=person_id, credential_id=kept, public_key=made.credential_public_key,
        sign_count=made.sign_count, label=label, created_at=now(),
    )  # fmt: skip
    if not added:
        raise ConflictError(_("Cette clé est déjà enregistrée."))
    note_event(db, person, "add_passkey", by=person_id)
    words = _("Une clé d’accès, « %(label)s », est ajoutée.") % {"label": label}
    _tell(db, person, _("Une clé d’accès est ajoutée"), words)
    return [] if held else new_codes(db, person)


def show_passkey(db: Session, person: Person, session_id: int, credential: str) -> str | None:
    """Verify the passkey shown; the new secret of this browser's session, None if it does not hold.

    A count of uses that does not go up is a copy's: refused, noted, told (WebAuthn level 2, section 6.1.1).
    """
    challenge = _spent_challenge(db, session_id)
    key = queries.passkey_in_hand(db, person.id or 0, _credential_id(credential))
    if key is None:
        return None
    # The library judges the count before the signature; with 0 it leaves the count to us, once the signature holds.
    shown = _checked(
        verify_authentication_response, credential, challenge,
        credential_public_key=key.public_key, credential_current_sign_count=0,
    )  # fmt: skip
    if shown is None:
        return None
    if (shown.new_sign_count or key.sign_count) and shown.new_sign_count <= key.sign_count:
        note_event(db, key, queries.WENT_BACK, by=person.id)
        words = _("La clé « %(label)s » a été refusée : elle a peut-être été copiée. Retirez-la.")
        _tell(db, person, _("Une clé d’accès a été refusée"), words % {"label": key.label})
        return None
    key.sign_count, key.last_used_at = shown.new_sign_count, now()
    db.add(key)
    return confirm(db, session_id)


def _credential_id(credential: str) -> str:
    try:
        read = json.loads(credential)
    except (ValueError, RecursionError):
        return ""
    found = read.get("id") if isinstance(read, dict) else None
    return found if isinstance(found, str) and "\0" not in found else ""


def confirm(db: Session, session_id: int) -> str:
    """The second factor was given in this browser: its new secret; the former one dies at once."""
    held = sessions.in_hand(db, session_id)
    held.verified_at = now()
    db.add(held)
    db.flush()
    return sessions.rotate_now(db, session_id)


def new_codes(db: Session, person: Person) -> list[str]:
    """Eight single-use codes to show once; the former ones no longer serve."""
    db.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person.id))
    codes = [random_code(CODE_LENGTH) for _n in range(CODES)]
    db.add_all(RecoveryCode(person_id=person.id or 0, digest=digest(code)) for code in codes)
    note_event(db, person, "new_recovery_codes", by=person.id)
    return [spaced(code) for code in codes]


def use_code(db: Session, person: Person, session_id: int, typed: str) -> str | None:
    """Spend a recovery code; the new secret of this browser's session, None if the code is not one of theirs.

    Raises:
        TooManyError: too many codes were refused within the hour (counted in the database).
    """
    person_id = person.id or 0
    in_hand(db, person_id)  # one try at a time
    if queries.refused_codes(db, person_id, within=timedelta(hours=1)) >= CODE_TRIES:
        words = _("Plusieurs codes viennent d’être refusés. Réessayez dans une heure, ou présentez votre clé.")
        raise TooManyError(words, retry_after=3600)
    code = normal_code(typed)
    unused = (col(RecoveryCode.person_id) == person_id) & col(RecoveryCode.used_at).is_(None)
    spend = update(RecoveryCode).where(unused, col(RecoveryCode.digest) == digest(code)).values(used_at=now())
    if db.execute(spend.returning(col(RecoveryCode.id))).first() is None:
        note_event(db, person, queries.CODE_REFUSED, by=person_id)
        return None
    note_event(db, person, "recovery_used", by=person_id)
    left = queries.codes_left(db, person_id)
    _tell(
        db, person, _("Un code de secours vient de servir"),
        _("Un de vos codes de secours vient de servir à vous connecter. Il en reste %(n)s.") % {"n": left},
    )  # fmt: skip
    return confirm(db, session_id)


def remove_passkey(db: Session, person: Person, key: Passkey) -> None:
    """Forget a passkey; after the last one, no second factor is held: recovery codes go, roles that need it sleep."""
    db.delete(key)
    db.flush()
    if not queries.passkeys(db, person.id or 0):
        _forget_all(db, person.id or 0)
    note_event(db, person, "remove_passkey", by=person.id)
    words = _("La clé d’accès « %(label)s » est retirée de votre compte.") % {"label": key.label}
    _tell(db, person, _("Une clé d’accès est retirée"), words)


def _forget_all(db: Session, person_id: int) -> int:
    """No second factor any more, in any browser; how many keys there were."""
    db.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))
    gone = db.execute(delete(Passkey).where(col(Passkey.person_id) == person_id).returning(col(Passkey.id))).all()
    db.execute(update(WebSession).where(col(WebSession.person_id) == person_id).values(verified_at=None))
    return len(gone)


def lift(db: Session, person: Person, *, by: int | None, reason: str) -> int:
    """The last resort of who lost keys and codes: forget both, end every session; how many keys there were."""
    gone = _forget_all(db, person.id or 0)
    sessions.end_sessions(db, person.id or 0)
    note_event(db, person, "lift_second_factor", by=by, note=reason)
    words = _(
        "L’équipe du site a levé la vérification par clé de votre compte et a fermé toutes ses connexions.\n"
        "Motif : %(reason)s\n\nÀ votre prochaine connexion, enregistrez une nouvelle clé d’accès."
    ) % {"reason": reason}
    _tell(db, person, _("La vérification par clé de votre compte est levée"), words)
    return gone


def _tell(db: Session, person: Person, subject: str, words: str) -> None:
    """What changed about the ways in is told to whom they belong, with what to do if it was somebody else."""
    settings = get_settings()
    where = {"contact": settings.contact_email, "url": settings.public_url}
    rest = _("Si ce n’est pas vous, écrivez sans attendre à %(contact)s.\n\nVos accès : %(url)s/mon-espace/acces\n")
    words = _("Bonjour,\n\n%(words)s\n\n%(rest)s") % {"words": words, "rest": rest % where}
    tell(db, person, subject, words)
