"""What holds after anything that somebody tries at the moderators' desk."""

from collections.abc import Iterator

import pytest

from app.board.queries import counted, recounted
from app.moderation.queries.log import check
from tests.site import Site


@pytest.fixture
def sound(site: Site) -> Iterator[None]:
    """Afterwards the counters are those of a recount, and the log holds together."""
    yield
    with site.reading() as db:
        assert counted(db) == recounted(db)
        assert check(db).broken is None
