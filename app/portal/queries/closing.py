"""What keeps an account from being closed: somebody must still administer, and speak for an organisation."""

from collections.abc import Sequence

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from app.core.db import IN_HAND
from app.core.i18n import gettext as _
from app.core.i18n import today
from app.identity.models import Delegate, Organisation
from app.identity.queries import roles as mandates
from app.identity.states import DelegateStatus, OrganisationStatus
from app.policy.actor import in_force


def last_administrator(db: Session, person_id: int, *, lock: bool = False) -> bool:
    """Whether nobody else could administer the site; ``lock``: two who leave at once wait for each other."""
    held = [role for role in mandates.administrators(db, in_hand=lock) if in_force(role, today())]
    return {role.person_id for role in held} == {person_id}


def alone_for(db: Session, person_id: int, *, lock: bool = False) -> Sequence[str]:
    """The organisations that would have no delegate left, by name."""
    if lock:
        mine = select(Delegate.organisation_id).where(Delegate.person_id == person_id)
        db.exec(select(Organisation).where(col(Organisation.id).in_(mine)).with_for_update(**IN_HAND)).all()
    other = aliased(Delegate)
    another = exists().where(
        col(other.organisation_id) == Organisation.id, col(other.status) == DelegateStatus.ACCEPTED.value,
        col(other.person_id) != person_id,
    )  # fmt: skip
    return db.exec(
        select(Organisation.name)
        .join(Delegate, col(Delegate.organisation_id) == Organisation.id)
        .where(Delegate.person_id == person_id, Delegate.status == DelegateStatus.ACCEPTED.value, ~another)
        .where(Organisation.status != OrganisationStatus.CLOSED.value)
        .order_by(Organisation.name)
    ).all()


def hindrances(db: Session, person_id: int, *, lock: bool = False) -> list[str]:
    """What must be done before the account may close, in words; empty when nothing."""
    found = []
    if last_administrator(db, person_id, lock=lock):
        found.append(
            _("Vous êtes la seule personne qui administre le site. Confiez d’abord ce rôle à quelqu’un d’autre.")
        )
    found += [
        _("Personne d’autre ne parle pour « %(name)s ». Nommez une autre personne, ou fermez la page.") % {"name": name}
        for name in alone_for(db, person_id, lock=lock)
    ]
    return found
