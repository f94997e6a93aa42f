"""Demonstration intake: a collecte at Morlaix with its printed sheets, what was typed from them, an import to check."""

from datetime import timedelta

from sqlmodel import Session, col, select

from app.core.db import now
from app.core.i18n import today
from app.core.machine import note_event
from app.core.security import digest
from app.intake import queries
from app.intake.models import PrintedSheet
from app.intake.queries.choices import choices
from app.intake.service import imports
from app.needs import service as needs
from app.needs.models import Campaign, Need
from app.seed.needs import Loader
from app.seed.people import HOME
from app.threads.states import Origin

PRINTED = 40
SHEET_CODE_KEY = "demonstration-emglev-fiche-{n:03d}"
# Who typed the paper needs of Morlaix, in their order, and who read them again.
HANDS = (("facilitator", None), ("relay", "facilitator"), ("relay", None))
ROWS = (
    ("papier", "ML-COLL-0010", "Morlaix", "habitants", "Un abri contre la pluie à l’arrêt du viaduc",
     "On attend le car debout, sous la pluie, il n’y a ni toit ni banc."),
    ("papier", "ML-COLL-0011", "Carantec", "associations", "Une salle chauffée pour répéter l’hiver",
     "Notre chorale répète en manteau de novembre à mars."),
    ("papier", "ML-COLL-0099", "Landernau", "habitants", "Un guichet ouvert le samedi",
     "Je travaille toute la semaine, la mairie ferme à midi."),
)  # fmt: skip


def load_intake(loader: Loader) -> None:
    """A collecte, forty sheets of which three are typed, and an import of three rows, one of them wrong."""
    db, ground = loader.db, loader.grounds[HOME]
    campaign = Campaign(
        mark=f"{ground.territory.code}-COLL", territory_id=ground.territory.territory_id,
        name="Marchés et mairies, automne", text="Une fiche par besoin. Rendez-la en mairie ou au stand du marché.",
        starts_on=today() - timedelta(days=90), created_by=loader.cast.id_of("relay"), created_at=now(),
    )  # fmt: skip
    note_event(db, campaign, "create", by=campaign.created_by)
    typed = db.exec(
        select(Need)
        .where(Need.territory_id == campaign.territory_id, Need.origin == Origin.PAPER.value)
        .order_by(col(Need.id))
    ).all()
    codes = {n: digest(needs.tracking_code(SHEET_CODE_KEY.format(n=n))) for n in range(1, PRINTED + 1)}
    codes |= {number: need.tracking_digest for number, need in enumerate(typed, start=1)}
    db.add_all(PrintedSheet(campaign_id=campaign.id or 0, number=n, digest=code) for n, code in codes.items())
    for number, (need, (clerk, reader)) in enumerate(zip(typed, HANDS, strict=False), start=1):
        need.campaign_id, need.sheet_ref = campaign.id, queries.sheet_ref(campaign.mark, number)
        need.collected_on, need.transcribed_by = need.created_at.date(), loader.cast.id_of(clerk)
        if reader:
            need.second_reader_id, need.second_read_at = loader.cast.id_of(reader), need.created_at + timedelta(hours=4)
        db.add(need)
    db.flush()
    _import(db, loader, campaign)


def _import(db: Session, loader: Loader, campaign: Campaign) -> None:
    here = choices(db, loader.grounds[HOME].territory, with_sheets=True)
    if here is None:
        return
    day, theme = today().strftime("%d/%m/%Y"), next(iter(here.themes.values())).name
    keys = ("origine", "fiche", "commune", "college", "titre", "texte")
    rows = [
        (number, dict(zip(keys, row, strict=True)) | {"recueilli_le": day, "theme": theme})
        for number, row in enumerate(ROWS, start=2)
    ]
    imports.keep(
        db, here, rows, campaign_id=campaign.id, filename="marche-de-morlaix.csv", by=loader.cast.id_of("relay")
    )
