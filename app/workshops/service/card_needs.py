"""Verbs that carry cards out of the room: they become a need, or join one that says the same."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, select

from app.core.db import IN_HAND
from app.core.errors import ConflictError, ForbiddenError, NotFoundError
from app.core.i18n import fdate, fnum, local, ngettext
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.core.security import digest
from app.identity.states import COLLEGE_LABELS, College
from app.needs import queries as needs
from app.needs import service as need_verbs
from app.needs.models import PREFIX, Need, NeedGroup
from app.needs.queries import groups
from app.needs.states import GroupStatus
from app.places.models import Commune, Territory
from app.threads import queries as threads
from app.threads import service as thread_verbs
from app.threads.states import MODERATION, Moderation, Origin
from app.workshops.forms.cards import NeedOfCardsForm
from app.workshops.models import Card, Cluster, Workshop
from app.workshops.queries.walls import CardView

Source = Cluster | Card  # what becomes a need: a group of cards, or one card
NEW, JOINED = "new", "joined"  # the end of a mention's state: « 7/new »
LONGEST_TEXT, LONGEST_SIGNATURE = 3000, 120


def make_need(
    db: Session, workshop: Workshop, source: Source, cards: Sequence[CardView], form: NeedOfCardsForm, *,
    territory: Territory, commune: Commune | None, by: int,
) -> Need:  # fmt: skip
    """A need that quotes these cards as they were written, awaiting its reading; the same form twice is one need.

    It is read before publication even where needs are read afterwards: those whose words they are pressed no button.

    Raises:
        ConflictError: the cards became a need, or joined one, meanwhile.
    """
    code = need_verbs.tracking_code("\n".join((form.once, form.title, str(source.id))))
    _again(db, source)
    already = db.get(Need, source.need_id) if source.need_id else None
    if already and already.tracking_digest == digest(code):
        return already
    _check_free(source)
    need = need_verbs.record_need(
        db, accord=workshop.accord, territory=territory, commune=commune, theme_id=form.theme, college=form.college,
        title=form.title, text=quoted(workshop, cards), origin=Origin.WORKSHOP, code=code,
        signed=signature(workshop, cards), collected=need_verbs.Collected(by, collected_on=_day(workshop)),
    )  # fmt: skip
    MODERATION.move(db, need, "submit", by=by)
    thread_verbs.queue_moved(db, need.territory_id)
    source.need_id = need.id
    note_event(db, source, "link_need", by=by, note=need.reference)
    _mention(db, workshop, source, need, cards, NEW)
    return need


def _again(db: Session, source: Source) -> None:
    """Read it again and hold it: a group may have been undone meanwhile.

    Raises:
        NotFoundError: it is gone.
    """
    kind = type(source)
    held = select(kind).where(kind.id == source.id).with_for_update(**IN_HAND)
    if db.exec(held.execution_options(populate_existing=True)).first() is None:
        raise NotFoundError(_("Ces cartes n’existent pas, ou ne sont plus affichées."))


def _day(workshop: Workshop) -> date:
    return local(workshop.starts_at).date()


def _check_free(source: Source) -> None:
    if source.need_id or (isinstance(source, Cluster) and source.group_id):
        raise ConflictError(_("Ces cartes sont déjà devenues un besoin, ou en ont déjà rejoint un."))


def quoted(workshop: Workshop, cards: Sequence[CardView]) -> str:
    """The words of a need made of cards: each card as it was written, and who signed it."""
    opening = _("Écrit pendant l’atelier « %(title)s », le %(day)s.") % {
        "title": workshop.title, "day": fdate(_day(workshop)),
    }  # fmt: skip
    opening += _composition(cards)
    parts, size = [opening], len(opening)
    for n, card in enumerate(cards):
        said = f"«\u00a0{card.text}\u00a0»" + (f" ({card.signed})" if card.signed else "")
        rest = len(cards) - n
        more = ngettext("Et %(n)s autre carte.", "Et %(n)s autres cartes.", rest) % {"n": fnum(rest)}
        if size + len(said) + len(more) + 4 > LONGEST_TEXT:
            return "\n\n".join([*parts, more])
        parts.append(said)
        size += len(said) + 2
    return "\n\n".join(parts)


def _composition(cards: Sequence[CardView]) -> str:
    """How many cards came from each collège, where every card shows its own and there are several; else nothing."""
    named = {college.value: _(COLLEGE_LABELS[college]) for college in College}
    shown = Counter(card.signed for card in cards if card.college and card.signed == named[card.college])
    if len(shown) < 2 or shown.total() < len(cards):
        return ""
    parts = [f"{name.lower()} {fnum(number)}" for name, number in shown.most_common()]
    return " " + _("Cartes par collège : %(parts)s.") % {"parts": ", ".join(parts)}


def signature(workshop: Workshop, cards: Sequence[CardView]) -> str:
    """« Table 4, 12 personnes, atelier de Lanmeur » for the card of a table, else « Atelier de Lanmeur, 7 cartes »."""
    tables = {card.signed for card in cards}
    whole = len(tables) == 1 and all(card.college is None and card.signed for card in cards)
    if whole:
        said, pattern = tables.pop(), "%(said)s, %(title)s"
        title = workshop.title[:1].lower() + workshop.title[1:]
    else:
        said = ngettext("%(n)s carte", "%(n)s cartes", len(cards)) % {"n": fnum(len(cards))}
        pattern, title = "%(title)s, %(said)s", workshop.title
    room = LONGEST_SIGNATURE - len(said) - 2
    return pattern % {"said": said, "title": title if len(title) <= room else title[: room - 1].rstrip() + "…"}


def _mention(
    db: Session, workshop: Workshop, source: Source, owner: Need | NeedGroup, cards: Sequence[CardView], how: str
) -> None:
    thread_verbs.mention(
        db, owner.thread_id, kind=source.__tablename__, subject_id=source.id or 0, title=workshop.title,
        state=f"{len(cards)}/{how}", path=f"/ateliers/{workshop.id}", at=workshop.opened_at or workshop.starts_at,
    )  # fmt: skip


def join(
    db: Session, workshop: Workshop, source: Source, cards: Sequence[CardView], reference: str, *, by: int
) -> Need | NeedGroup:
    """These cards say the same as a published need, or as a group of needs: it shows them on its fil.

    Raises:
        ForbiddenError: nothing published of this territory has this reference.
        ConflictError: the cards became a need, or joined one, meanwhile.
    """
    _again(db, source)
    owner = _owner(db, workshop, source, reference)
    if isinstance(owner, Need) and source.need_id == owner.id:
        return owner
    if isinstance(source, Cluster) and isinstance(owner, NeedGroup) and source.group_id == owner.id:
        return owner
    _check_free(source)
    if isinstance(owner, Need):
        source.need_id = owner.id
    elif isinstance(source, Cluster):
        source.group_id = owner.id
    note_event(db, source, "link_need", by=by, note=owner.reference)
    _mention(db, workshop, source, owner, cards, JOINED)
    return owner


def _owner(db: Session, workshop: Workshop, source: Source, reference: str) -> Need | NeedGroup:
    if reference.startswith(PREFIX) and isinstance(source, Cluster):
        group = groups.by_reference(db, reference.removeprefix(PREFIX))
        if group and group.territory_id == workshop.territory_id and group.status != GroupStatus.DISSOLVED:
            return group
    need = needs.by_reference(db, reference)
    if need and need.territory_id == workshop.territory_id and need.status in needs.PUBLIC:
        return need
    raise ForbiddenError(_("%(ref)s n’est pas un besoin publié de ce territoire.") % {"ref": reference})


def made_here(db: Session, source: Source) -> bool:
    """Whether the need of these cards was made of them; else they joined it."""
    need = db.get(Need, source.need_id) if source.need_id else None
    said = threads.mentions(db, need.thread_id, source.__tablename__) if need else []
    return any(m.subject_id == source.id and m.state.endswith(NEW) for m in said)


def leave(db: Session, workshop: Workshop, source: Source, *, by: int) -> None:
    """Undo it: a need made of these cards, that nobody has read, is taken back; one that they joined forgets them.

    Raises:
        ConflictError: the need made of them was published meanwhile.
    """
    thread_verbs.in_turn(db, workshop.accord.forum_id)
    _again(db, source)
    need = needs.one(db, source.need_id) if source.need_id else None
    group = groups.one(db, source.group_id) if isinstance(source, Cluster) and source.group_id else None
    owner = need or group
    if owner is None:
        return
    if need and made_here(db, source):
        if need.status in needs.PUBLIC:
            raise ConflictError(_("Ce besoin est publié : il ne se détache plus de ses cartes."))
        if need.status == Moderation.PENDING:
            need_verbs.withdraw(db, need, by=by)
    thread_verbs.unmention(db, owner.thread_id, kind=source.__tablename__, subject_id=source.id or 0)
    source.need_id = None
    if isinstance(source, Cluster):
        source.group_id = None
    note_event(db, source, "unlink_need", by=by, note=owner.reference)


__all__ = ["JOINED", "NEW", "Source", "join", "leave", "made_here", "make_need", "quoted", "signature"]
