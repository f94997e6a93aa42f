"""Verbs on the words of a group: its title, its summary, each sentence of which cites its needs."""

from collections.abc import Collection

from sqlmodel import Session

from app.core.errors import ConflictError, DomainError
from app.core.i18n import gettext as _
from app.core.machine import note_event
from app.needs import citations
from app.needs.models import NeedGroup
from app.needs.queries import PUBLIC
from app.needs.service.groups.members import in_hand, present
from app.needs.service.groups.telling import tell_authors


class StaleError(ConflictError):
    """Somebody saved the group after this form was opened."""


class SummaryError(DomainError):
    """A sentence of the summary cites no need of the group."""


def check_summary(summary: str, references: Collection[str]) -> None:
    """Each sentence says whose words it gathers.

    Raises:
        SummaryError: a sentence cites no need of the group, or cites one that is not of it.
    """
    for sentence in citations.sentences(summary, references):
        if sentence.foreign:
            raise SummaryError(
                _("« %(sentence)s » cite %(reference)s, qui n’est pas un besoin publié de ce groupe.")
                % {"sentence": sentence.text, "reference": sentence.foreign[0]}
            )
        if not sentence.cited:
            example = next(iter(sorted(references)), "")
            said = _(
                "« %(sentence)s » ne cite aucun besoin. Ajoutez la référence d’un besoin du groupe : [%(reference)s]."
            )
            raise SummaryError(said % {"sentence": sentence.text, "reference": example})


def edit(db: Session, group: NeedGroup, *, title: str, summary: str, edited: int, by: int) -> bool:
    """Change the words of a group; whether anything changed. Its former words stay in its history.

    Authors are told when the title changes, or what the summary says of their own need.

    Raises:
        StaleError: somebody saved since ``edited``; nothing is overwritten.
        SummaryError: a sentence cites no need of the group.
    """
    in_hand(db, group)
    if edited != group.edited:
        raise StaleError(
            _("Quelqu’un a modifié ce besoin partagé pendant que vous écriviez. Vos mots sont gardés ici.")
        )
    if (title, summary) == (group.title, group.summary):
        return False
    needs = [need for _member, need in present(db, group) if need.status in PUBLIC]
    check_summary(summary, {need.reference for need in needs})
    former, renamed = group.summary, title != group.title
    note_event(db, group, "edit", by=by, note=f"{group.title}\n{group.summary}".strip())
    group.title, group.summary, group.edited = title, summary, group.edited + 1
    concerned = [
        need for need in needs
        if renamed or citations.about(former, need.reference) != citations.about(summary, need.reference)
    ]  # fmt: skip
    text = _("Il fait partie du besoin partagé « %(title)s », dont le texte vient de changer.") % {"title": title}
    tell_authors(db, group, concerned, _("Le texte d’un besoin partagé a changé"), text)
    return True
