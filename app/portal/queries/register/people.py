"""Who somebody is to the site: profile, ways in, mandates."""

from sqlmodel import col, or_

from app.core.machine import label
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
from app.portal.queries.register.parts import (
    ACCOUNT,
    ID,
    INNER,
    MINE,
    OTHER,
    PUBLIC_ACTS,
    SECRET,
    SESSION,
    Part,
    by,
    to,
)
from app.portal.queries.words import PURPOSES, WAYS

PEOPLE: tuple[Part, ...] = (
    Part(
        "profile", label("Votre profil"), Person, by(Person.id),
        ("email", "pseudonym", "college", "commune_insee", "age_bracket", "shows_commune", "created_at", "last_seen_at",
         "closing_at", "closing_erases", "closed_at"),
        ACCOUNT, ID | {"demo_persona": INNER}, {"college": COLLEGE_LABELS, "age_bracket": AGE_LABELS},
    ),
    Part(
        "ways", label("Vos façons d’entrer"), FederatedIdentity, by(FederatedIdentity.person_id),
        ("provider", "issuer", "subject", "siret", "created_at", "last_used_at"), ACCOUNT, MINE,
        {"provider": WAYS},
    ),
    Part(
        "browsers", label("Vos appareils connectés"), WebSession, by(WebSession.person_id),
        ("way", "device", "created_at", "last_seen_at", "expires_at", "verified_at", "ended_at"),
        label("un jour après la fin de la connexion"), MINE | SESSION, {"way": WAYS},
    ),
    Part(
        "passkeys", label("Vos clés d’accès"), Passkey, by(Passkey.person_id), ("label", "created_at", "last_used_at"),
        ACCOUNT, MINE | {"credential_id": SECRET, "public_key": SECRET, "sign_count": INNER},
    ),
    Part(
        "recovery_codes", label("Vos codes de secours"), RecoveryCode, by(RecoveryCode.person_id), ("used_at",),
        ACCOUNT, MINE | {"digest": SECRET},
    ),
    Part(
        "proofs", label("Liens envoyés et confirmations en attente"), EmailProof,
        lambda person: or_(
            col(EmailProof.email) == (person.email or ""), EmailProof.data["person"].as_integer() == person.id
        ),
        ("purpose", "email", "created_at", "expires_at", "used_at", "attempts"),
        label("un jour après la fin de leur validité"),
        ID | {"digest": SECRET, "browser": SECRET, "code": SECRET, "data": INNER}, {"purpose": PURPOSES},
    ),
    Part(
        "parents", label("Accord de votre parent"), ParentAgreement, by(ParentAgreement.person_id),
        ("email", "asked_at", "agreed_at", "withdrawn_at"), ACCOUNT, MINE,
    ),
    Part(
        "children", label("Accords que vous avez donnés comme parent"), ParentAgreement, to(ParentAgreement.email),
        ("email", "asked_at", "agreed_at", "withdrawn_at"), ACCOUNT, ID | {"person_id": OTHER},
    ),
    Part(
        "roles", label("Vos rôles"), Role, by(Role.person_id),
        ("kind", "territory_id", "reason", "starts_on", "ends_on", "ended_at", "end_reason"), PUBLIC_ACTS,
        MINE | {"granted_by": OTHER, "ended_by": OTHER}, {"kind": ROLE_LABELS},
    ),
    Part(
        "invitations", label("Rôles qui vous sont proposés"), Invitation, to(Invitation.email),
        ("email", "kind", "territory_id", "reason", "starts_on", "ends_on", "status", "created_at", "expires_at"),
        label("30 jours après la fin de leur validité"), ID | {"invited_by": OTHER},
        {"kind": ROLE_LABELS, "status": INVITATION_LABELS},
    ),
    Part(
        "delegates", label("Organisations pour lesquelles vous parlez"), Delegate,
        lambda person: or_(
            col(Delegate.person_id) == person.id,
            (col(Delegate.email) == (person.email or "-")) & col(Delegate.person_id).is_(None),
        ),
        ("organisation_id", "email", "status", "created_at", "accepted_at", "ended_at"), PUBLIC_ACTS,
        MINE | {"invited_by": OTHER}, {"status": DELEGATE_LABELS},
    ),
    Part(
        "organisations", label("Organisations que vous avez déclarées"), Organisation, by(Organisation.declared_by),
        ("name", "kind", "college", "text", "website", "siret", "rna", "territory_id", "status", "created_at",
         "verified_at", "verified_how"),
        PUBLIC_ACTS, ID | {"slug": INNER, "declared_by": INNER},
        {"kind": ORGANISATION_KINDS, "college": COLLEGE_LABELS, "status": ORGANISATION_LABELS},
    ),
)  # fmt: skip
