"""Invented people of the demonstration: one per row of the persons table, and a crowd of voices."""

import random
from dataclasses import dataclass
from datetime import timedelta

from slugify import slugify
from sqlmodel import Session

from app.core.db import now
from app.core.i18n import today
from app.identity.models import Delegate, Invitation, Organisation, Person, Role
from app.identity.states import (
    COLLEGE_OF_KIND,
    College,
    DelegateStatus,
    InvitationStatus,
    OrganisationKind,
    OrganisationStatus,
    RoleKind,
)
from app.places.models import Territory
from app.places.queries import reference
from app.seed.accords import Ground

HOME = "242900835"  # Morlaix Communauté, where the demonstration persons live
CROWD = 160
_SHARES = [
    (College.RESIDENTS, 60), (College.ASSOCIATIONS, 15), (College.BUSINESSES, 9), (College.YOUTH, 13),
    (College.INSTITUTIONS, 3),
]  # fmt: skip
_FIRST = (
    "Maëlle Yann Soazig Loïc Nolwenn Erwan Rozenn Tanguy Enora Gwendal Aziliz Ronan Katell Malo Lena Corentin "
    "Fanch Bleuenn Alan Gaëlle Mona Youenn Sterenn Denez Clarisse Amina Bruno Inès Karim Odile Paol Titouan"
).split()
# persona, first name shown, collège, role
_CAST: list[tuple[str, str, College, RoleKind | None]] = [
    ("resident", "Soazig, habitante", College.RESIDENTS, None),
    ("association", "Bruno, association Trégor à vélo", College.RESIDENTS, None),
    ("youth", "Inès, Jeunes en Finistère", College.YOUTH, None),
    ("facilitator", "Amina, animatrice", College.INSTITUTIONS, RoleKind.FACILITATOR),
    ("moderator", "Nolwenn, Conseil de développement", College.RESIDENTS, RoleKind.MODERATOR),
    ("elected", "Denez, élu", College.INSTITUTIONS, RoleKind.ELECTED),
    ("technician", "Clarisse, équipe technique", College.INSTITUTIONS, RoleKind.TECHNICIAN),
    ("relay", "Katell, relais en mairie", College.INSTITUTIONS, RoleKind.RELAY),
    ("second_moderator", "Goulven, Conseil de développement", College.RESIDENTS, RoleKind.MODERATOR),
    ("data_manager", "Karim, administrateur de données", College.INSTITUTIONS, RoleKind.DATA_MANAGER),
    ("referent", "Odile, référente du territoire", College.INSTITUTIONS, RoleKind.REFERENT),
    ("administrator", "Paol, administrateur du site", College.INSTITUTIONS, RoleKind.ADMINISTRATOR),
]
_EVERYWHERE = {RoleKind.DATA_MANAGER, RoleKind.ADMINISTRATOR}
# who speaks for it, kind, name, what it does, RNA
_ORGANISATIONS: list[tuple[str, OrganisationKind, str, str, str | None]] = [
    (
        "association", OrganisationKind.ASSOCIATION, "Trégor à vélo",
        "Association inventée pour la démonstration. Elle réunit des cyclistes du quotidien autour de Morlaix.",
        "W291000001",
    ),
    (
        "youth", OrganisationKind.YOUTH_BODY, "Jeunes en Finistère",
        "Instance de jeunes de 12 à 27 ans. Dans cette démonstration, ses membres et ses avis sont inventés.", None,
    ),
]  # fmt: skip


@dataclass
class Cast:
    """Who plays in the demonstration."""

    personas: dict[str, Person]
    crowd: list[Person]

    def id_of(self, persona: str) -> int:
        """The id of one of the persons one can become."""
        return self.personas[persona].id or 0


def load_people(db: Session, grounds: dict[str, Ground], chance: random.Random) -> Cast:
    """The persons one can sign in as, then the crowd."""
    home = grounds[HOME].territory.territory_id
    personas = {}
    for key, name, college, kind in _CAST:
        person = Person(
            email=f"{key.replace('_', '-')}@demo.emglev.example", pseudonym=name, college=college.value,
            created_at=now(), demo_persona=key,
        )  # fmt: skip
        db.add(person)
        db.flush()
        if kind:
            db.add(
                Role(
                    person_id=person.id or 0, kind=kind.value, territory_id=None if kind in _EVERYWHERE else home,
                    starts_on=today(), reason="Démonstration",
                )
            )  # fmt: skip
        personas[key] = person
    _offer(db, personas["resident"], personas["referent"], home)
    for persona, organisation, title, text, rna in _ORGANISATIONS:
        _organisation(db, personas[persona], home, organisation, title, text, rna)
    return Cast(personas, _crowd(db, chance, _communes(db, grounds[HOME].territory)))


def _offer(db: Session, to: Person, by: Person, territory_id: int) -> None:
    """A role that waits for its answer: who plays the resident may accept it."""
    db.add(
        Invitation(
            email=to.email or "", kind=RoleKind.FACILITATOR.value, territory_id=territory_id, invited_by=by.id,
            reason="Volontaire pour animer les ateliers de printemps (invention de la démonstration).",
            starts_on=today(), ends_on=today() + timedelta(days=180), status=InvitationStatus.SENT.value,
            created_at=now(), expires_at=now() + timedelta(days=30),
        )
    )  # fmt: skip


def _organisation(
    db: Session, delegate: Person, territory_id: int, kind: OrganisationKind, name: str, text: str, rna: str | None
) -> None:
    organisation = Organisation(
        slug=slugify(name), kind=kind.value, college=COLLEGE_OF_KIND[kind].value, name=name, text=text, rna=rna,
        territory_id=territory_id, status=OrganisationStatus.VERIFIED.value, declared_by=delegate.id,
        created_at=now(), verified_at=now(), verified_how="moderator",
    )  # fmt: skip
    db.add(organisation)
    db.flush()
    db.add(
        Delegate(
            organisation_id=organisation.id or 0, person_id=delegate.id, email=delegate.email or "",
            status=DelegateStatus.ACCEPTED.value, created_at=now(), accepted_at=now(),
        )
    )  # fmt: skip


def _communes(db: Session, territory: Territory) -> list[str | None]:
    """Where the crowd lives: by population, two persons in three, but hardly anyone from the smallest third."""
    communes = sorted(reference(db).communes_of(territory.territory_id), key=lambda c: -c.population)
    heard = communes[: -len(communes) // 3]
    people = random.Random(5)  # its own draw: the rest of the demonstration does not move with it
    chosen = people.choices([c.insee for c in heard], [c.population for c in heard], k=CROWD)
    return [insee if people.random() < 0.66 else None for insee in chosen]


def _crowd(db: Session, chance: random.Random, communes: list[str | None]) -> list[Person]:
    colleges = [college for college, share in _SHARES for _n in range(share)]
    crowd = []
    for number in range(CROWD):
        name = f"{_FIRST[number % len(_FIRST)]} {'ABCDEFGHJKLMNPQRST'[number // len(_FIRST)]}."
        crowd.append(
            Person(
                email=f"voix-{number}@demo.emglev.example", pseudonym=name, college=chance.choice(colleges).value,
                commune_insee=communes[number], created_at=now(),
            )
        )  # fmt: skip
    db.add_all(crowd)
    db.flush()
    return crowd
