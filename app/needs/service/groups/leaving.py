"""« Ce n’est pas ce que j’ai dit »: an author asks that a need leave its group, and is answered."""

from sqlmodel import Session

from app.core.db import now
from app.core.errors import ConflictError, ForbiddenError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.needs.models import Need, NeedGroup
from app.needs.queries import groups
from app.needs.service.groups.members import in_hand, leave, present
from app.needs.service.groups.telling import tell_authors
from app.needs.states import Left


def ask_to_leave(db: Session, need: Need, words: str, *, by: int | None) -> None:
    """The author says why their need does not belong there. Twice is once, until it is answered.

    Raises:
        ConflictError: the need is in no group any more.
    """
    group = groups.one(db, need.group_id) if need.group_id else None
    if group is None:
        raise ConflictError(_("Ce besoin ne fait plus partie d’un besoin partagé."))
    in_hand(db, group)
    member = next((member for member, one in present(db, group) if one.id == need.id), None)
    if member is None:
        raise ConflictError(_("Ce besoin ne fait plus partie d’un besoin partagé."))
    if member.asked_at is not None and member.answered_at is None:
        return
    member.asked_at, member.asked_words = now(), words
    member.answered_at = member.answered_by = member.answered_words = None
    db.add(member)
    note_event(db, need, "ask_leave", by=by)
    note_event(db, group, "ask_leave", by=by, note=need.reference)


def answer_request(
    db: Session, group: NeedGroup, member_id: int, *, granted: bool, words: str, by: int
) -> Need:  # fmt: skip
    """Let a need go, or say why it stays; its author is told.

    Raises:
        ConflictError: there is nothing to answer any more.
        ForbiddenError: one does not answer one's own request, nor keeps in a group what one put there.
    """
    in_hand(db, group)
    asked = [(member, need) for member, need in present(db, group) if member.id == member_id]
    if not asked or asked[0][0].asked_at is None or asked[0][0].answered_at is not None:
        raise ConflictError(_("Cette demande a déjà reçu sa réponse."))
    member, need = asked[0]
    if need.author_id == by:
        raise ForbiddenError(_("Une autre personne répond à votre demande."))
    if not granted and member.joined_by == by:  # nobody reviews their own decision (product.md section 6)
        raise ForbiddenError(
            _("Vous avez regroupé ce besoin : s’il doit rester, c’est à une autre personne de le dire.")
        )
    moment = now()
    member.answered_at, member.answered_by, member.answered_words = moment, by, words or None
    db.add(member)
    if granted:
        leave(db, group, member, need, by=by, why=Left.AUTHOR, at=moment)
        text = _("Vous avez demandé qu’il sorte du besoin partagé « %(title)s ». C’est fait : il continue seul.")
    else:
        note_event(db, need, "refuse_leave", by=by)
        note_event(db, group, "refuse_leave", by=by, note=need.reference)
        text = _("Vous avez demandé qu’il sorte du besoin partagé « %(title)s ». Il y reste, voici pourquoi.")
    text = "\n\n".join(part for part in (text % {"title": group.title}, words) if part)
    tell_authors(db, group, [need], _("Votre demande de sortie a sa réponse"), text, inside=False)
    return need
