"""The weekly letter: what happened to what one follows, in one mail a person, nothing when nothing happened."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from app.core.db import IN_HAND, Database, now
from app.core.i18n import PARIS, fdate, ngettext
from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.settings import get_settings
from app.identity.models import Person
from app.portal.queries.follows import Part, letter
from app.threads.models import Follow
from app.threads.queries import follows as reads
from app.threads.service import follows
from app.threads.states import Rhythm

HOUR = 8  # on Mondays, by the clock of the Finistère
CHUNK = 50  # persons a transaction
ITEMS, EACH = 20, 6  # pieces of news in a letter, and for one thing followed
HELD_BACK = timedelta(minutes=1)  # what happened since may still be undone: it waits for the next letter


def next_monday(moment: datetime) -> datetime:
    """The first Monday at eight after this moment."""
    here = moment.astimezone(PARIS)
    morning = here.replace(hour=HOUR, minute=0, second=0, microsecond=0) + timedelta(days=-here.weekday() % 7)
    return morning if morning > here else morning + timedelta(days=7)


def send_letters(database: Database) -> int:
    """Write to everybody who follows something once a week; how many letters.

    Some persons a transaction, each locked with what they follow: stopped in the middle and begun again, or begun by
    two processes at once, it writes to nobody twice.
    """
    sent, last = 0, 0
    while True:
        with database.writing() as db:
            ids = reads.weekly_readers(db, after=last, limit=CHUNK)
            sent += sum(_write(db, person_id) for person_id in ids)
        if len(ids) < CHUNK:
            return sent
        last = ids[-1]


def _write(db: Session, person_id: int) -> bool:
    """One letter, if there is something to say; what was told is not told again."""
    weekly = [Follow.person_id == person_id, Follow.rhythm == Rhythm.WEEKLY.value]
    mine = db.exec(select(Follow).where(*weekly).order_by(col(Follow.id)).with_for_update(**IN_HAND)).all()
    person = db.get_one(Person, person_id)
    if not mine or not follows.may_write(db, person):
        return False
    until = now() - HELD_BACK
    parts = letter(db, mine, until=until, items=ITEMS, each=EACH)
    for follow in mine:
        follow.told_at = max(until, follow.told_at or follow.created_at)
        db.add(follow)
    if not parts:
        return False
    stop = follows.stop_address(mine[0], everything=True)
    post(db, person.email or "", _subject(parts), words(parts, stop), unsubscribe=stop)
    return True


def _subject(parts: Sequence[Part]) -> str:
    total = sum(len(part.shown) + part.more for part in parts)
    return ngettext("Cette semaine : %(n)s nouvelle", "Cette semaine : %(n)s nouvelles", total) % {"n": total}


def words(parts: Sequence[Part], stop: str) -> str:
    """The letter: a paragraph for each thing followed, and how to stop."""
    site = get_settings().public_url
    begin = _("Bonjour,\n\nVoici ce qui s’est passé depuis la dernière lettre pour ce que vous suivez sur Emglev.")
    end = _(
        "Vous recevez cette lettre le lundi, quand il y a des nouvelles, parce que vous avez demandé à les suivre.\n"
        "Choisir ce que vous suivez : %(all)s\nNe plus rien recevoir : %(stop)s"
    ) % {"all": f"{site}/mon-espace/suivis", "stop": stop}
    return "\n\n".join([begin, *(_paragraph(part, site) for part in parts), end])


def _paragraph(part: Part, site: str) -> str:
    lines = [f"{part.about.title}"]
    lines += [
        _("- %(title)s, le %(day)s : %(link)s") % {
            "title": news.title, "day": fdate(news.at, "day_month"), "link": site + news.path,
        }
        for news in part.shown
    ]  # fmt: skip
    if part.more:
        said = ngettext("et %(n)s autre nouvelle : %(link)s", "et %(n)s autres nouvelles : %(link)s", part.more)
        lines.append(said % {"n": part.more, "link": site + part.about.path})
    return "\n".join(lines)
