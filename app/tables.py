"""One import per ``models.py``: whoever imports this module knows every table."""

from sqlmodel import SQLModel

from app.accords import models as accords
from app.actions import models as actions
from app.board import models as board
from app.core import jobs, machine, mail, search
from app.identity import models as identity
from app.intake import models as intake
from app.moderation import models as moderation
from app.needs import models as needs
from app.places import models as places
from app.threads import models as threads
from app.workshops import models as workshops

MODULES = (
    places,
    identity,
    threads,
    accords,
    needs,
    actions,
    workshops,
    board,
    moderation,
    intake,
    jobs,
    machine,
    mail,
    search,
)
metadata = SQLModel.metadata
