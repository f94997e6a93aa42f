"""What follows for a group, as for a need: attached to a priorité, answered once for all its needs."""

from sqlmodel import Session

from app.accords.models import Priority
from app.core.errors import ConflictError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.identity.models import Body
from app.needs.forms import AnswerForm
from app.needs.models import Need, NeedGroup
from app.needs.queries import PUBLIC
from app.needs.service import follow_up
from app.needs.service.groups.members import bring, give_back, in_hand, present
from app.needs.service.groups.telling import announce_group, announce_needs, path_of, tell_authors
from app.needs.service.supporters import tell_supporters
from app.needs.states import GROUP, GroupStatus


def attach(db: Session, group: NeedGroup, priority: Priority | None, *, by: int, note: str = "") -> None:
    """Say which priorité a group serves, or that it serves none any more; each of its needs follows.

    Raises:
        ForbiddenError: the priorité is of another territory.
        ConflictError: there is nothing to change, or the priorité was withdrawn.
    """
    in_hand(db, group)
    if priority is None:
        _detach(db, group, by=by, note=note)
        return
    follow_up.fits(priority, group.accord_id)
    if group.priority_id == priority.id:
        raise ConflictError(_("Ce besoin partagé est déjà rattaché à cette priorité."))
    _step(db, group, "attach", by=by, note=" · ".join(part for part in (priority.title, note) if part))
    group.priority_id = priority.id
    needs = []
    for member, need in present(db, group):
        bring(db, member, need, priority, by=by, note=group.title)
        needs.append(need)
    _tell_attached(db, group, _public(needs), priority, by=by)


def _tell_attached(db: Session, group: NeedGroup, needs: list[Need], priority: Priority, *, by: int) -> None:
    text = _("Avec tout le besoin partagé « %(group)s », il est rattaché à la priorité « %(title)s ».") % {
        "group": group.title, "title": priority.title,
    }  # fmt: skip
    tell_authors(db, group, needs, _("Votre besoin avance"), text)
    said = _("Il est rattaché à la priorité « %(title)s ».") % {"title": priority.title}
    title = _("Un besoin partagé est rattaché à une priorité : %(title)s")
    news = announce_group(db, group, title, said, by=by, besides=needs)
    announce_needs(db, needs, _("Un besoin est rattaché à une priorité : %(need)s"), said, by=by, news=news)


def _detach(db: Session, group: NeedGroup, *, by: int, note: str) -> None:
    if group.priority_id is None:
        raise ConflictError(_("Ce besoin partagé n’est rattaché à aucune priorité."))
    _step(db, group, "detach", by=by, note=note)
    group.priority_id = None
    for member, need in present(db, group):
        give_back(db, member, need, by=by, note=note or group.title)
        member.brought_id = member.former_id = None
        db.add(member)


def _step(db: Session, group: NeedGroup, verb: str, *, by: int, note: str) -> None:
    """A move of the group; an answered one keeps its status, the step is written all the same."""
    if group.status == GroupStatus.ANSWERED:
        note_event(db, group, verb, by=by, note=note or None)
    else:
        GROUP.move(db, group, verb, by=by, note=note or None)


def answer(db: Session, group: NeedGroup, form: AnswerForm, body: Body, *, by: int) -> int:
    """Answer every need of a group at once; how many got this answer now.

    A need that has just this answer already keeps it: sent again, it goes to those who joined since.

    Raises:
        ConflictError: the group holds no public need, or was dissolved.
    """
    in_hand(db, group)
    needs = _public([need for _member, need in present(db, group)])
    if not needs:
        raise ConflictError(
            _("Ce besoin partagé ne réunit plus aucun besoin publié : il n’y a personne à qui répondre.")
        )
    given = [need for need in needs if follow_up.answer(db, need, form, body, by=by, group_id=group.id)]
    if not given:
        return 0
    GROUP.move(db, group, "answer", by=by, note=form.outcome.value)
    group.outcome = form.outcome.value
    words = follow_up.answer_words(form, body)
    tell_authors(db, group, given, _("Une réponse à votre besoin"), words)
    news = announce_group(db, group, _("Une réponse est donnée : %(title)s"), words, by=by, besides=given)
    announce_needs(db, given, _("Une réponse est donnée : %(need)s"), words, by=by, news=news)
    threads = [group.thread_id, *(need.thread_id for need in given)]
    tell_supporters(db, threads, group.title, path_of(group), words, news)
    return len(given)


def _public(needs: list[Need]) -> list[Need]:
    return [need for need in needs if need.status in PUBLIC]
