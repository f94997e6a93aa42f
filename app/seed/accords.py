"""Demonstration accords: schemes, themes, calendars, enjeux, priorités, figures, bodies."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from app.accords.models import Accord, Challenge, Figure, Phase, Priority, Scheme, Theme
from app.accords.states import PRIORITY, AccordStatus, Stage
from app.core.db import now
from app.core.i18n import fdate
from app.core.machine import note_event
from app.identity.models import Body
from app.identity.states import BodyKind
from app.places.models import Territory
from app.places.queries import reference
from app.threads import service as threads

CONTENT = Path(__file__).parent / "content"
_BODIES = {
    "territorial_committee": BodyKind.TERRITORIAL_COMMITTEE,
    "steering_committee": BodyKind.STEERING_COMMITTEE,
    "permanent_commission": BodyKind.STANDING_COMMITTEE,
    "development_council": BodyKind.DEVELOPMENT_COUNCIL,
    "community_council": BodyKind.COMMUNITY_COUNCIL,
}
_PATHS: dict[Stage, list[str]] = {
    Stage.PROPOSED: [],
    Stage.IN_DISCUSSION: ["discuss"],
    Stage.RETAINED: ["discuss", "retain"],
    Stage.IN_ACCORD: ["discuss", "retain", "enrol"],
    Stage.WITHDRAWN: ["discuss", "withdraw"],
}
_SHARED = (BodyKind.STEERING_COMMITTEE, BodyKind.STANDING_COMMITTEE)


@dataclass
class Ground:
    """What the demonstration needs of one territory."""

    territory: Territory
    accord: Accord
    services: Body
    themes: dict[str, int]
    priorities: dict[str, list[Priority]] = field(default_factory=dict)


def read(name: str) -> Any:
    """One content file."""
    return json.loads((CONTENT / name).read_text("utf-8"))


def load_accords(db: Session, shift: timedelta) -> dict[str, Ground]:
    """One accord per territory, by SIREN."""
    content = read("accords.json")
    scheme = Scheme(**content["scheme"])
    db.add(scheme)
    db.flush()
    themes = {}
    for position, row in enumerate(content["themes"]):
        theme = Theme(scheme_id=scheme.id or 0, position=position, **row)
        db.add(theme)
        db.flush()
        themes[theme.code] = theme.id or 0
    _shared_bodies(db, content["bodies"])
    by_siren = {t.siren: t for t in reference(db).territories}
    return {
        row["siren"]: _accord(db, row, by_siren[row["siren"]], scheme, themes, content, shift)
        for row in content["territories"]
    }


def _shared_bodies(db: Session, rows: list[dict[str, str]]) -> None:
    for row in rows:
        if _BODIES[row["kind"]] in _SHARED:
            db.add(Body(kind=_BODIES[row["kind"]].value, name=row["name"], text=row["text"]))


def _own_bodies(db: Session, rows: list[dict[str, str]], territory: Territory, contact: dict[str, str]) -> Body:
    for row in rows:
        kind = _BODIES[row["kind"]]
        if kind in _SHARED:
            continue
        name = contact["body"] if kind == BodyKind.DEVELOPMENT_COUNCIL else row["name"]
        db.add(Body(territory_id=territory.id, kind=kind.value, name=name, text=row["text"]))
    services = Body(territory_id=territory.id, kind=BodyKind.SERVICES.value, name=contact["referent"])
    db.add(services)
    return services


def _accord(
    db: Session, row: dict[str, Any], territory: Territory, scheme: Scheme, themes: dict[str, int],
    content: dict[str, Any], shift: timedelta,
) -> Ground:  # fmt: skip
    start = date(2027, 12, 1) + shift
    accord = Accord(
        territory_id=territory.territory_id, scheme_id=scheme.id or 0, title=f"{scheme.short_name} {territory.name}",
        forum_id=threads.open_forum(db, territory.territory_id).id or 0, lede=row["lede"],
        status=AccordStatus.DIALOGUE.value, starts_on=start, ends_on=start.replace(year=start.year + 6),
        answer_days=row["answer_days"], criteria=content["criteria"], contact=row["contact"],
    )  # fmt: skip
    db.add(accord)
    db.flush()
    for phase in content["calendars"][row["calendar"]]:
        db.add(_phase(accord, phase, shift))
    for position, figure in enumerate(row["figures"]):
        db.add(Figure(territory_id=territory.territory_id, position=position, **figure))
    services = _own_bodies(db, content["bodies"], territory, row["contact"])
    ground = Ground(territory, accord, services, themes)
    _priorities(db, row, ground, shift)
    db.flush()
    return ground


def _history(db: Session, priority: Priority, reached: Stage) -> None:
    """The moves that brought a priorité where it is, a month apart, the last one lately."""
    path = _PATHS[reached]
    moment = now() - timedelta(days=20 + 30 * len(path))
    note_event(db, priority, "propose", by=None, at=moment)
    for step, verb in enumerate(path, start=1):
        PRIORITY.move(db, priority, verb, by=None, at=moment + timedelta(days=30 * step))
    if priority.ranked_on:
        at = datetime.combine(priority.ranked_on, time(17), UTC)
        note_event(db, priority, "rank", by=None, note=str(priority.rank), at=at)


def _phase(accord: Accord, row: dict[str, Any], shift: timedelta) -> Phase:
    starts, ends = date.fromisoformat(row["starts"]) + shift, date.fromisoformat(row["ends"]) + shift
    period = row["period"] if abs(shift.days) < 15 else _period(starts, ends)
    return Phase(
        accord_id=accord.id or 0, title=row["title"], period=period, text=row["text"],
        starts_on=starts, ends_on=ends, opens=row["opens"],
    )  # fmt: skip


def _period(starts: date, ends: date) -> str:
    first, last = fdate(starts, "month"), fdate(ends, "month")
    return first if first == last else f"{first} à {last}"


def _priorities(db: Session, row: dict[str, Any], ground: Ground, shift: timedelta) -> None:
    challenges: dict[str, int] = {}
    owner = {"accord_id": ground.accord.id or 0, "territory_id": ground.territory.territory_id}
    for item in row["challenges"]:
        challenge = Challenge(title=item["title"], text=item["text"], status=item["status"], **owner)
        note_event(db, challenge, "propose", by=None)
        challenges[item["key"]] = challenge.id or 0
    for item in row["priorities"]:
        ranked = item.get("ranked_on")
        priority = Priority(
            challenge_id=challenges.get(item.get("challenge")), theme_id=ground.themes[item["theme"]],
            title=item["title"], text=item["text"], status=Stage.PROPOSED.value, rank=item.get("rank"),
            ranked_on=date.fromisoformat(ranked) + shift if ranked else None,
            withdrawal_reason=item.get("reason"), **owner,
        )  # fmt: skip
        _history(db, priority, Stage(item["status"]))
        if priority.status != Stage.WITHDRAWN:
            ground.priorities.setdefault(item["theme"], []).append(priority)
