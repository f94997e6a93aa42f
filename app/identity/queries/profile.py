"""What is public of a person, and what a parent agreed to."""

from slugify import slugify
from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, select

from app.core.i18n import gettext as _
from app.identity.models import Body, Organisation, ParentAgreement, Person
from app.identity.states import AgeBracket, OrganisationStatus
from app.places.queries import reference


def closed_name() -> str:
    """What stands where the pseudonym of a closed account stood."""
    return _("Compte fermé")


def young_name() -> str:
    """What stands for the pseudonym of somebody under 15."""
    return _("Une jeune voix")


def no_account() -> str:
    """What stands for the name of somebody who writes without an account."""
    return _("Sans compte")


def is_reserved(db: Session, name: str) -> bool:
    """Whether a pseudonym would read as an organisation, a body, or nobody; case and accents do not matter."""
    read = _as_read(name)
    if read in {_as_read(other) for other in (closed_name(), young_name(), no_account(), *db.exec(select(Body.name)))}:
        return True
    verified = select(Organisation.name).where(Organisation.status == OrganisationStatus.VERIFIED.value)
    return read in {_as_read(other) for other in db.exec(verified)}


def _as_read(name: str) -> str:
    return slugify(name.replace("’", "-"))


def public_name(db: Session, person: Person) -> str:
    """How a person signs: a pseudonym, and a commune if they show it; under 15, no pseudonym."""
    if person.closed_at is not None:
        return closed_name()
    young = person.age_bracket == AgeBracket.UNDER_15
    name = young_name() if young else person.pseudonym
    commune = reference(db).commune_by_insee.get(person.commune_insee or "")
    return f"{name}, {commune.name}" if person.shows_commune and commune else name


def name_in_lists() -> ColumnElement[str]:
    """As ``public_name``, for the rows of a query on persons; whoever leaves with their words is named no more."""
    young = col(Person.age_bracket) == AgeBracket.UNDER_15.value
    return case(
        (col(Person.closing_erases).is_(True), closed_name()), (young, young_name()), else_=col(Person.pseudonym)
    )  # fmt: skip


def agreement_of(db: Session, person_id: int) -> ParentAgreement | None:
    """The last agreement asked from a parent of this person."""
    statement = select(ParentAgreement).where(ParentAgreement.person_id == person_id)
    return db.exec(statement.order_by(col(ParentAgreement.id).desc()).limit(1)).first()
