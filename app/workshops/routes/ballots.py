"""The ballots of a vote, without identity, and how they are counted: what anyone needs to count them again."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import JSONResponse, Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.i18n import gettext as _
from app.core.i18n import local
from app.core.limits import limit
from app.identity.access import public
from app.places.queries import reference
from app.workshops import counting, queries
from app.workshops.access import ReportedWorkshop, step_of
from app.workshops.models import Step, Workshop
from app.workshops.states import VOTES, Room, StepStatus

router = APIRouter(dependencies=[Depends(public), Depends(limit("ballots", "60/minute"))])


@dataclass(frozen=True)
class Vote:
    """A published vote."""

    workshop: Workshop
    step: Step
    method: counting.Method
    casts: list[counting.Cast]

    def named(self, extension: str) -> dict[str, str]:
        """The header that names its file."""
        return {"content-disposition": f'attachment; filename="emglev-vote-{self.step.id}.{extension}"'}


def published_vote(db: Db, workshop: ReportedWorkshop, step_id: int) -> Vote:
    """This vote, once its results were shown and the report of its workshop is published.

    Raises:
        NotFoundError: it is not a vote, or not published yet.
    """
    step = step_of(db, workshop, step_id)
    if step.kind not in VOTES or step.status != StepStatus.REVEALED or workshop.status != Room.PUBLISHED:
        raise NotFoundError(_("Les bulletins de cette séquence ne sont pas publiés."))
    return Vote(workshop, step, *queries.recountable(db, step))


PublishedVote = Annotated[Vote, Depends(published_vote)]
PATH = "/ateliers/{workshop_id:int}/sequences/{step_id:int}"


@router.get(f"{PATH}/bulletins.csv", name="workshops.ballots_csv")
def ballots_csv(vote: PublishedVote) -> Response:
    """One row a ballot, in an order that says nothing of who voted when."""
    text = counting.write_ballots(vote.method, vote.casts, vote.step.id or 0)
    return Response(text.encode(), media_type="text/csv; charset=utf-8", headers=vote.named("csv"))


@router.get(f"{PATH}/methode.json", name="workshops.ballots_method")
def method(vote: PublishedVote) -> Response:
    """The question, the method, the options in order, the rules, the fields of the CSV."""
    return JSONResponse(counting.to_json(vote.method), headers=vote.named("json"))


@router.get(f"{PATH}/bulletins.pb", name="workshops.ballots_pabulib")
def pabulib(db: Db, vote: PublishedVote) -> Response:
    """Dots and approvals in the format of other people's tools."""
    if vote.method.words:
        raise NotFoundError(_("Ce format n’existe que pour les gommettes et les approbations."))
    day = f"{local(vote.workshop.starts_at):%d.%m.%Y}"
    place = reference(db).by_id[vote.workshop.territory_id].name
    text = counting.write_pabulib(vote.method, vote.casts, vote.step.id or 0, day=day, place=place)
    return Response(text.encode(), media_type="text/plain; charset=utf-8", headers=vote.named("pb"))
