"""Steps as no page of ours sends them."""

import pytest

from tests.site import Site
from tests.workshops.acts import soup, steps
from tests.workshops.drafts import DOTS, draft, write


@pytest.mark.parametrize("kind", ["", "ballet", "yes_no", "\u202etoille"])
def test_a_sort_of_step_that_does_not_exist_is_refused_and_its_words_stay(site: Site, kind: str) -> None:
    amina = site.signed_in("facilitator")
    workshop = draft(site, amina)
    answer = write(site, amina, workshop, **DOTS | {"kind": kind})
    assert answer.status_code == 422 and not steps(site, workshop)
    assert soup(answer).select_one("#title")["value"] == DOTS["title"]
