"""Verbs of whoever writes a fiche: begin, save, publish, say which needs and priorités it serves."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, delete

from app.accords.models import Accord, Priority
from app.accords.states import Stage
from app.actions import queries
from app.actions.models import ActionSheet, SheetNeed, SheetPriority, SheetVersion
from app.actions.states import SHEET_LABELS, Sheet, whole
from app.core import search
from app.core.db import IN_HAND, insert_once, now
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.needs import service as needs
from app.needs.models import Need
from app.needs.queries import PUBLIC as PUBLIC_NEEDS
from app.threads import service as threads
from app.threads.service import follows

DOUBLE_CLICK = timedelta(minutes=1)
_FOUND_BY = ("title", "lede", "context", "needs_found", "objectives", "description", "holder", "partners", "area")


class StaleError(ConflictError):
    """Somebody saved the fiche after this form was opened."""


def address(sheet: ActionSheet) -> str:
    """The path of its page."""
    return f"/fiches-actions/{sheet.reference}"


def in_hand(db: Session, sheet: ActionSheet) -> None:
    """One writer at a time per fiche: the second sees what the first wrote."""
    db.add(sheet)
    db.flush()
    db.refresh(sheet, ["content", "edited", "version", "status"], with_for_update=IN_HAND)


def begin(
    db: Session, accord: Accord, *, theme_id: int, title: str, by: int, needs: Sequence[Need],
    priorities: Sequence[Priority],
) -> ActionSheet:  # fmt: skip
    """As ``draft``, once: the same title by the same person within a minute is a double click."""
    threads.in_turn(db, accord.forum_id)
    already = queries.just_begun(db, accord.id or 0, title, by, now() - DOUBLE_CLICK)
    return already or draft(db, accord, theme_id=theme_id, title=title, by=by, needs=needs, priorities=priorities)


def draft(
    db: Session, accord: Accord, *, theme_id: int, title: str, by: int | None, needs: Sequence[Need] = (),
    priorities: Sequence[Priority] = (),
) -> ActionSheet:  # fmt: skip
    """Begin a fiche, read by the technicians of its territory only until its first version.

    Raises:
        ForbiddenError: a need or a priorité is of another territory.
    """
    moment = now()
    sheet = ActionSheet(
        thread_id=threads.open_thread(db, accord.forum_id).id or 0, accord_id=accord.id or 0,
        territory_id=accord.territory_id, theme_id=theme_id, author_id=by, title=title,
        content=whole({"title": title}), status=Sheet.IDEA.value, created_at=moment, changed_at=moment,
    )  # fmt: skip
    sheet.accord = accord
    db.add(sheet)
    db.flush()
    sheet.reference = f"FA-{sheet.id}"
    note_event(db, sheet, "draft", by=by)
    for need in needs:
        link_need(db, sheet, need, by=by)
    set_priorities(db, sheet, priorities, by=by)
    return sheet


def save(
    db: Session, sheet: ActionSheet, content: Mapping[str, Any], *, edited: int, theme_id: int, by: int | None
) -> None:
    """Keep the words being written; readers see them at the next version.

    Raises:
        StaleError: somebody saved since ``edited``; nothing is overwritten.
    """
    in_hand(db, sheet)
    if edited != sheet.edited:
        raise StaleError(_("Quelqu’un a enregistré cette fiche pendant que vous écriviez. Vos mots sont gardés ici."))
    kept = whole(content)
    if kept == whole(sheet.content) and theme_id == sheet.theme_id:
        return
    sheet.content, sheet.theme_id, sheet.edited = kept, theme_id, sheet.edited + 1
    if sheet.version == 0:  # nobody read it yet: its name follows what is being written
        sheet.title, sheet.lede = kept["title"], kept["lede"]
    note_event(db, sheet, "edit", by=by)


def publish_version(db: Session, sheet: ActionSheet, *, by: int | None, note: str = "") -> SheetVersion:
    """Give the words to be read, as a numbered version that never changes; the needs behind it are told.

    Raises:
        ConflictError: nothing changed since the last version.
    """
    in_hand(db, sheet)
    content = whole(sheet.content)
    last = queries.version(db, sheet.id or 0, sheet.version)
    if last and whole(last.content) == content:
        raise ConflictError(
            _("Rien n’a changé depuis la version %(n)s : il n’y a rien à publier.") % {"n": last.number}
        )
    moment, number = now(), sheet.version + 1
    published = SheetVersion(
        sheet_id=sheet.id or 0, number=number, content=content, note=note, author_id=by, published_at=moment
    )
    db.add(published)
    sheet.version, sheet.changed_at = number, moment
    sheet.title, sheet.lede = content["title"], content["lede"]
    said = _("Version %(n)s") % {"n": number}
    note_event(db, sheet, "publish", by=by, note=f"{said} · {note}" if note else said)
    search.index(db, queries.KIND, sheet.id or 0, sheet.reference or "", *(content[name] for name in _FOUND_BY))
    announce(db, sheet, by=by)
    subjects = (_("Une fiche-action est publiée : %(title)s"), _("Une nouvelle version d’une fiche-action : %(title)s"))
    tell_followers(db, sheet, subjects[number > 1], note or sheet.lede or said, by=by)
    return published


def tell_followers(
    db: Session, sheet: ActionSheet, title: str, text: str, *, by: int | None, besides: Collection[int | None] = ()
) -> None:  # fmt: skip
    """Those who follow the fiche, its theme or its territory; nobody while it was never published."""
    if sheet.version:
        follows.announce(
            db, thread_id=sheet.thread_id, territory_id=sheet.territory_id, theme_id=sheet.theme_id,
            title=title % {"title": sheet.title}, text=text, path=address(sheet), by=by, besides=besides,
        )  # fmt: skip


def announce(db: Session, sheet: ActionSheet, *, by: int | None) -> None:
    """The needs behind a published fiche show it, with where it is now."""
    if sheet.version:
        for need in queries.needs_of(db, sheet.id or 0):
            _take_up(db, sheet, need, by=by)


def _take_up(db: Session, sheet: ActionSheet, need: Need, *, by: int | None) -> None:
    needs.take_up(
        db, need, sheet_id=sheet.id or 0, reference=sheet.reference or "", title=sheet.title,
        state=_(SHEET_LABELS[Sheet(sheet.status)]), path=address(sheet), by=by,
    )  # fmt: skip


def link_need(db: Session, sheet: ActionSheet, need: Need, *, by: int | None) -> bool:
    """Say that a fiche answers a need; whether it is new.

    Raises:
        ForbiddenError: the need is of another territory, or is not published.
    """
    if need.accord_id != sheet.accord_id:
        raise ForbiddenError(_("Le besoin %(reference)s est celui d’un autre territoire.") % {
            "reference": need.reference,
        })  # fmt: skip
    if need.status not in PUBLIC_NEEDS:
        raise ForbiddenError(_("Le besoin %(reference)s n’est pas publié.") % {"reference": need.reference})
    in_hand(db, sheet)
    if not insert_once(db, SheetNeed, sheet_id=sheet.id, need_id=need.id):
        return False
    note_event(db, sheet, "link_need", by=by, note=need.reference)
    if sheet.version:
        _take_up(db, sheet, need, by=by)
    return True


def unlink_need(db: Session, sheet: ActionSheet, need: Need, *, by: int | None) -> None:
    """A fiche does not answer this need any more: the need goes back where it was."""
    in_hand(db, sheet)
    gone = db.execute(
        delete(SheetNeed)
        .where(col(SheetNeed.sheet_id) == sheet.id, col(SheetNeed.need_id) == need.id)
        .returning(col(SheetNeed.need_id))
    ).first()
    if gone is None:
        return
    note_event(db, sheet, "unlink_need", by=by, note=need.reference)
    needs.put_back(db, need, sheet_id=sheet.id or 0, by=by, note=f"{sheet.reference} · {sheet.title}")


def set_priorities(db: Session, sheet: ActionSheet, priorities: Iterable[Priority], *, by: int | None) -> None:
    """Say which priorités a fiche serves; those that it does not name are left.

    Raises:
        ForbiddenError: a priorité is of another territory.
        ConflictError: a priorité was withdrawn.
    """
    wanted = {p.id or 0: p for p in priorities}
    before = {p.id or 0 for p in queries.priorities_of(db, sheet.id or 0)}
    added, left = wanted.keys() - before, before - wanted.keys()
    for priority_id in added:
        if wanted[priority_id].accord_id != sheet.accord_id:
            raise ForbiddenError(_("Cette priorité est celle d’un autre territoire."))
        if wanted[priority_id].status == Stage.WITHDRAWN:
            raise ConflictError(_("Cette priorité vient d’être retirée : choisissez-en une autre."))
    for priority_id in sorted(added):
        insert_once(db, SheetPriority, sheet_id=sheet.id, priority_id=priority_id)
    db.execute(
        delete(SheetPriority)
        .where(col(SheetPriority.sheet_id) == sheet.id, col(SheetPriority.priority_id).in_(left))
    )  # fmt: skip
    if added or left:
        titles = " · ".join(sorted(p.title for p in wanted.values()))
        note_event(db, sheet, "set_priorities", by=by, note=titles or None)
