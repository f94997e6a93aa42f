"""What may be chosen on one territory, and what is wrong in a contribution typed there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TypeVar

from sqlmodel import Session, col, func, select

from app.accords import queries as accords
from app.accords.models import Accord, Theme
from app.accords.states import Verb
from app.core.forms import Filled
from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.intake import queries
from app.intake.forms import TranscriptionForm
from app.intake.models import PrintedSheet
from app.needs.models import Campaign, Need
from app.places.models import Commune, Territory
from app.places.queries import reference

T = TypeVar("T", bound=TranscriptionForm)
WHOLE = "T"  # the place of what concerns the whole territory


@dataclass
class Choices:
    """A territory, its accord and themes, its communes and collectes; the sheets already typed, if asked."""

    territory: Territory
    accord: Accord
    themes: dict[str, Theme]
    communes: dict[str, Commune]
    campaigns: dict[int, Campaign]
    printed: dict[int, int]
    sheets: set[str] = field(default_factory=set)

    @cached_property
    def by_mark(self) -> dict[str, Campaign]:
        """The collectes by what their sheets begin with."""
        return {campaign.mark: campaign for campaign in self.campaigns.values()}

    def opened(self, day: date) -> bool:
        """Whether the calendar let people say a need on that day."""
        return any(Verb.SAY in phase.opens for phase in self.accord.phases if phase.is_current(day))

    def commune(self, place: str) -> Commune | None:
        """The commune of a place; None for the whole territory."""
        return self.communes.get(place)


def choices(db: Session, territory: Territory, *, with_sheets: bool = False) -> Choices | None:
    """What may be chosen here; None where no accord is open yet. ``with_sheets`` reads every reference already typed,
    for an import that compares thousands with them."""
    accord = accords.accord_of(db, territory.territory_id)
    if accord is None:
        return None
    campaigns: Sequence[Campaign] = queries.campaigns(db, territory.territory_id)
    last = db.execute(
        select(PrintedSheet.campaign_id, func.max(PrintedSheet.number))
        .where(col(PrintedSheet.campaign_id).in_([c.id for c in campaigns]))
        .group_by(col(PrintedSheet.campaign_id))
    )
    known = select(Need.sheet_ref).where(Need.territory_id == territory.territory_id, col(Need.sheet_ref).is_not(None))
    return Choices(
        territory=territory, accord=accord,
        themes={theme.code: theme for theme in accords.themes(db, accord.scheme_id)},
        communes={c.insee: c for c in reference(db).communes_of(territory.territory_id)},
        campaigns={c.id or 0: c for c in campaigns}, printed={row[0]: row[1] for row in last},
        sheets={ref for ref in db.exec(known) if ref} if with_sheets else set(),
    )  # fmt: skip


def numbered(here: Choices, ref: str) -> tuple[Campaign, int] | None:
    """The collecte and the number of a printed sheet: « ML-COLL-7 » is the seventh of « ML-COLL »."""
    mark, _dash, number = ref.replace(" ", "").rpartition("-")
    campaign = here.by_mark.get(mark)
    return (campaign, int(number)) if campaign and re.fullmatch(r"[0-9]{1,9}", number) else None


def check(here: Choices, form: Filled[T]) -> None:
    """Refuse what only the territory can tell; a printed sheet brings its collecte and its exact reference."""
    place, theme = form.values.get("place"), form.values.get("theme")
    if place and place != WHOLE and place not in here.communes:
        form.refuse("place", _("Choisissez une commune de la liste, ou tout le territoire."))
    if theme and theme not in here.themes:
        form.refuse("theme", _("Choisissez une des réponses proposées."))
    data = form.data
    if data is None:  # all that is wrong is said at once, so that a file is not sent again for each fault
        return
    _check_sheet(here, form, data)
    campaign = here.campaigns.get(data.campaign_id or 0)
    if data.campaign_id and campaign is None:
        form.refuse("campaign_id", _("Choisissez une des réponses proposées."))
    _check_day(here, form, data.collected_on, campaign)


def _check_sheet(here: Choices, form: Filled[T], data: TranscriptionForm) -> None:
    found = numbered(here, data.sheet_ref)
    if found is None:
        return
    campaign, number = found
    last = here.printed.get(campaign.id or 0, 0)
    if data.campaign_id not in (None, campaign.id):
        form.refuse("sheet_ref", _("Cette fiche est celle de la collecte « %(name)s ».") % {"name": campaign.name})
    elif last and not 1 <= number <= last:
        message = _("Cette fiche n’a pas été imprimée : la dernière porte le numéro %(ref)s.")
        form.refuse("sheet_ref", message % {"ref": queries.sheet_ref(campaign.mark, last)})
    else:
        data.campaign_id, data.sheet_ref = campaign.id, queries.sheet_ref(campaign.mark, number)


def _check_day(here: Choices, form: Filled[T], day: date, campaign: Campaign | None) -> None:
    """The day that counts is the one when it was said: a calendar closed since does not shut paper out."""
    if campaign and day < campaign.starts_on:
        message = _("La collecte « %(name)s » commence le %(date)s.")
        form.refuse("collected_on", message % {"name": campaign.name, "date": fdate(campaign.starts_on)})
    elif campaign and campaign.ends_on and day > campaign.ends_on:
        message = _("La collecte « %(name)s » a pris fin le %(date)s.")
        form.refuse("collected_on", message % {"name": campaign.name, "date": fdate(campaign.ends_on)})
    elif not here.opened(day):
        form.refuse("collected_on", _("Ce jour-là, le calendrier du territoire n’ouvrait pas le recueil des besoins."))
