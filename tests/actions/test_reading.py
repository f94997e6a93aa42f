"""The page of a fiche: who reads it, what it shows, at every step of its life."""

import pytest

from app.actions.states import SHEET, Sheet
from tests.actions.cast import WORDS, a_sheet, candidate, get, sign_in_elsewhere
from tests.site import Site

# The moves that bring a new fiche to each status.
CANDIDATE = ("make_project", "make_candidate")
PASSED = (*CANDIDATE, "propose", "validate", "plan", "examine", "pass")
PATHS: dict[str, tuple[str, ...]] = {
    "idea": (), "project": ("make_project",), "candidate": CANDIDATE, "in_workshop": (*CANDIDATE, "take_to_workshop"),
    "proposed": (*CANDIDATE, "propose"), "validated": PASSED[:4], "in_plan": PASSED[:5], "examined": PASSED[:6],
    "passed": PASSED, "voted": (*PASSED, "vote"), "adjourned": (*PASSED, "adjourn"), "rejected": (*PASSED, "reject"),
    "under_way": (*PASSED, "vote", "start"), "done": (*PASSED, "vote", "start", "finish"),
    "evaluated": (*PASSED, "vote", "start", "finish", "evaluate"), "redirected": (*PASSED, "reject", "redirect"),
    "withdrawn": ("withdraw",), "abandoned": (*PASSED, "vote", "start", "abandon"),
}  # fmt: skip


def test_every_status_has_its_page_for_everyone(site: Site) -> None:
    visitor, clerk = site.visitor(), site.signed_in("technician")
    for status in Sheet:
        ref = a_sheet(site, verbs=PATHS[status], needs=0)
        assert get(site, ref).status == status
        page = visitor.get(f"/fiches-actions/{ref}")
        assert page.status_code == 200 and WORDS["context"] in page.text
        assert "Pour l’équipe technique" not in page.text
        shown = clerk.get(f"/fiches-actions/{ref}").text
        assert "Pour l’équipe technique" in shown
        assert all(f'value="{verb}"' in shown for verb in SHEET.verbs(status))
    assert visitor.get("/fiches-actions").status_code == 200


def test_an_address_has_one_way_of_being_written(site: Site) -> None:
    ref = candidate(site)
    visitor = site.visitor()
    response = visitor.get(f"/fiches-actions/{ref.lower()}")
    assert response.history[0].status_code == 301 and str(response.url).endswith(ref)
    for wrong in ("FA-0", "FA-999999", "FA-99999999999999", "12", "FA-1x", "FA-%00", "nouvelle-fiche"):
        assert visitor.get(f"/fiches-actions/{wrong}").status_code == 404


def test_before_its_first_version_only_its_technicians_know_it(site: Site) -> None:
    ref = a_sheet(site, published=False)
    for persona in ("resident", "facilitator", "moderator", "elected"):
        reader = site.signed_in(persona)
        assert reader.get(f"/fiches-actions/{ref}").status_code == 404
        assert ref not in reader.get("/fiches-actions").text
    clerk = site.signed_in("technician")
    assert clerk.get(f"/fiches-actions/{ref}").status_code == 200
    assert ref in clerk.get("/fiches-actions").text
    assert sign_in_elsewhere(site).get(f"/fiches-actions/{ref}").status_code == 404


def test_a_fiche_that_left_says_where_it_went_and_why(site: Site) -> None:
    page = site.visitor().get(f"/fiches-actions/{a_sheet(site, verbs=('redirect',))}").text
    assert "Une raison assez longue" in page and "Politique littorale" in page and "le fil s’interrompt" in page


@pytest.mark.parametrize("words", [
    {"context": "<script>alert(1)</script> & « fin »"}, {"title": "🚲🚲🚲 Vélos \u202eresrever", "lede": "‏שלום‏"},
    {"description": "a" * 4000, "holder": "b" * 200}, {"funding": [], "engineering": "", "financing": ""},
    {"funding": [{"funder": "<b>x</b>" * 20, "state": "estimated", "amount": 10**9}] * 12},
])  # fmt: skip
def test_whatever_is_written_is_shown_as_written(site: Site, words: dict[str, object]) -> None:
    ref = a_sheet(site, **words)
    for path in ("", "/versions", "/versions/1"):
        page = site.visitor().get(f"/fiches-actions/{ref}{path}")
        assert page.status_code == 200 and "<script>alert" not in page.text and "<b>x</b>" not in page.text
    assert site.signed_in("technician").get(f"/fiches-actions/{ref}/redaction").status_code == 200


def test_the_total_and_the_shares_of_the_plan_are_shown(site: Site) -> None:
    page = site.visitor().get(f"/fiches-actions/{candidate(site)}").text
    assert "147\u00a0201\u00a0€" in page and "62\u00a0%" in page and "38\u00a0%" in page


def test_the_page_costs_a_fixed_number_of_queries(site: Site) -> None:
    few, many = candidate(site), a_sheet(site, verbs=CANDIDATE, needs=6)
    visitor, costs = site.visitor(), []
    for ref in (few, many):
        visitor.get(f"/fiches-actions/{ref}")
        with site.counting() as seen:
            visitor.get(f"/fiches-actions/{ref}")
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 15, costs


def test_the_address_of_a_form_leads_to_its_page(site: Site) -> None:
    ref = candidate(site)
    for form in ("etapes", "positions", "positions/retrait", "commentaires", "besoins", "commentaires/3/reponse"):
        response = site.visitor().get(f"/fiches-actions/{ref}/{form}")
        assert response.status_code == 200 and str(response.url).split("#")[0].endswith(ref)
