"""Demonstration fiches-actions: their versions, needs, positions and comments, step by step as they would have been."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, insert, select

from app.actions.models import ActionSheet, SheetNeed, SheetPriority, SheetVersion
from app.actions.states import SHEET, SHEET_LABELS, Sheet
from app.core import search
from app.core.db import now
from app.core.machine import note_event
from app.identity.models import Person
from app.identity.states import College
from app.needs import service as needs
from app.needs.models import Need
from app.needs.queries import PUBLIC
from app.seed.accords import Ground, read
from app.seed.needs import Loader
from app.threads import service as threads
from app.threads.models import Comment, Position
from app.threads.states import MODERATION, OFFICIAL_ANSWER, Moderation, Stance

_S = Sheet
_LINE = [
    "make_project", "make_candidate", "take_to_workshop", "propose", "validate", "plan", "examine", "pass", "vote",
    "start", "finish", "evaluate",
]  # fmt: skip
_REACHED = {
    _S.IDEA: 0, _S.PROJECT: 1, _S.CANDIDATE: 2, _S.IN_WORKSHOP: 3, _S.PROPOSED: 4, _S.VALIDATED: 5, _S.IN_PLAN: 6,
    _S.EXAMINED: 7, _S.PASSED: 8, _S.VOTED: 9, _S.UNDER_WAY: 10, _S.DONE: 11, _S.EVALUATED: 12,
}  # fmt: skip
_APART = {
    _S.ADJOURNED: [*_LINE[:8], "adjourn"],
    _S.REJECTED: [*_LINE[:8], "reject"],
    _S.REDIRECTED: [*_LINE[:2], "redirect"],
    _S.WITHDRAWN: [*_LINE[:2], "withdraw"],
    _S.ABANDONED: [*_LINE[:9], "abandon"],
}
_WORDS = ("context", "needs_found", "objectives", "description", "holder", "partners", "area", "calendar", "indicators")
STANCES = (Stance.FOR, Stance.MIXED, Stance.AGAINST)


def path_to(status: Sheet) -> list[str]:
    """The moves that lead there."""
    return _APART[status] if status in _APART else _LINE[: _REACHED[status]]


def _content(row: dict[str, Any]) -> dict[str, Any]:
    means = row["means"]
    return {
        "title": row["title"], "lede": row["lede"], "holder_sought": not row["holder"], "funding": row["funding"],
        "engineering": means["engineering"], "support": means["support"], "financing": means["funding"],
    } | {name: row[name] for name in _WORDS}  # fmt: skip


class SheetLoader:
    """Loads the fiches one after the other."""

    def __init__(self, loader: Loader) -> None:
        self.db, self.grounds, self.chance = loader.db, loader.grounds, loader.chance
        self.loader = loader
        self.keys: dict[str, ActionSheet] = {}

    def load(self, row: dict[str, Any]) -> None:
        """One fiche, from its first draft to where it is."""
        ground = self.grounds[row["territory_siren"]]
        drafted = now() - timedelta(days=row["age_days"], hours=3)
        sheet = self._sheet(row, ground, drafted)
        self._links(sheet, row, ground)
        self._versions(sheet, row)
        self._moves(sheet, row, drafted)
        if sheet.version:
            self._taken_up(sheet)
        self._positions(sheet, row)
        self._comments(sheet, row, ground)
        self.keys[row["key"]] = sheet

    def _sheet(self, row: dict[str, Any], ground: Ground, at: datetime) -> ActionSheet:
        sheet = ActionSheet(
            thread_id=threads.open_thread(self.db, ground.accord.forum_id).id or 0, accord_id=ground.accord.id or 0,
            territory_id=ground.territory.territory_id, theme_id=ground.themes[row["theme"]],
            author_id=self.loader.technician, title=row["title"], lede=row["lede"], content=_content(row),
            status=Sheet.IDEA.value, created_at=at, changed_at=at,
        )  # fmt: skip
        sheet.accord = ground.accord
        note_event(self.db, sheet, "draft", by=self.loader.technician, at=at)
        sheet.reference = f"FA-{sheet.id}"
        return sheet

    def _links(self, sheet: ActionSheet, row: dict[str, Any], ground: Ground) -> None:
        for priority in (p for group in ground.priorities.values() for p in group if p.title in row["priorities"]):
            self.db.add(SheetPriority(sheet_id=sheet.id or 0, priority_id=priority.id or 0))
        wanted = select(Need).where(
            Need.territory_id == sheet.territory_id, col(Need.title).in_(row["needs"]), col(Need.status).in_(PUBLIC)
        )
        for need in self.db.exec(wanted.order_by(col(Need.id))):
            self.db.add(SheetNeed(sheet_id=sheet.id or 0, need_id=need.id or 0))
        self.db.flush()

    def _versions(self, sheet: ActionSheet, row: dict[str, Any]) -> None:
        for number, item in enumerate(row["versions"], start=1):
            at = now() - timedelta(days=item["age_days"])
            words = sheet.content | item.get("changes", {})
            self.db.add(
                SheetVersion(
                    sheet_id=sheet.id or 0, number=number, content=words, note=item["note"],
                    author_id=self.loader.technician, published_at=at,
                )
            )  # fmt: skip
            note_event(self.db, sheet, "publish", by=self.loader.technician, note=str(number), at=at)
            sheet.version, sheet.changed_at = number, at
        if sheet.version:
            texts = [v for v in sheet.content.values() if isinstance(v, str)]
            search.index(self.db, "sheet", sheet.id or 0, sheet.title, "\n".join(texts))

    def _moves(self, sheet: ActionSheet, row: dict[str, Any], drafted: datetime) -> None:
        verbs = path_to(Sheet(row["status"]))
        span = (now() - drafted) / (len(verbs) + 1)
        left = row.get("exit") or {}
        for step, verb in enumerate(verbs, start=1):
            last = step == len(verbs) and bool(left)
            at = drafted + span * step
            note = left.get("reason") if last else None
            SHEET.move(self.db, sheet, verb, by=self.loader.technician, note=note, at=at)
            sheet.changed_at = max(sheet.changed_at, at)
        if left:
            sheet.exit_reason, sheet.addressee = left["reason"], left.get("addressee") or None
        sheet.accord = self.grounds[row["territory_siren"]].accord

    def _taken_up(self, sheet: ActionSheet) -> None:
        linked = select(Need).join(SheetNeed, col(SheetNeed.need_id) == Need.id).where(SheetNeed.sheet_id == sheet.id)
        for need in self.db.exec(linked.order_by(col(Need.id))).all():
            need.accord = sheet.accord
            needs.take_up(
                self.db, need, sheet_id=sheet.id or 0, reference=sheet.reference or "", title=sheet.title,
                state=SHEET_LABELS[Sheet(sheet.status)], path=f"/fiches-actions/{sheet.reference}",
                by=self.loader.technician, tell_author=False,
            )  # fmt: skip

    def _positions(self, sheet: ActionSheet, row: dict[str, Any]) -> None:
        rows = []
        for college, numbers in row["stance"].items():
            people = list(self._people(college))
            self.chance.shuffle(people)
            for stance, number in zip(STANCES, numbers, strict=True):
                for person in people[:number]:
                    voice = self.loader.voice(sheet.accord.forum_id, person, college)
                    rows.append(
                        {
                            "thread_id": sheet.thread_id,
                            "voice_id": voice.id,
                            "stance": stance.value,
                            "created_at": now(),
                        }
                    )
                people = people[number:]
        if rows:
            self.db.flush()
            self.db.execute(insert(Position), rows)

    def _people(self, college: str) -> Iterable[Person]:
        """Those whose voice, where they already spoke, is in this collège."""
        return self.loader.by_college[college]

    def _comments(self, sheet: ActionSheet, row: dict[str, Any], ground: Ground) -> None:
        for item in row["comments"]:
            at = now() - timedelta(days=item["age_days"], hours=2)
            author = self.chance.choice(self.loader.by_college[item["college"]])
            comment = self._comment(sheet, item, author, at)
            self._moderate(comment, item["state"], at)
            answer = item.get("answer")
            if answer and comment.status == Moderation.PUBLISHED:
                self._answer(sheet, comment, answer, ground)

    def _comment(self, sheet: ActionSheet, item: dict[str, Any], author: Person, at: datetime) -> Comment:
        comment = Comment(
            thread_id=sheet.thread_id, territory_id=sheet.territory_id, author_id=author.id, college=item["college"],
            signature=item["signature"], kind=item["kind"], text=item["text"], status=Moderation.DRAFT.value,
            created_at=at, version=max(1, sheet.version),
        )  # fmt: skip
        self.db.add(comment)
        self.db.flush()
        MODERATION.move(self.db, comment, "submit", by=author.id, at=at)
        return comment

    def _moderate(self, comment: Comment, state: str, at: datetime) -> None:
        if state == "published":
            MODERATION.move(self.db, comment, "publish", by=self.loader.moderator, at=at + timedelta(hours=6))
            comment.published_at = at + timedelta(hours=6)
        elif state == "refused":
            MODERATION.move(self.db, comment, "refuse", by=self.loader.moderator, note="hors_sujet", at=at)
            comment.reason = "hors_sujet"

    def _answer(self, sheet: ActionSheet, asked: Comment, item: dict[str, Any], ground: Ground) -> None:
        at = now() - timedelta(days=item["age_days"])
        answer = Comment(
            thread_id=sheet.thread_id, territory_id=sheet.territory_id, author_id=self.loader.technician,
            college=College.INSTITUTIONS.value, signature=ground.services.name, kind=OFFICIAL_ANSWER,
            text=item["text"], status=Moderation.DRAFT.value, created_at=at, published_at=at, parent_id=asked.id,
            body_id=ground.services.id,
        )  # fmt: skip
        self.db.add(answer)
        self.db.flush()
        MODERATION.move(self.db, answer, "post", by=self.loader.technician, at=at)


def load_sheets(loader: Loader) -> dict[str, ActionSheet]:
    """Every fiche of the content, by key."""
    sheets = SheetLoader(loader)
    for row in read("sheets.json"):
        sheets.load(row)
    loader.db.flush()
    return sheets.keys
