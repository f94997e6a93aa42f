"""The public yearly figures: against a recount made another way, without a small count, in few queries."""

import csv
import io
from collections import Counter
from datetime import timedelta
from statistics import median

import pytest
from sqlmodel import col, select

from app.core.i18n import local, today
from app.core.machine import Event
from app.moderation.models import Appeal, Report
from app.moderation.queries import bilan
from app.moderation.queries.bilan import SMALL, Figures, breakdowns
from app.needs.models import Need
from app.threads.models import Comment, File, ProfileText
from app.threads.states import RefusalReason
from tests.moderation.disputes import answer, appealed, decided, last_report, person_home, report
from tests.site import Site

KINDS = {"need": Need, "comment": Comment, "file": File, "profile_text": ProfileText}


def _this_year() -> int:
    return today().year


def _year_read() -> int:
    """A year in which the demonstration was read: in January, the one before."""
    return (today() - timedelta(days=60)).year


def _busy(site: Site) -> None:
    """Some of everything, a decision taken back included."""
    _need, appeal, _code = appealed(site)
    answer(site, appeal, "reverse")
    _other, second, _code = appealed(site, "hide")
    answer(site, second, "uphold")
    published, _code = decided(site, "publish")
    report(site.visitor(), "besoin", published.id)
    kept = {"outcome": "kept", "text": "Rien à redire à ce texte."}
    site.signed_in("moderator").post(f"/moderation/signalement/{last_report(site).id}", kept)


def test_the_figures_are_those_of_a_recount_of_events(site: Site) -> None:
    """Received from the tables, decisions from the events: two records of the same acts, kept apart."""
    _busy(site)
    year = _this_year()
    with site.reading() as db:
        found = bilan.bilan(db, year)[None]
        for kind, table in KINDS.items():
            rows = db.exec(select(table)).all()
            expected = [
                r for r in rows
                if r.status not in ("draft", "awaiting_email") and local(r.created_at).year == year
                and getattr(r, "body_id", None) is None
            ]  # fmt: skip
            assert found.received[kind] == len(expected), kind
        judged = select(Event).where(col(Event.subject_kind).in_(list(KINDS)))
        verbs = Counter(e.verb for e in db.exec(judged) if local(e.at).year == year)
        direct = verbs["hide"] - found.verbs["hide"]
        assert direct == 0 and found.verbs["mask"] == verbs["mask"]
        told = db.exec(select(Report).where(Report.reason != "retrait")).all()
        assert found.reports == len([r for r in told if local(r.created_at).year == year])
        appeals = [a for a in db.exec(select(Appeal)).all() if local(a.created_at).year == year]
        assert found.appeals == len(appeals) >= 2
        assert found.appeal_outcomes == Counter(a.status for a in appeals if a.status != "open")


def test_the_demonstrations_readings_are_in_the_log_with_their_delays(site: Site) -> None:
    """What the seed published or refused is in the log once: the figures are those of its events, delay included."""
    year = _year_read()
    with site.reading() as db:
        found = bilan.bilan(db, year)[None]
        events = [
            e for e in db.exec(select(Event).where(col(Event.subject_kind).in_(["need", "comment"])))
            if e.verb in ("publish", "refuse") and local(e.at).year == year
        ]  # fmt: skip
        waits = [
            int((e.at - db.get_one(KINDS[e.subject_kind], e.subject_id).created_at).total_seconds() // 60)
            for e in events
        ]
    verbs = Counter(e.verb for e in events)
    assert found.verbs["publish"] == verbs["publish"] and found.verbs["refuse"] == verbs["refuse"]
    assert sorted(found.waits) == sorted(max(0, w) for w in waits)
    assert found.median_hours == round(median(waits) / 60, 1)


def test_territories_add_up_to_the_whole(site: Site) -> None:
    _busy(site)
    with site.reading() as db:
        found = bilan.bilan(db, _this_year())
    whole, parts = found.pop(None), found.values()
    assert whole.total == sum(f.total for f in parts) and whole.verbs == sum((f.verbs for f in parts), Counter())
    assert whole.appeals == sum(f.appeals for f in parts) and len(whole.waits) == sum(len(f.waits) for f in parts)


def test_a_decision_taken_back_counts_once_as_taken_back(site: Site) -> None:
    from app.moderation.models import LogEntry
    from tests.moderation.disputes import said

    need, _code = said(site)
    with site.reading() as db:
        before = bilan.bilan(db, _this_year())[None]
    moderator = site.signed_in("moderator")
    moderator.post(f"/moderation/besoin/{need.id}", {"decision": "refuse", "reason": "hors_sujet", "note": "Non."})
    with site.reading() as db:
        batch = db.exec(
            select(LogEntry.batch).where(LogEntry.subject_id == need.id).order_by(col(LogEntry.id).desc())
        ).first()
    moderator.post(f"/moderation/annulation/{batch}")
    with site.reading() as db:
        after = bilan.bilan(db, _this_year())[None]
    assert after.verbs["refuse"] == before.verbs["refuse"] and after.undone == before.undone + 1
    assert len(after.waits) == len(before.waits)


def _figures(**counts: int) -> Figures:
    return Figures(refused=Counter(counts))


def test_no_small_count_by_reason_is_given_nor_found_by_subtraction() -> None:
    a, b, c = RefusalReason.INSULT.value, RefusalReason.ADVERTISING.value, RefusalReason.OFF_TOPIC.value
    found: dict[int | None, Figures] = {
        1: _figures(**{a: 6, b: 9}), 2: _figures(**{a: 2, c: 7}), 3: _figures(**{a: 20}), 4: Figures(),
    }  # fmt: skip
    found[None] = _figures(**{a: 28, b: 9, c: 7})
    given = breakdowns(found)
    assert given[2] is None and given[1] is None  # alone, the second would be the whole less the others
    assert given[3] and dict(given[3])[RefusalReason.INSULT] == 20
    assert given[4] == [(reason, 0) for reason in RefusalReason]
    whole = breakdowns({None: _figures(**{a: 3, b: 9, c: 7})})[None]
    assert whole and dict(whole)[RefusalReason.INSULT] is None and dict(whole)[RefusalReason.OFF_TOPIC] is None
    assert dict(whole)[RefusalReason.ADVERTISING] == 9
    assert breakdowns({None: _figures(**{a: SMALL - 1})})[None] is None


def test_the_page_is_public_and_costs_few_queries(site: Site) -> None:
    visitor = site.visitor()
    visitor.get("/moderation/bilan")
    with site.counting() as seen:
        page = visitor.get("/moderation/bilan")
    assert page.status_code == 200 and f"Bilan de la relecture, {_this_year()}" in page.text
    assert len([s for s in seen if s.lstrip().upper().startswith("SELECT")]) <= 16, seen
    with site.reading() as db, site.counting() as seen:
        bilan.bilan(db, _this_year())
    assert len(seen) <= 12, seen


@pytest.mark.parametrize("query", ["annee=1789", "annee=zéro", "annee=99999999999", "territoire=nulle-part", "annee=²"])
def test_a_mistyped_address_still_shows_a_year(site: Site, query: str) -> None:
    assert f"Bilan de la relecture, {_this_year()}" in site.visitor().get(f"/moderation/bilan?{query}").text


def test_the_csv_says_the_same(site: Site) -> None:
    with site.reading() as db:
        found, home = bilan.bilan(db, _year_read()), person_home(db)
    answer = site.visitor().get(f"/moderation/bilan.csv?annee={_year_read()}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert rows[0]["territoire"] == "Ensemble" and int(rows[0]["publies"]) == found[None].published
    mine = next(r for r in rows if r["territoire"] == "Morlaix Communauté")
    assert int(mine["refuses"]) == found[home].verbs["refuse"] and int(mine["recours"]) == found[home].appeals
    assert mine["refuses_hors_sujet"] == ""  # fewer than five: not given
    page = site.visitor().get(f"/moderation/bilan?annee={_year_read()}&territoire=morlaix-communaute").text
    assert "Morlaix Communauté" in page and "pourraient désigner quelqu’un" in page


def test_it_is_linked_from_the_charter_the_footer_and_the_map(site: Site) -> None:
    for path in ("/charte", "/plan-du-site"):
        assert site.visitor().get(path).text.count('href="/moderation/bilan"') >= 2
