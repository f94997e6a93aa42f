"""The register of personal data: per table, whose rows they are, which columns are given, how long they stay.

A column that says who somebody is must be here or in ELSEWHERE: a test reads every table and holds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import SQLModel, col, or_, select

from app.accords.states import STAGE_LABELS
from app.actions.models import ActionSheet, SheetVersion
from app.actions.states import SHEET_LABELS
from app.core.machine import Event, label
from app.core.mail import Mail
from app.identity.models import (
    Delegate,
    EmailProof,
    FederatedIdentity,
    Invitation,
    Organisation,
    ParentAgreement,
    Passkey,
    Person,
    RecoveryCode,
    Role,
    WebSession,
)
from app.identity.states import (
    AGE_LABELS,
    COLLEGE_LABELS,
    DELEGATE_LABELS,
    INVITATION_LABELS,
    ORGANISATION_KINDS,
    ORGANISATION_LABELS,
    ROLE_LABELS,
)
from app.needs.models import Need, NeedAnswer
from app.needs.states import FOLLOW_UP_LABELS, OUTCOME_LABELS
from app.portal.queries.words import PURPOSES, SUBJECTS, VERBS, WAYS
from app.threads.models import Comment, Position, Support, Voice
from app.threads.states import COMMENT_LABELS, MODERATION_LABELS, ORIGIN_LABELS, REASON_LABELS, STANCE_LABELS
from app.workshops.models import Workshop
from app.workshops.states import ROOM_LABELS, STEP_LABELS

Mine = Callable[[Person], ColumnElement[bool]]
Words = Mapping[str, Mapping[Any, str]]

SECRET = "a secret, or what recognises one"
INNER = "a number or a copy that only the site uses"
OTHER = "speaks of another person"


@dataclass(frozen=True)
class Part:
    """One table as its person sees it: every column is in ``given``, or in ``withheld`` with its reason."""

    key: str
    title: str
    model: type[SQLModel]
    mine: Mine
    given: tuple[str, ...]
    kept: str
    withheld: Mapping[str, str] = field(default_factory=dict)
    words: Words = field(default_factory=dict)


def _by(column: Any) -> Mine:
    return lambda person: col(column) == person.id


def _to(column: Any) -> Mine:
    """By an address; someone without one has none of these rows."""
    return lambda person: col(column) == (person.email or "")


def _of_voice(column: Any) -> Mine:
    return lambda person: col(column).in_(select(Voice.id).where(Voice.person_id == person.id))


_ACCOUNT = label("tant que le compte est ouvert, puis 30 jours")
_WITHDRAWN = label("le temps de l’accord, puis les archives ; ou jusqu’à l’effacement que vous demandez")
_PUBLIC_ACTS = label("sans limite : ce sont des actes faits au nom d’une collectivité")
_STATES: dict[Any, str] = {}
for _labels in (SHEET_LABELS, STAGE_LABELS, ROOM_LABELS, STEP_LABELS, FOLLOW_UP_LABELS, ORGANISATION_LABELS,
                DELEGATE_LABELS, INVITATION_LABELS, MODERATION_LABELS):  # fmt: skip
    _STATES.update(_labels)
_ID = {"id": INNER}
_MINE = _ID | {"person_id": INNER}
_SENT = _ID | {"to": INNER, "body": "a mail may hold a secret link; its reader has it"}
_WRITTEN = _ID | {"author_id": INNER, "thread_id": INNER, "accord_id": INNER}
_SESSION = dict.fromkeys(("digest", "previous_digest", "exit_digest", "challenge", "id_token"), SECRET) | dict.fromkeys(
    ("idle_minutes", "challenge_until", "rotate", "rotated_at"), INNER
)

PERSONAL: tuple[Part, ...] = (
    Part(
        "profile", label("Votre profil"), Person, _by(Person.id),
        ("email", "pseudonym", "college", "commune_insee", "age_bracket", "shows_commune", "created_at", "last_seen_at",
         "closing_at", "closing_erases", "closed_at"),
        _ACCOUNT, _ID | {"demo_persona": INNER}, {"college": COLLEGE_LABELS, "age_bracket": AGE_LABELS},
    ),
    Part(
        "ways", label("Vos façons d’entrer"), FederatedIdentity, _by(FederatedIdentity.person_id),
        ("provider", "issuer", "subject", "siret", "created_at", "last_used_at"), _ACCOUNT, _MINE,
        {"provider": WAYS},
    ),
    Part(
        "browsers", label("Vos appareils connectés"), WebSession, _by(WebSession.person_id),
        ("way", "device", "created_at", "last_seen_at", "expires_at", "verified_at", "ended_at"),
        label("un jour après la fin de la connexion"), _MINE | _SESSION, {"way": WAYS},
    ),
    Part(
        "passkeys", label("Vos clés d’accès"), Passkey, _by(Passkey.person_id), ("label", "created_at", "last_used_at"),
        _ACCOUNT, _MINE | {"credential_id": SECRET, "public_key": SECRET, "sign_count": INNER},
    ),
    Part(
        "recovery_codes", label("Vos codes de secours"), RecoveryCode, _by(RecoveryCode.person_id), ("used_at",),
        _ACCOUNT, _MINE | {"digest": SECRET},
    ),
    Part(
        "proofs", label("Liens envoyés et confirmations en attente"), EmailProof,
        lambda person: or_(
            col(EmailProof.email) == (person.email or ""), EmailProof.data["person"].as_integer() == person.id
        ),
        ("purpose", "email", "created_at", "expires_at", "used_at", "attempts"),
        label("un jour après la fin de leur validité"),
        _ID | {"digest": SECRET, "browser": SECRET, "code": SECRET, "data": INNER}, {"purpose": PURPOSES},
    ),
    Part(
        "parents", label("Accord de votre parent"), ParentAgreement, _by(ParentAgreement.person_id),
        ("email", "asked_at", "agreed_at", "withdrawn_at"), _ACCOUNT, _MINE,
    ),
    Part(
        "children", label("Accords que vous avez donnés comme parent"), ParentAgreement, _to(ParentAgreement.email),
        ("email", "asked_at", "agreed_at", "withdrawn_at"), _ACCOUNT, _ID | {"person_id": OTHER},
    ),
    Part(
        "roles", label("Vos rôles"), Role, _by(Role.person_id),
        ("kind", "territory_id", "reason", "starts_on", "ends_on", "ended_at", "end_reason"), _PUBLIC_ACTS,
        _MINE | {"granted_by": OTHER, "ended_by": OTHER}, {"kind": ROLE_LABELS},
    ),
    Part(
        "invitations", label("Rôles qui vous sont proposés"), Invitation, _to(Invitation.email),
        ("email", "kind", "territory_id", "reason", "starts_on", "ends_on", "status", "created_at", "expires_at"),
        label("30 jours après la fin de leur validité"), _ID | {"invited_by": OTHER},
        {"kind": ROLE_LABELS, "status": INVITATION_LABELS},
    ),
    Part(
        "delegates", label("Organisations pour lesquelles vous parlez"), Delegate,
        lambda person: or_(
            col(Delegate.person_id) == person.id,
            (col(Delegate.email) == (person.email or "-")) & col(Delegate.person_id).is_(None),
        ),
        ("organisation_id", "email", "status", "created_at", "accepted_at", "ended_at"), _PUBLIC_ACTS,
        _MINE | {"invited_by": OTHER}, {"status": DELEGATE_LABELS},
    ),
    Part(
        "organisations", label("Organisations que vous avez déclarées"), Organisation, _by(Organisation.declared_by),
        ("name", "kind", "college", "text", "website", "siret", "rna", "territory_id", "status", "created_at",
         "verified_at", "verified_how"),
        _PUBLIC_ACTS, _ID | {"slug": INNER, "declared_by": INNER},
        {"kind": ORGANISATION_KINDS, "college": COLLEGE_LABELS, "status": ORGANISATION_LABELS},
    ),
    Part(
        "needs", label("Vos besoins"), Need, _by(Need.author_id),
        ("reference", "title", "text", "signature", "territory_id", "commune_insee", "theme_id", "college",
         "organisation_id", "origin", "status", "stage", "outcome", "reason", "reason_note", "created_at",
         "published_at", "answer_due_on"),
        _WITHDRAWN,
        _WRITTEN | {"tracking_digest": SECRET, "voice_id": INNER, "priority_id": INNER, "supports": INNER,
                    "sheets": INNER},
        {"college": COLLEGE_LABELS, "origin": ORIGIN_LABELS, "status": MODERATION_LABELS, "stage": FOLLOW_UP_LABELS,
         "outcome": OUTCOME_LABELS, "reason": REASON_LABELS},
    ),
    Part(
        "comments", label("Vos commentaires"), Comment, _by(Comment.author_id),
        ("thread_id", "kind", "text", "signature", "territory_id", "college", "organisation_id", "body_id", "status",
         "reason", "reason_note", "created_at", "published_at", "version"),
        _WITHDRAWN, _ID | {"author_id": INNER, "parent_id": OTHER},
        {"college": COLLEGE_LABELS, "kind": COMMENT_LABELS, "status": MODERATION_LABELS, "reason": REASON_LABELS},
    ),
    Part(
        "voices", label("Votre voix dans chaque accord"), Voice, _by(Voice.person_id), ("forum_id", "college"),
        _WITHDRAWN, _MINE | {"organisation_id": INNER}, {"college": COLLEGE_LABELS},
    ),
    Part(
        "supports", label("Vos soutiens"), Support, _of_voice(Support.voice_id), ("thread_id", "created_at"),
        _WITHDRAWN, _ID | {"voice_id": INNER},
    ),
    Part(
        "positions", label("Vos positions"), Position, _of_voice(Position.voice_id),
        ("thread_id", "stance", "created_at"), _WITHDRAWN, _ID | {"voice_id": INNER}, {"stance": STANCE_LABELS},
    ),
    Part(
        "answers", label("Réponses écrites au nom d’une instance"), NeedAnswer, _by(NeedAnswer.author_id),
        ("need_id", "outcome", "text", "body_id", "addressee", "answered_on", "created_at"), _PUBLIC_ACTS,
        _ID | {"author_id": INNER}, {"outcome": OUTCOME_LABELS},
    ),
    Part(
        "sheets", label("Fiches-actions que vous avez commencées"), ActionSheet, _by(ActionSheet.author_id),
        ("reference", "title", "lede", "territory_id", "theme_id", "status", "created_at", "changed_at"), _PUBLIC_ACTS,
        _WRITTEN | dict.fromkeys(("content", "exit_reason", "addressee", "version", "edited"), INNER),
        {"status": SHEET_LABELS},
    ),
    Part(
        "versions", label("Versions de fiches que vous avez publiées"), SheetVersion, _by(SheetVersion.author_id),
        ("sheet_id", "number", "note", "published_at"), _PUBLIC_ACTS, _ID | {"author_id": INNER, "content": INNER},
    ),
    Part(
        "workshops", label("Ateliers que vous avez préparés"), Workshop, _by(Workshop.author_id),
        ("title", "place", "text", "territory_id", "starts_at", "minutes", "status", "conclusion", "next_steps",
         "opened_at", "closed_at", "published_at"),
        _PUBLIC_ACTS,
        _ID | {"author_id": INNER, "accord_id": INNER, "code": SECRET, "screen_key": SECRET, "step_id": INNER,
               "edited": INNER},
        {"status": ROOM_LABELS},
    ),
    Part(
        "mails", label("Messages encore gardés"), Mail, _to(Mail.to), ("subject", "created_at", "sent_at"),
        label("30 jours"), _SENT,
    ),
    Part(
        "events", label("L’historique de vos gestes"), Event,
        lambda person: or_(
            col(Event.actor_id) == person.id, (Event.subject_kind == "person") & (Event.subject_id == person.id)
        ),
        ("at", "subject_kind", "verb", "before", "after", "note"), _WITHDRAWN,
        _ID | {"subject_id": INNER, "actor_id": INNER},
        {"subject_kind": SUBJECTS, "verb": VERBS, "before": _STATES, "after": _STATES},
    ),
)  # fmt: skip

# Columns that point to a person from a row that is somebody else's: why they are in no part of their own.
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("role", "granted_by"): "the row is its holder's; that one granted it is in the events",
    ("role", "ended_by"): "the row is its holder's; that one ended it is in the events",
    ("invitation", "invited_by"): "the row is the guest's; that one invited is in the events",
    ("delegate", "invited_by"): "the row is the guest's; that one invited is in the events",
}
