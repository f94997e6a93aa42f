"""Verbs of collectes: prepare one, change it, print its numbered sheets."""

from sqlmodel import Session

from app.core.db import IN_HAND, now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.security import digest, random_code
from app.intake import queries
from app.intake.forms import CampaignForm
from app.intake.models import PrintedSheet
from app.needs.models import Campaign
from app.places.models import Territory

CODE_LENGTH = 12  # 5 bits each: 60 random bits, as any tracking code
LAST_NUMBER = 9999  # what four digits write


def mark_of(territory: Territory, word: str) -> str:
    """« COLL » at Morlaix gives « ML-COLL »: two territories may choose the same word."""
    return f"{territory.code}-{word}"


def prepare(db: Session, territory: Territory, form: CampaignForm, *, by: int) -> Campaign:
    """A new collecte; its mark must be free."""
    campaign = Campaign(
        mark=mark_of(territory, form.word), territory_id=territory.territory_id, name=form.name, text=form.text,
        starts_on=form.starts_on, ends_on=form.ends_on, created_by=by, created_at=now(),
    )  # fmt: skip
    note_event(db, campaign, "create", by=by)
    return campaign


def change(db: Session, campaign: Campaign, form: CampaignForm, *, by: int) -> None:
    """Its name, dates and words; its mark stays, for it may be on paper already."""
    campaign.name, campaign.text = form.name, form.text
    campaign.starts_on, campaign.ends_on = form.starts_on, form.ends_on
    note_event(db, campaign, "edit", by=by)


def print_sheets(db: Session, campaign: Campaign, count: int, *, by: int) -> list[tuple[str, str]]:
    """New sheets: the reference and the secret code of each. The codes are kept nowhere but on the paper.

    Raises:
        ConflictError: four digits no longer number them.
    """
    db.refresh(campaign, with_for_update=IN_HAND)  # two who print at once: the numbers of the second follow
    first = queries.printed(db, campaign.id or 0) + 1
    last = first + count - 1
    if last > LAST_NUMBER:
        raise ConflictError(_("Cette collecte a déjà 9 999 fiches : préparez-en une autre."))
    codes = [random_code(CODE_LENGTH) for _sheet in range(count)]
    db.add_all(
        PrintedSheet(campaign_id=campaign.id or 0, number=number, digest=digest(code))
        for number, code in enumerate(codes, start=first)
    )
    note_event(db, campaign, "print", by=by, note=f"{first}-{last}")
    return [(queries.sheet_ref(campaign.mark, number), code) for number, code in enumerate(codes, start=first)]
