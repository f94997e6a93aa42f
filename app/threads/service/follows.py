"""Verbs of follows: say that something happened, follow it, stop, be told."""

from collections.abc import Collection, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select, update

from app.core.db import IN_HAND, Database, insert_once, now
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.jobs import Payload, enqueue, finish, handler
from app.core.mail import batch_in_hand, delay_in_hand, holding, post, recall
from app.core.security import token
from app.core.settings import get_settings
from app.identity.models import Person
from app.identity.queries.profile import agreement_of
from app.identity.states import AgeBracket
from app.places.queries import reference
from app.threads.models import Follow, News
from app.threads.queries import follows as reads
from app.threads.states import FollowKind, Rhythm

TELL = "follows.tell"
CHUNK = 100  # mails a transaction: the site waits for none of them
SHOWN = 10  # pieces of news in one mail
SAID_AT, TELLING = "news_said_at", "news_told_by"  # in the session: the moment of what it says, and the job that tells


def announce(
    db: Session, *, thread_id: int | None, territory_id: int, theme_id: int | None, title: str, text: str, path: str,
    by: int | None = None, besides: Collection[int | None] = (),
) -> News:  # fmt: skip
    """Something public happened: those who follow it at once get a mail, the others read it in their weekly letter.

    ``title`` is the subject of the mail and ``text`` its words, both whole sentences that a stranger understands;
    ``path`` is the page where it is read. Never told: ``by``, who did it, and ``besides``, who got a mail of their own
    about it (the author of the need). Within ``mail.holding``, everything waits and ``take_back`` undoes it.
    """
    moment = db.info.setdefault(SAID_AT, now())  # what is said in one transaction is told in one mail
    news = News(
        thread_id=thread_id, territory_id=territory_id, theme_id=theme_id, title=_short(title, 200),
        text=_short(text, 600), path=path, at=moment, batch=batch_in_hand(db),
        besides=sorted({person_id for person_id in (by, *besides) if person_id is not None}),
    )  # fmt: skip
    db.add(news)
    db.flush()
    if TELLING not in db.info and reads.told_at_once(db, news, after=0, limit=1):
        db.info[TELLING] = enqueue(db, TELL, {"at": moment.isoformat(), "after": 0}, delay=delay_in_hand(db))
    return news


def _short(text: str, length: int) -> str:
    """Within what a piece of news may hold, its paragraphs kept."""
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


def take_back(db: Session, batch: str) -> bool:
    """Undo what was announced and posted in a batch; False, and nothing done, if a mail has left already."""
    said = db.exec(select(News).where(News.batch == batch).with_for_update()).all()  # waits for who is telling it
    if not recall(db, batch):
        return False
    for news in said:
        db.delete(news)
    return True


def forget(db: Session, thread_ids: Collection[int]) -> None:
    """What was said of these threads goes: their words were taken back, or erased."""
    db.execute(delete(News).where(col(News.thread_id).in_(thread_ids)))


@handler(TELL)
def tell(database: Database, payload: Payload) -> None:
    """Write to those who follow at once, some at a time; each transaction also ends its own job, so none is twice."""
    with database.writing() as db:
        moment = datetime.fromisoformat(payload["at"])
        said = db.exec(select(News).where(News.at == moment).order_by(col(News.id)).with_for_update()).all()
        if not said or not finish(db):
            return
        ids = reads.concerned(db, said, after=payload["after"], limit=CHUNK)
        if len(ids) == CHUNK:
            enqueue(db, TELL, {"at": payload["at"], "after": ids[-1]})
        batch = said[0].batch
        with holding(db, batch, timedelta()) if batch else nullcontext():  # still taken back, until it leaves
            _write(db, said, ids)


def _write(db: Session, said: Sequence[News], ids: list[int]) -> None:
    why = reads.why_told(db, said, ids)
    for person in db.exec(select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.id))):
        mine = [follow for follow in why.get(person.id or 0, []) if any(reads.concerns(follow, news) for news in said)]
        new = [
            news for news in said
            if person.id not in news.besides and any(reads.concerns(follow, news) for follow in mine)
        ]  # fmt: skip
        if new and may_write(db, person):
            _tell(db, person, new, mine)


def _tell(db: Session, person: Person, new: Sequence[News], why: Sequence[Follow]) -> None:
    """One mail for all that was said at once; what ends it ends the one follow by which it came, or all of them."""
    stop = stop_address(why[0], everything=len(why) > 1)
    for follow in why:
        follow.told_at = now()
        db.add(follow)
    parts = [_("Bonjour,"), *(_paragraph(news) for news in new[:SHOWN])]
    if len(new) > SHOWN:
        more = len(new) - SHOWN
        parts.append(ngettext("Et %(n)s autre nouvelle.", "Et %(n)s autres nouvelles.", more) % {"n": more})
    parts.append(_why(db, why, stop))
    subject = new[0].title
    if len(new) > 1:
        others = ngettext(" et %(n)s autre nouvelle", " et %(n)s autres nouvelles", len(new) - 1)
        subject = _short(subject, 150) + others % {"n": len(new) - 1}
    post(db, person.email or "", subject, "\n\n".join(parts), unsubscribe=stop)


def _paragraph(news: News) -> str:
    link = _("À lire ici : %(link)s") % {"link": get_settings().public_url + news.path}
    return f"{news.title}\n\n{news.text}\n\n{link}"


def _why(db: Session, why: Sequence[Follow], stop: str) -> str:
    """Why they receive it, and how to stop."""
    words = _(
        "Vous recevez ce message parce que vous suivez %(what)s.\nNe plus recevoir ces nouvelles : %(stop)s\n"
        "Tout ce que vous suivez : %(all)s"
    )
    what = ", ".join(dict.fromkeys(followed(db, follow) for follow in why))
    return words % {"what": what, "stop": stop, "all": f"{get_settings().public_url}/mon-espace/suivis"}


def followed(db: Session, follow: Follow) -> str:
    """What it is, in a sentence, as far as threads know."""
    if follow.subject_kind == FollowKind.TERRITORY:
        return _("le territoire %(name)s") % {"name": reference(db).by_id[follow.subject_id].name}
    return _("cette thématique") if follow.subject_kind == FollowKind.THEME else _("ce sujet")


def stop_address(follow: Follow, *, everything: bool = False) -> str:
    """The address that ends it in one press, without signing in."""
    address = f"{get_settings().public_url}/desabonnement/{follow.token}"
    return f"{address}/tout" if everything else address


def may_write(db: Session, person: Person) -> bool:
    """Whether this person may get mails that answer nothing they did: under 15, only if a parent agreed."""
    if person.age_bracket != AgeBracket.UNDER_15:
        return True
    agreement = agreement_of(db, person.id or 0)
    return agreement is not None and agreement.agreed_at is not None and agreement.withdrawn_at is None


def follow(db: Session, person_id: int, kind: FollowKind, subject_id: int, rhythm: Rhythm) -> bool:
    """Follow something, or change how often one is told; whether it is new."""
    values = {"person_id": person_id, "subject_kind": kind.value, "subject_id": subject_id}
    if insert_once(db, Follow, **values, rhythm=rhythm.value, token=token(), created_at=now()):
        return True
    mine = [Follow.person_id == person_id, Follow.subject_kind == kind.value, Follow.subject_id == subject_id]
    held = db.exec(select(Follow).where(*mine).with_for_update(**IN_HAND)).one()
    was = held.rhythm
    change(db, held, rhythm)
    return was == Rhythm.NEVER


def change(db: Session, held: Follow, rhythm: Rhythm) -> None:
    """Be told more or less often, or no more; what happened before is not told again."""
    if held.rhythm != rhythm:
        held.rhythm, held.told_at = rhythm.value, now()
        db.add(held)


def stop_all(db: Session, person_id: int) -> int:
    """Follow nothing any more; how many follows ended."""
    going_on = [col(Follow.person_id) == person_id, col(Follow.rhythm) != Rhythm.NEVER.value]
    ended = update(Follow).where(*going_on).values(rhythm=Rhythm.NEVER.value, told_at=now()).returning(col(Follow.id))
    return len(db.execute(ended).all())


def take_again(db: Session, held: Follow) -> None:
    """Follow it once a week again, after having stopped by mistake."""
    if held.rhythm == Rhythm.NEVER:
        change(db, held, Rhythm.WEEKLY)
