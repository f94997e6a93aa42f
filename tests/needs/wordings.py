"""Needs published straight into the database, for what reads them."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from app.accords.models import Accord
from app.core import search
from app.core.db import now
from app.needs.models import Need
from app.needs.queries import KIND
from app.threads.models import Thread
from tests.site import Site


def publish(
    site: Site, wordings: Sequence[tuple[str, str]], territory_id: int, *, status: str = "published"
) -> list[int]:
    """One need a wording (title, text) on this territory, with its words findable whatever its status; their ids."""
    with site.writing() as db:
        return [_one(db, title, text, territory_id, status) for title, text in wordings]


def _one(db: Session, title: str, text: str, territory_id: int, status: str) -> int:
    accord = db.exec(select(Accord).where(Accord.territory_id == territory_id)).one()
    model = db.exec(select(Need).order_by(col(Need.id)).limit(1)).one()
    number = len(db.exec(select(Need.id)).all())
    thread = Thread(forum_id=accord.forum_id)
    db.add(thread)
    db.flush()
    need = Need(
        reference=f"T-{number:05d}", tracking_digest=f"wording {number}", thread_id=thread.id or 0, title=title,
        accord_id=accord.id or 0, territory_id=territory_id, theme_id=model.theme_id, college="habitants", text=text,
        signature="Une voix", origin="online", status=status, stage="received", created_at=now(), published_at=now(),
    )  # fmt: skip
    db.add(need)
    db.flush()
    search.index(db, KIND, need.id or 0, title, text)
    return need.id or 0
