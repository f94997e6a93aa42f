"""What happens in public is said, once, with who did it left out; what is not public says nothing."""

from typing import Any

from sqlmodel import Session, col, select

from app.accords import service as accords
from app.accords.forms import RankForm
from app.accords.models import Priority
from app.actions import queries as sheet_reads
from app.actions import service as sheets
from app.actions.models import ActionSheet
from app.core.db import now
from app.core.i18n import today
from app.identity.models import Person
from app.needs import queries as need_reads
from app.needs.models import Need
from app.needs.service import moderating
from app.threads.models import News
from app.threads.service import follows
from app.threads.states import FollowKind, Rhythm
from app.workshops import service as workshops
from app.workshops.forms import ReportForm
from app.workshops.models import Workshop
from tests.site import Site


def _id(db: Session, persona: str) -> int:
    return db.exec(select(Person.id).where(Person.demo_persona == persona)).one() or 0


def _said(db: Session) -> list[News]:
    db.flush()
    return list(db.exec(select(News).order_by(col(News.id))))


def _need(db: Session, status: str) -> Need:
    found = db.exec(select(Need).where(Need.status == status).order_by(col(Need.id))).all()[0]
    need = need_reads.one(db, found.id or 0)
    assert need
    return need


def test_a_need_published_is_said_to_all_but_its_author_and_who_published_it(site: Site) -> None:
    with site.writing() as db:
        need, by = _need(db, "pending"), _id(db, "moderator")
        need.author_id = _id(db, "resident")
        moderating.publish(db, need, by=by)
        (news,) = _said(db)
        assert need.title in news.title and news.besides == sorted([by, need.author_id or 0])
        assert (news.thread_id, news.territory_id, news.theme_id) == (need.thread_id, need.territory_id, need.theme_id)


def test_a_fiche_that_takes_a_need_up_makes_one_mail_for_who_follows_both(site: Site) -> None:
    with site.writing() as db:
        sheet = sheet_reads.one(db, db.exec(select(ActionSheet.id).where(ActionSheet.version > 0)).all()[0] or 0)
        assert sheet
        taken = select(Need).where(Need.accord_id == sheet.accord_id, Need.status == "published", Need.sheets == 0)
        need = need_reads.one(db, db.exec(taken).all()[0].id or 0)
        assert need
        reader = db.get_one(Person, _id(db, "association"))
        for thread_id in (sheet.thread_id, need.thread_id):
            follows.follow(db, reader.id or 0, FollowKind.THREAD, thread_id, Rhythm.AT_ONCE)
        by = _id(db, "technician")
        sheets.link_need(db, sheet, need, by=by)
        sheet.content = dict(sheet.content) | {"lede": "Une autre phrase."}
        sheets.publish_version(db, sheet, by=by, note="Une phrase de plus.")
        assert [(each.thread_id, by in each.besides) for each in _said(db)] == [
            (need.thread_id, True), (sheet.thread_id, True),
        ]  # fmt: skip
        address = reader.email or ""
    (letter,) = [each for each in site.mails(address) if each.unsubscribe]
    assert "et 1 autre nouvelle" in letter.subject and sheet.title in letter.body and need.title in letter.body


def test_a_fiche_that_was_never_published_moves_in_silence(site: Site) -> None:
    with site.writing() as db:
        some = _need(db, "published")
        sheet = sheets.draft(db, some.accord, theme_id=some.theme_id, title="Une idée", by=None)
        sheets.move(db, sheet, "withdraw", by=None, note="Une raison assez longue.")
        assert not _said(db)


def test_a_rank_set_is_said_and_the_same_rank_set_again_is_not(site: Site) -> None:
    with site.writing() as db:
        priority = db.exec(select(Priority).where(col(Priority.rank).is_(None))).all()[0]
        for _time in range(2):
            accords.rank(db, priority, RankForm(rank=9, ranked_on=today()), by=None)
        (news,) = _said(db)
        assert priority.title in news.title and news.theme_id == priority.theme_id


def test_a_workshop_announced_and_its_report_are_said_to_the_territory(site: Site, monkeypatch: Any) -> None:
    with site.writing() as db:
        workshop = db.exec(select(Workshop)).all()[0]
        by = _id(db, "facilitator")
        monkeypatch.setattr("app.workshops.service.preparing.missing", lambda *_args: [])
        workshop.status = "draft"
        workshops.schedule(db, workshop, by=by)
        workshop.status, workshop.closed_at = "closed", now()
        workshops.publish_report(db, workshop, ReportForm(conclusion="Ce que la salle a retenu.", sure=True), by=by)
        titles = [news.title for news in _said(db)]
    assert len(titles) == 2 and all(workshop.title in title for title in titles)
    for path in {news.path for news in _news(site)}:
        assert site.visitor().get(path).status_code == 200


def _news(site: Site) -> list[News]:
    with site.reading() as db:
        return _said(db)
