"""What authors read when their needs are grouped, moved or answered together: one mail a person."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.settings import get_settings
from app.identity import queries as people
from app.identity import service as identity
from app.needs.models import Need, NeedGroup
from app.needs.service.follow_up import said
from app.threads.models import Follow, News
from app.threads.queries.follows import told_at_once
from app.threads.service.follows import announce
from app.threads.states import FollowKind

EVERYONE = 10_000  # followers asked at once, far beyond those of a territory


def path_of(group: NeedGroup) -> str:
    """The path of its page."""
    return f"/besoins-partages/{group.id}"


def tell_authors(
    db: Session, group: NeedGroup, needs: Iterable[Need], subject: str, text: str, *, inside: bool = True
) -> None:  # fmt: skip
    """Write once to each author, whatever the number of their needs; ``inside``: say how to leave the group."""
    by_author: dict[int, list[Need]] = defaultdict(list)
    for need in needs:
        if need.author_id is not None:
            by_author[need.author_id].append(need)
    for author_id, theirs in sorted(by_author.items()):
        parts = [_("Bonjour,"), _named(theirs), text, _read_it(group) if inside else "", _way_out(theirs, inside)]
        body = "\n\n".join(part for part in parts if part)
        identity.tell(db, people.person(db, author_id), subject, f"{body}\n")


def _named(needs: Sequence[Need]) -> str:
    words = ngettext("Votre besoin :", "Vos besoins :", len(needs))
    return "\n".join([words, *(f"« {need.title} » ({need.reference})" for need in needs)])


def _read_it(group: NeedGroup) -> str:
    link = get_settings().public_url + path_of(group)
    return _("Lire le besoin partagé : %(link)s") % {"link": link}


def _way_out(needs: Sequence[Need], inside: bool) -> str:
    """How to leave, from the page of the need; the tracking code opens the same door."""
    site = get_settings().public_url
    links = "\n".join(f"{site}/besoins/{need.id}#besoin-partage" for need in needs)
    if not inside:
        return _("Le lire et le suivre : %(links)s") % {"links": links}
    return _(
        "Vos mots et vos soutiens restent les vôtres, rien n’est réécrit. Ce n’est pas ce que vous avez dit ? "
        "Demandez à sortir du groupe, connexion faite ou avec votre code de suivi, et quelqu’un vous répond :\n"
        "%(links)s"
    ) % {"links": links}


def announce_group(
    db: Session, group: NeedGroup, title: str, text: str, *, by: int | None, besides: Iterable[Need] = ()
) -> News:  # fmt: skip
    """Tell those who follow the group, its theme or its territory; ``besides``: needs whose authors know already."""
    return announce(
        db, thread_id=group.thread_id, territory_id=group.territory_id, theme_id=group.theme_id,
        title=title % {"title": group.title}, text=text, path=path_of(group), by=by,
        besides={need.author_id for need in besides},
    )  # fmt: skip


def announce_needs(db: Session, needs: Sequence[Need], title: str, text: str, *, by: int | None, news: News) -> None:
    """Tell those who follow one of these needs and whom the news of the group did not reach."""
    threads = [need.thread_id for need in needs]
    followed = select(Follow.subject_id).where(
        Follow.subject_kind == FollowKind.THREAD.value, col(Follow.subject_id).in_(threads)
    )
    having = set(db.exec(followed))
    told = set(told_at_once(db, news, after=0, limit=EVERYONE)) if having else set()
    for need in needs:
        if need.thread_id in having:
            said(db, need, title, text, by=by, besides=told | set(news.besides))
