"""Load-or-404-or-403 for intake: the territory where one works, a collecte, a contribution typed, an import."""

from collections.abc import Callable
from dataclasses import dataclass

from app.accords.access import found
from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.identity.access import Me, check
from app.intake import queries
from app.intake.models import NeedImport
from app.intake.queries import imports
from app.intake.queries.choices import Choices, choices
from app.needs.models import Campaign, Need
from app.places.models import Territory
from app.places.queries import reference
from app.policy import NEED_PROOFREAD, NEED_TRANSCRIBE


@dataclass(frozen=True)
class Ground:
    """A territory as the table of rights asks of it, before any contribution is in hand."""

    territory_id: int
    author_id: int | None = None
    transcribed_by: int | None = None


def territory_for(right: str) -> Callable[..., Territory]:
    """A dependency: the territory named by ``?territoire=``, or the first one where the right is held."""

    def load(db: Db, me: Me, territoire: str = "") -> Territory:
        places = reference(db)
        if territoire:
            chosen = found(places.by_slug.get(territoire))
        else:
            mine = (t for t in places.territories if me.can(right, Ground(t.territory_id)))
            asleep = (t for t in places.territories if me.could(right, Ground(t.territory_id)))
            chosen = next(mine, None) or next(asleep, None) or places.departement
        check(me, right, Ground(chosen.territory_id))
        return chosen

    return load


def choices_for(right: str, *, with_sheets: bool = False) -> Callable[..., Choices]:
    """A dependency: what may be chosen on that territory; without an accord there is nothing to say there."""

    def load(db: Db, me: Me, territoire: str = "") -> Choices:
        here = choices(db, territory_for(right)(db, me, territoire), with_sheets=with_sheets)
        if here is None:
            raise NotFoundError(_("Ce territoire n’a pas encore d’accord : rien ne s’y recueille."))
        return here

    return load


def campaign_for(right: str) -> Callable[..., Campaign]:
    """A dependency: this collecte, if the right is held on its territory."""

    def load(db: Db, me: Me, campaign_id: int) -> Campaign:
        campaign = found(queries.campaign(db, campaign_id) if campaign_id < 2**31 else None)
        check(me, right, campaign)
        return campaign

    return load


def typed_for(*rights: str) -> Callable[..., Need]:
    """A dependency: this contribution typed for somebody, if one of these rights is held on it; the first that is
    refused says why. Another territory's does not exist here."""

    def load(db: Db, me: Me, need_id: int) -> Need:
        need = found(queries.typed(db, need_id) if need_id < 2**31 else None)
        ground = Ground(need.territory_id)
        if me.signed_in and not any(
            ask(right, ground) for ask in (me.can, me.could) for right in (NEED_TRANSCRIBE, NEED_PROOFREAD)
        ):
            raise NotFoundError
        if not any(me.can(right, need) for right in rights):
            check(me, rights[0], need)
        return need

    return load


def import_for(right: str) -> Callable[..., NeedImport]:
    """A dependency: one's own import; it holds the words of people whom nobody read yet."""

    def load(db: Db, me: Me, import_id: int) -> NeedImport:
        held = found(imports.one(db, import_id) if import_id < 2**31 else None)
        check(me, right, held)
        if held.author_id != me.person_id:
            raise NotFoundError
        return held

    return load
