"""The two ways of sending a ballot, and a room whose vote is open."""

import re
from dataclasses import dataclass
from typing import Any

import httpx
from bs4 import BeautifulSoup

from app.workshops.models import Step, Workshop
from tests.site import Site, Visitor
from tests.workshops.acts import act, options, prepared, steps


@dataclass
class Said:
    """What the sender of a ballot reads: whether it is kept, and the words."""

    status: int
    words: str
    retry_after: str | None


class Way:
    """One of the two ways of sending a ballot."""

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, phone: Visitor, code: str, data: dict[str, Any], **options: Any) -> Said:
        """A ballot as bytes that one of our pages would send."""
        if self.name == "form":
            answer = phone.post(f"/a/{code}/bulletin", data, **options)
            kept = 200 if answer.history and answer.status_code == 200 else answer.status_code
            return Said(kept, _plain(answer), answer.headers.get("retry-after"))
        headers = {"accept": "application/json"} | options.pop("headers", {})
        answer = phone.post(f"/direct/a/{code}/bulletin", data, headers=headers, **options)
        said = answer.json()
        assert said["state"] == ("recorded" if answer.status_code == 200 else "refused")
        assert answer.status_code == 200 or said["status"] == answer.status_code
        return Said(answer.status_code, said.get("message", ""), answer.headers.get("retry-after"))

    def vote(self, phone: Visitor, workshop: Workshop, step: Step, marks: dict[int, int], **more: Any) -> Said:
        """A ballot of a step."""
        name = "dots" if step.kind == "dots" else "choice"
        values = [f"{o}:{n}" for o, n in marks.items()] if step.kind == "dots" else [str(o) for o in marks]
        return self.send(phone, workshop.code, {"step": step.id, name: values} | more)


def _plain(answer: httpx.Response) -> str:
    return re.sub(r"\s+", " ", BeautifulSoup(answer.text, "html.parser").get_text(" "))


def opened(site: Site) -> tuple[Workshop, Step, list[int]]:
    """A room whose vote is open: five dots, two at most on one choice."""
    amina = site.signed_in("facilitator")
    workshop = prepared(site, amina)
    question = steps(site, workshop)[1]
    act(site, amina, workshop, f"sequences/{question.id}/ouverture")
    return workshop, question, options(site, question)
