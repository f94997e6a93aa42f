"""Verbs on photos and documents: attach, let be read, refuse, take out of view, take back, erase."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Protocol

from sqlmodel import Session, col, delete, select

from app.core import files
from app.core.db import IN_HAND, Database, now
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.jobs import Payload, enqueue, handler
from app.core.machine import Event
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.threads.forms import Chosen
from app.threads.models import File, Thread
from app.threads.queries import files as queries
from app.threads.service.moderating import measure, queue_moved, refusal_text
from app.threads.states import MODERATION, FileKind, Moderation, RefusalReason

FORGET = "files.forget"
SETTLED = timedelta(days=1)  # bytes that no row names are older than this before they are called lost


class Owner(Protocol):
    """What a file is on: a need or a fiche-action."""

    thread_id: int
    territory_id: int
    author_id: int | None
    organisation_id: int | None
    status: str
    held_for: str | None


def attach(db: Session, owner: Owner, chosen: Sequence[Chosen], *, a_posteriori: bool) -> list[File]:
    """What the author of a need adds to it: read like the need, and no sooner. The same file twice is one.

    Raises:
        ConflictError: the need has as many files as are taken.
    """
    db.execute(select(Thread.id).where(Thread.id == owner.thread_id).with_for_update(**IN_HAND))  # or both clicks write
    added = []
    for each in chosen:
        held = queries.twin(db, owner.thread_id, each.ready.digest)
        if held is None:
            held = _new(db, owner.thread_id, owner.territory_id, each, owner.author_id, owner.organisation_id)
            if owner.status == Moderation.AWAITING_EMAIL:
                MODERATION.move(db, held, "await_email", by=None)
            else:
                _send(db, held, a_posteriori=a_posteriori and not owner.held_for)
        added.append(held)
    return added


def add(db: Session, thread_id: int, territory_id: int, chosen: Chosen, *, by: int | None) -> tuple[File, bool]:
    """What a technician adds to a fiche-action, read at once; and whether it is new.

    Raises:
        ConflictError: the fiche has as many files as are taken.
    """
    db.execute(select(Thread.id).where(Thread.id == thread_id).with_for_update(**IN_HAND))
    held = queries.twin(db, thread_id, chosen.ready.digest)
    if held:
        return held, False
    added = _new(db, thread_id, territory_id, chosen, by, None)
    _send(db, added, a_posteriori=True)
    return added, True


def _new(
    db: Session, thread_id: int, territory_id: int, chosen: Chosen, author_id: int | None, organisation_id: int | None
) -> File:
    """The bytes first, on the disk; then the row that names them."""
    most = get_settings().files_per_contribution
    if len(queries.sent_with(db, [thread_id])) >= most:
        raise ConflictError(_("Il y a déjà %(n)s fichiers : enlevez-en un pour en ajouter un autre.") % {"n": most})
    ready, kept = chosen.ready, chosen.ready.clean
    files.hold(db, ready.digest)
    files.keep(ready)
    kind = FileKind.IMAGE if kept.width else FileKind.DOCUMENT
    file = File(
        thread_id=thread_id, territory_id=territory_id, author_id=author_id, organisation_id=organisation_id,
        kind=kind.value, name=ready.name, alt=chosen.alt, media_type=kept.media_type, size=len(kept.content),
        width=kept.width, height=kept.height, digest=ready.digest, status=Moderation.DRAFT.value, created_at=now(),
    )  # fmt: skip
    db.add(file)
    db.flush()
    return file


def _send(db: Session, file: File, *, a_posteriori: bool) -> None:
    MODERATION.move(db, file, "post" if a_posteriori else "submit", by=file.author_id)
    if a_posteriori:
        file.published_at = now()
    queue_moved(db, file.territory_id)


def confirm(db: Session, owner: Owner, *, a_posteriori: bool) -> None:
    """The address of the author of a need was proved: its files are theirs, and go where it goes."""
    for file in queries.sent_with(db, [owner.thread_id]):
        if file.status == Moderation.AWAITING_EMAIL:
            file.author_id, file.organisation_id = owner.author_id, owner.organisation_id
            _send(db, file, a_posteriori=a_posteriori and not owner.held_for)


def publish_file(db: Session, file: File, *, by: int) -> None:
    """A moderator lets it be seen."""
    MODERATION.move(db, file, "publish", by=by)
    file.published_at = now()
    _tell(db, file, _("Votre fichier est publié"), _("Il a été relu par le Conseil de développement."))
    queue_moved(db, file.territory_id)


def refuse_file(db: Session, file: File, *, by: int, reason: RefusalReason, note: str) -> None:
    """A moderator does not publish it, and says which rule and why."""
    measure(db, file, "refuse", by=by, reason=reason, note=note)
    _tell(db, file, _("Votre fichier n’est pas publié"), refusal_text(reason, note))


def hide_file(db: Session, file: File, *, by: int, reason: RefusalReason, note: str) -> None:
    """A moderator takes it out of view. A file has no passage to mask: it is shown whole, or not."""
    measure(db, file, "hide", by=by, reason=reason, note=note)
    _tell(db, file, _("Votre fichier est retiré de la vue"), refusal_text(reason, note))


def restore_file(db: Session, file: File, *, by: int) -> None:
    """A moderator puts it back in view.

    Raises:
        ConflictError: its bytes have gone meanwhile.
    """
    if not file.digest:
        raise ConflictError(_("Ce fichier a été effacé : il ne peut plus être remis."))
    MODERATION.move(db, file, "restore", by=by)
    again = _("Le Conseil de développement l’a relu et l’a remis.")
    _tell(db, file, _("Votre fichier est de nouveau publié"), again)
    queue_moved(db, file.territory_id)


def _tell(db: Session, file: File, subject: str, text: str) -> None:
    """Write to who sent it, if they left an address."""
    author = people.person(db, file.author_id) if file.author_id else None
    if author:
        body = _("Bonjour,\n\nVotre fichier « %(name)s » (%(alt)s) :\n\n%(text)s\n")
        identity.tell(db, author, subject, body % {"name": file.name, "alt": file.alt, "text": text})


def withdraw_file(db: Session, file: File, *, by: int | None) -> None:
    """Whoever sent it takes it back: nobody sees it any more, and its bytes go."""
    MODERATION.move(db, file, "withdraw", by=by)
    erase_file(db, file)
    queue_moved(db, file.territory_id)


def withdraw_with(db: Session, thread_id: int, *, by: int | None) -> None:
    """The author of a need takes it back: so are its files, wherever they are."""
    for file in queries.sent_with(db, [thread_id]):
        if MODERATION.allows(file.status, "withdraw"):
            withdraw_file(db, file, by=by)


def erase_file(db: Session, file: File) -> None:
    """What it was goes for good; that there was one stays, with its date."""
    forget(db, [file.digest])
    file.name = file.alt = _("Fichier effacé")
    file.digest, file.size, file.reason_note = "", 0, None
    db.add(file)


def remove_with(db: Session, thread_ids: Iterable[int]) -> None:
    """Rows, events and bytes of threads that go, read by nobody."""
    going = db.exec(select(File).where(col(File.thread_id).in_(list(thread_ids)))).all()
    ids = [file.id for file in going]
    forget(db, [file.digest for file in going])
    db.execute(delete(Event).where(col(Event.subject_kind) == File.__tablename__, col(Event.subject_id).in_(ids)))
    db.execute(delete(File).where(col(File.id).in_(ids)))


def forget(db: Session, digests: Iterable[str]) -> None:
    """Once the transaction is durable, take away the bytes that no row names any more."""
    going = sorted(set(digests) - {""})
    if going:
        enqueue(db, FORGET, {"digests": going})


@handler(FORGET)
def forget_bytes(database: Database, payload: Payload) -> None:
    """The job: another row may name the same bytes, which then stay."""
    for digest in payload["digests"]:
        with database.writing() as db:
            files.hold(db, digest)
            if not queries.named(db, digest):
                files.drop(digest)


def sweep(database: Database) -> int:
    """Remove what a process killed in the middle left in the store; how many files went."""
    gone = 0
    for path, digest in files.old(now() - SETTLED):
        with database.writing() as db:
            files.hold(db, digest)
            if path.name.startswith(".") or not queries.named(db, digest):
                path.unlink(missing_ok=True)
                gone += 1
    return gone
