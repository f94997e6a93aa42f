"""Demonstration photos and documents: drawn here, so that they show nobody; each says that it is a demonstration."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont
from sqlmodel import Session, select

from app.actions.models import ActionSheet
from app.core import files as store
from app.core import pdf
from app.core.db import now
from app.needs.models import Need
from app.threads.forms import Chosen
from app.threads.models import File
from app.threads.service import files
from app.threads.states import MODERATION

FONT = pdf.FONTS / "fonts/text-regular.ttf"
SIZE = (1200, 800)
SKY, ROAD, STONE, SLATE, SEA = "#bcd3dc", "#8d9296", "#d9d2c3", "#4b5a63", "#3f7f8c"
Drawing = Callable[[ImageDraw.ImageDraw], None]


def _street(pen: ImageDraw.ImageDraw) -> None:
    """Five houses, their shutters closed."""
    pen.rectangle((0, 640, 1200, 800), fill=ROAD)
    for left in range(60, 1100, 220):
        pen.rectangle((left, 280, left + 190, 640), fill=STONE)
        pen.polygon([(left - 12, 280), (left + 95, 160), (left + 202, 280)], fill=SLATE)
        for x, y in ((left + 25, 330), (left + 115, 330), (left + 25, 480)):
            pen.rectangle((x, y, x + 50, y + 90), fill="#5f7f95", outline=SLATE, width=4)
        pen.rectangle((left + 115, 500, left + 165, 640), fill="#6b4a3a")


def _rocks(pen: ImageDraw.ImageDraw) -> None:
    """Rocks by the sea, and many people on them, as dots."""
    pen.rectangle((0, 330, 1200, 560), fill=SEA)
    pen.rectangle((0, 560, 1200, 800), fill="#e4d9b8")
    for x, y, r in ((220, 600, 170), (520, 640, 210), (840, 610, 180), (1090, 660, 150)):
        pen.ellipse((x - r, y - r * 0.6, x + r, y + r * 0.6), fill="#c79a86", outline="#9b6f5d", width=4)
    for n in range(46):
        x, y = 80 + (n * 137) % 1050, 520 + (n * 71) % 190
        pen.ellipse((x, y, x + 20, y + 20), fill=("#1f3a4d", "#7a2f3b", "#e0b23c")[n % 3])


def _ridge(pen: ImageDraw.ImageDraw) -> None:
    """A dry ridge, and an empty pond."""
    pen.polygon([(0, 520), (360, 300), (700, 470), (980, 280), (1200, 430), (1200, 800), (0, 800)], fill="#9c8d5a")
    pen.ellipse((380, 590, 820, 720), fill="#c9b98a", outline="#7d6f45", width=6)


PHOTOS: tuple[tuple[str, str, str, Drawing, bool], ...] = (
    ("Dix mois sur douze les volets sont fermés dans ma rue", "rue-aux-volets-clos.jpg",
     "Dessin de démonstration : une rue de cinq maisons, tous les volets fermés.", _street, True),
    ("Trop de monde sur les mêmes cailloux", "rochers.jpg",
     "Dessin de démonstration : des rochers au bord de la mer, couverts de visiteurs.", _rocks, True),
    ("De l’eau pour les pompiers sur la crête", "crete.png",
     "Dessin de démonstration : une crête sèche et une mare vide.", _ridge, False),
)  # fmt: skip
SHEET = "Navette du soir Morlaix, Plouigneau, Guerlesquin"
PLAN_TITLE = "Horaires envisagés (document de démonstration)"
PLAN = {
    "title": PLAN_TITLE,
    "text": ["Ce document est inventé pour la démonstration. Il montre qu’une fiche-action peut porter un document."],
    "lines": ["Départ de Morlaix à 19 h 10 et à 21 h 40", "Arrêts à la demande dans les bourgs", "Retour le vendredi"],
}


def _photo(draw: Drawing, name: str) -> bytes:
    picture = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(picture)
    draw(pen)
    pen.rectangle((0, 0, 1200, 64), fill="#ffffff")
    pen.text((24, 12), "Démonstration : dessin, pas une photo", fill="#111111", font=ImageFont.truetype(FONT, 36))
    written = BytesIO()
    picture.save(written, "PNG" if name.endswith(".png") else "JPEG")
    return written.getvalue()


def load_files(db: Session, *, moderator: int, technician: int) -> int:
    """Three drawings on needs, one of which waits to be read, and a document on a fiche; how many."""
    loaded = 0
    for title, name, alt, draw, shown in PHOTOS:
        need = db.exec(select(Need).where(Need.title == title)).first()
        if need:
            chosen = Chosen(store.check(name, _photo(draw, name)), alt)
            file = files.attach(db, need, [chosen], a_posteriori=False)[0]
            if shown:
                _read(db, file, by=moderator)
            loaded += 1
    sheet = db.exec(select(ActionSheet).where(ActionSheet.title == SHEET)).first()
    if sheet:
        plan = store.check("horaires.pdf", pdf.compile_document("demo_plan.typ", json.dumps(PLAN)))
        files.add(db, sheet.thread_id, sheet.territory_id, Chosen(plan, PLAN_TITLE), by=technician)
        loaded += 1
    return loaded


def _read(db: Session, file: File, *, by: int) -> None:
    """Published a moment ago, without a mail to anybody."""
    at = now() - timedelta(minutes=5)
    MODERATION.move(db, file, "publish", by=by, at=at)
    file.published_at = at
