"""Demonstration needs, with their comments, supports and answers."""

import random
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, insert, select

from app.core import search
from app.core.db import now
from app.core.security import digest, readable
from app.identity.models import Organisation, Person
from app.identity.states import College
from app.needs import service
from app.needs.models import Need, NeedAnswer
from app.needs.queries import KIND
from app.needs.states import FOLLOW_UP, FollowUp
from app.seed.accords import Ground, read
from app.seed.people import HOME, Cast
from app.threads import service as threads
from app.threads.models import Comment, Support, Voice
from app.threads.states import MODERATION, Moderation

CLOSED_FOR = 25  # days: where needs are closed today, nobody said one since
ATTACHED_AFTER = 20  # days: what waited longer was mostly attached to a priority of its theme
DEMO_CODE_KEY = "demonstration-emglev-{n:03d}"


class Loader:
    """Loads the needs one after the other; remembers the voices already heard in each forum."""

    def __init__(self, db: Session, grounds: dict[str, Ground], cast: Cast, chance: random.Random) -> None:
        self.db, self.grounds, self.cast, self.chance = db, grounds, cast, chance
        self.voices: dict[tuple[int, int], Voice] = {}
        self.by_college: dict[str, list[Person]] = defaultdict(list)
        for person in cast.crowd:
            self.by_college[person.college or ""].append(person)
        self.moderator = cast.id_of("moderator")
        self.technician = cast.id_of("technician")

    def voice(self, forum_id: int, person: Person, college: str) -> Voice:
        """The voice of a person in a forum, made at its first word."""
        key = (forum_id, person.id or 0)
        if key not in self.voices:
            self.voices[key] = threads.voice(self.db, forum_id, person.id or 0, college)
        return self.voices[key]

    def load(self, number: int, row: dict[str, Any]) -> None:
        """One need, from its first word to its answer."""
        ground = self.grounds[row["territory_siren"]]
        age = max(row["age_days"], 0 if "need.say" in ground.accord.open_verbs else CLOSED_FOR)
        created = now() - timedelta(days=age, hours=self.chance.randrange(1, 10), minutes=self.chance.randrange(60))
        need = self._need(number, row, ground, created)
        self._author(need, row, number)
        self._moderate(need, row, created)
        if need.published_at:
            self._follow(need, row, ground, age)
            self._comments(need, row, age)
            self._supports(need, row["supports"])

    def _need(self, number: int, row: dict[str, Any], ground: Ground, created: datetime) -> Need:
        code = service.tracking_code(DEMO_CODE_KEY.format(n=number))
        reference = f"{ground.territory.code}-{readable(bytes.fromhex(digest(code)), 4)}"
        need = Need(
            reference=reference, tracking_digest=digest(code), accord_id=ground.accord.id or 0,
            thread_id=threads.open_thread(self.db, ground.accord.forum_id).id or 0,
            territory_id=ground.territory.territory_id, commune_insee=row["commune"], theme_id=ground.themes[row["theme"]],
            college=row["college"], signature=row["signature"], title=row["title"], text=row["text"],
            origin=row["origin"], status=Moderation.DRAFT.value, stage=FollowUp.RECEIVED.value, created_at=created,
        )  # fmt: skip
        spot = row.get("spot", {})
        need.latitude, need.longitude, need.place_note = spot.get("latitude"), spot.get("longitude"), spot.get("note")
        need.accord = ground.accord
        self.db.add(need)
        return need

    def _author(self, need: Need, row: dict[str, Any], number: int) -> None:
        """Two needs in three come from someone who confirmed an address; some from the demonstration persons."""
        if row.get("speaks_for"):
            return self._in_its_name(need, row["speaks_for"])
        if row["origin"] in ("paper", "phone") or number % 3 == 0 or row["state"] == "awaiting_email":
            return
        person = self.chance.choice(self.by_college[row["college"]])
        if row["territory_siren"] == HOME and row["college"] == College.RESIDENTS and number % 4 == 1:
            person = self.cast.personas["resident"]
        voice = self.voice(need.accord.forum_id, person, row["college"])
        need.author_id, need.voice_id = person.id, voice.id

    def _in_its_name(self, need: Need, persona: str) -> None:
        """Said by the delegate of an organisation, in its name."""
        organisation = self.db.exec(select(Organisation).where(Organisation.name == need.signature)).one()
        forum_id, organisation_id = need.accord.forum_id, organisation.id or 0
        voice = threads.voice_of_organisation(self.db, forum_id, organisation_id, need.college)
        need.author_id, need.organisation_id, need.voice_id = self.cast.id_of(persona), organisation_id, voice.id

    def _moderate(self, need: Need, row: dict[str, Any], created: datetime) -> None:
        if row["state"] == "awaiting_email":
            MODERATION.move(self.db, need, "await_email", by=None, at=created)
            return
        MODERATION.move(self.db, need, "submit", by=need.author_id, at=created)
        read_at = min(created + timedelta(hours=self.chance.randrange(3, 60)), now())
        if row["state"] == "refused":
            MODERATION.move(self.db, need, "refuse", by=self.moderator, note=row["reason"], at=read_at)
            need.reason, need.reason_note = row["reason"], row["reason_note"]
        elif row["state"] != "pending":
            MODERATION.move(self.db, need, "publish", by=self.moderator, at=read_at)
            need.published_at = read_at
            need.answer_due_on = (read_at + timedelta(days=need.accord.answer_days)).date()
            search.index(self.db, KIND, need.id or 0, need.title, need.text)

    def _follow(self, need: Need, row: dict[str, Any], ground: Ground, age: int) -> None:
        fitting = ground.priorities.get(row["theme"], [])
        moment = now() - timedelta(days=age * 0.6)
        waited_long = row["state"] == "published" and age > ATTACHED_AFTER and len(row["title"]) % 3
        if fitting and (waited_long or row["state"] in ("attached", "answered")):
            priority = fitting[len(row["title"]) % len(fitting)]
            FOLLOW_UP.move(self.db, need, "attach", by=self.technician, note=priority.title, at=moment)
            need.priority_id = priority.id
        if row["state"] == "answered":
            self._answer(need, row["answer"], ground, now() - timedelta(days=age * 0.3))

    def _answer(self, need: Need, given: dict[str, Any], ground: Ground, moment: datetime) -> None:
        FOLLOW_UP.move(self.db, need, "answer", by=self.technician, note=given["outcome"], at=moment)
        need.outcome = given["outcome"]
        self.db.add(
            NeedAnswer(
                need_id=need.id or 0, outcome=given["outcome"], text=given["text"], body_id=ground.services.id or 0,
                addressee=given.get("addressee"), author_id=self.technician, answered_on=moment.date(),
                created_at=moment,
            )
        )  # fmt: skip

    def _comments(self, need: Need, row: dict[str, Any], age: int) -> None:
        for position, item in enumerate(row.get("comments", []), start=1):
            moment = now() - timedelta(days=age * (1 - position / (len(row["comments"]) + 1)) * 0.8, hours=2)
            author = self.chance.choice(self.by_college[item["college"]])
            comment = Comment(
                thread_id=need.thread_id, territory_id=need.territory_id, author_id=author.id,
                college=item["college"], signature=item["signature"], kind=item["kind"], text=item["text"],
                status=Moderation.DRAFT.value, created_at=moment,
            )  # fmt: skip
            self.db.add(comment)
            self.db.flush()
            MODERATION.move(self.db, comment, "submit", by=author.id, at=moment)
            if item["state"] == "published":
                MODERATION.move(self.db, comment, "publish", by=self.moderator, at=moment + timedelta(hours=5))
                comment.published_at = moment + timedelta(hours=5)
            elif item["state"] == "refused":
                MODERATION.move(self.db, comment, "refuse", by=self.moderator, note="hors_sujet", at=moment)
                comment.reason = "hors_sujet"

    def _supports(self, need: Need, wanted: int) -> None:
        self.db.flush()
        crowd = [p for p in self.cast.crowd if p.id != need.author_id]
        rows = []
        for person in self.chance.sample(crowd, min(wanted, len(crowd))):
            voice = self.voice(need.accord.forum_id, person, person.college or College.RESIDENTS)
            rows.append({"thread_id": need.thread_id, "voice_id": voice.id, "created_at": now()})
        if rows:
            self.db.execute(insert(Support), rows)


def load_needs(db: Session, grounds: dict[str, Ground], cast: Cast, chance: random.Random) -> tuple[Loader, int]:
    """Every need of the content; the voices heard so far, and how many needs."""
    rows = read("needs_1.json") + read("needs_2.json")
    for ground in grounds.values():
        db.refresh(ground.accord, ["phases"])
    loader = Loader(db, grounds, cast, chance)
    for number, row in enumerate(rows, start=1):
        loader.load(number, row)
    db.flush()
    return loader, len(rows)
