"""What every page of intake shows around its own part: where one works, and the four things to do there."""

from typing import Any

from app.core.db import Db
from app.core.i18n import gettext as _
from app.identity.access import Me
from app.identity.states import College
from app.intake import queries
from app.intake.access import Ground
from app.intake.forms import CLERKED
from app.intake.queries.choices import WHOLE, Choices
from app.places.models import Territory
from app.places.queries import reference
from app.policy import NEED_PROOFREAD
from app.threads.states import ORIGIN_LABELS


def around(db: Db, me: Me, territory: Territory) -> dict[str, Any]:
    """The territory, the others where one works, and how many sheets await a second reading here."""
    places = reference(db)
    mine = [t for t in places.territories if me.can(NEED_PROOFREAD, Ground(t.territory_id))]
    waiting = len(queries.to_read_again(db, me.person_id or 0, territory.territory_id))
    return {"nav": "intake", "territory": territory, "mine": mine, "waiting": waiting}


def offered(here: Choices) -> dict[str, Any]:
    """The lists of the form."""
    communes = [(c.insee, c.name) for c in here.communes.values()]
    whole = [(WHOLE, _("Tout le territoire : %(name)s") % {"name": here.territory.name})]
    return {
        "origins": [(origin.value, _(ORIGIN_LABELS[origin])) for origin in CLERKED],
        "campaigns": [(key, campaign.name) for key, campaign in here.campaigns.items()],
        "communes": communes + whole,
        "themes": [(code, theme.name) for code, theme in here.themes.items()],
        "college_choices": [(college.value, _(college.label)) for college in College],
    }
