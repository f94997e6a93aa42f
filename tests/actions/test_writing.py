"""Beginning a fiche, writing it, two people at once, versions, needs and priorités behind it."""

from typing import Any

import pytest
from sqlmodel import select

from app.accords.models import Priority
from app.actions import queries
from app.actions.forms import euros
from app.actions.models import ActionSheet
from app.needs.models import Need
from app.threads import queries as threads
from tests.actions.cast import (
    FUNDING,
    HOME,
    WORDS,
    a_sheet,
    candidate,
    get,
    sign_in_elsewhere,
    some_needs,
    theme_code,
    typed,
)
from tests.site import Site


def _need(site: Site, need_id: int | None) -> Need:
    with site.reading() as db:
        return db.get_one(Need, need_id)


def _new(site: Site, **changes: Any) -> dict[str, Any]:
    need = some_needs(site)[0]
    sheet = {"territoire": HOME, "title": WORDS["title"], "besoin": [str(need.id)]}
    with site.reading() as db:
        priority = db.exec(
            select(Priority).where(Priority.accord_id == need.accord_id, Priority.status != "withdrawn")
        ).first()
        assert priority
    code = theme_code(site, ActionSheet.model_construct(theme_id=priority.theme_id))
    return sheet | {"theme": code, "priorite": [str(priority.id)]} | changes


def test_a_fiche_begins_from_its_needs_and_priorities(site: Site) -> None:
    clerk, sent = site.signed_in("technician"), _new(site)
    page = clerk.get(
        f"/fiches-actions/nouvelle?besoin={sent['besoin'][0]}&priorite={sent['priorite'][0]}&besoin=x&besoin=-3"
    ).text
    assert f'value="{sent["besoin"][0]}" checked' in page and f'value="{sent["priorite"][0]}" checked' in page
    response = clerk.post("/fiches-actions", sent)
    assert response.status_code == 200 and "/redaction" in str(response.url) and "Fiche commencée" in response.text
    ref = str(response.url).split("/")[-2]
    sheet = get(site, ref)
    assert (sheet.status, sheet.version, sheet.reference) == ("idea", 0, f"FA-{sheet.id}")
    with site.reading() as db:
        assert [str(n.id) for n in queries.needs_of(db, sheet.id or 0)] == sent["besoin"]
        assert [e.verb for e in threads.events(db, queries.EVENTS, sheet.id or 0)] == [
            "draft",
            "link_need",
            "set_priorities",
        ]
    assert _need(site, int(sent["besoin"][0])).sheets == 0  # nobody is told before the first version


@pytest.mark.parametrize(("changes", "status", "words"), [
    ({"title": "Court"}, 422, "Trop court"), ({"theme": "rien"}, 422, "Choisissez"), ({"territoire": "nulle-part"}, 422, "Choisissez"),
    ({"territoire": "brest-metropole"}, 403, ""), ({"title": "x" * 121}, 422, "Trop long"), ({"besoin": ["x"]}, 422, ""),
])  # fmt: skip
def test_a_bad_beginning_is_explained_and_kept(site: Site, changes: dict[str, Any], status: int, words: str) -> None:
    response = site.signed_in("technician").post("/fiches-actions", _new(site, **changes))
    assert response.status_code == status and words in response.text


def test_needs_of_another_territory_are_refused_and_only_technicians_begin(site: Site) -> None:
    foreign = some_needs(site, elsewhere=True)[0]
    response = site.signed_in("technician").post("/fiches-actions", _new(site, besoin=[str(foreign.id)]))
    assert response.status_code == 422 and "de son territoire" in response.text
    for name in ("resident", "facilitator", "moderator", "elected"):
        someone = site.signed_in(name)
        assert someone.get("/fiches-actions/nouvelle").status_code == 403
        assert someone.post("/fiches-actions", _new(site)).status_code == 403
    assert "/connexion" in str(site.visitor().get("/fiches-actions/nouvelle").url)
    assert site.visitor().post("/fiches-actions", _new(site)).status_code == 403


def test_what_is_saved_is_read_at_the_next_version_only(site: Site) -> None:
    ref, clerk = candidate(site), site.signed_in("technician")
    response = clerk.post(f"/fiches-actions/{ref}/redaction", typed(site, ref, context="Le dernier car part à 19 h."))
    assert response.status_code == 200 and "Texte enregistré" in response.text
    visitor = site.visitor()
    assert "19 h" not in visitor.get(f"/fiches-actions/{ref}").text
    assert "Enregistré mais pas encore publié" in clerk.get(f"/fiches-actions/{ref}").text
    assert "Version 2 publiée" in clerk.post(f"/fiches-actions/{ref}/versions", {"note": "Nouvel horaire"}).text
    page = visitor.get(f"/fiches-actions/{ref}").text
    assert "19 h" in page and "version 2 du" in page
    again = clerk.post(f"/fiches-actions/{ref}/versions", {"note": "Rien"})
    assert again.status_code == 409 and "Rien n’a changé depuis la version 2" in again.text
    compared = visitor.get(f"/fiches-actions/{ref}/versions?de=1&a=2").text
    assert "Nouvel horaire" in compared and "ajouté" in compared and "retiré" in compared and "<ins>" in compared
    assert "18 h 10" in visitor.get(f"/fiches-actions/{ref}/versions/1").text
    for query in ("de=2&a=1", "de=9&a=x", "de=1&a=1", "de=-1", "a=99999999999"):
        assert visitor.get(f"/fiches-actions/{ref}/versions?{query}").status_code == 200
    for number in ("0", "3", "99999999999"):
        assert visitor.get(f"/fiches-actions/{ref}/versions/{number}").status_code == 404


def test_two_people_who_save_at_once_lose_nothing(site: Site) -> None:
    ref, first, second = candidate(site), site.signed_in("technician"), site.signed_in("technician")
    one, two = typed(site, ref, context="Les mots de la première"), typed(site, ref, context="Les mots du second")
    assert first.post(f"/fiches-actions/{ref}/redaction", one).status_code == 200
    response = second.post(f"/fiches-actions/{ref}/redaction", two)
    assert response.status_code == 409
    for words in (
        "Quelqu’un a enregistré",
        "Clarisse, équipe technique",
        "Les mots du second",
        "première",
        'href="#differences"',
    ):
        assert words in response.text
    assert get(site, ref).content["context"] == "Les mots de la première"
    again = two | {"edited": str(get(site, ref).edited)}
    assert f'name="edited" value="{again["edited"]}"' in response.text
    assert second.post(f"/fiches-actions/{ref}/redaction", again).status_code == 200
    assert get(site, ref).content["context"] == "Les mots du second"


@pytest.mark.parametrize(("changes", "words"), [
    ({"title": "Court"}, "Trop court"), ({"lede": "x" * 201}, "Trop long"), ({"context": "x" * 4001}, "Trop long"),
    ({"amount": ["beaucoup", "55 200"]}, "en chiffres"), ({"amount": ["", "55 200"]}, "videz la ligne"), ({"funder": ["", "B"]}, "qui apporte"),
    ({"funding_state": ["rêvé", "secured"]}, "Choisissez"), ({"amount": ["-5", "99999999999999"]}, "trop grand"), ({"theme": "x"}, "Choisissez"),
    ({"funder": ["x"] * 13, "amount": ["1"] * 13, "funding_state": ["secured"] * 13}, "Douze lignes"), ({"priorities": ["999999"]}, "autre territoire"),
])  # fmt: skip
def test_a_bad_text_is_refused_beside_its_field_and_kept(site: Site, changes: dict[str, Any], words: str) -> None:
    ref = a_sheet(site, needs=0)
    response = site.signed_in("technician").post(f"/fiches-actions/{ref}/redaction", typed(site, ref, **changes))
    assert response.status_code == 422 and words in response.text
    assert WORDS["description"] in response.text and get(site, ref).edited == 1


@pytest.mark.parametrize(("text", "amount"), [
    ("92000", 92000), ("92 000", 92000), ("92\u202f000\u00a0€", 92000), ("92.000", 92000), ("92 000,50 €", 92001), ("0,5", 1),
    ("1 234 567 euros", 1234567), ("12.5", 13), ("1000000000", 10**9),
])  # fmt: skip
def test_an_amount_is_read_as_people_write_it(text: str, amount: int) -> None:
    assert euros(text) == amount


@pytest.mark.parametrize(
    "text", ["", "0", "0,4", "-3", "92 k€", "1e5", "١٢", "12 34", "1,234,567", "1000000001", "9" * 400]
)
def test_what_is_no_amount_is_said(text: str) -> None:
    with pytest.raises(ValueError, match=r"montant|euros"):
        euros(text)


def test_every_wrong_row_of_the_plan_is_told_at_once(site: Site) -> None:
    ref = a_sheet(site, needs=0)
    sent = typed(site, ref, funder=["A", "", "C"], amount=["x", "5", "7"], funding_state=["secured", "secured", "z"])
    page = site.signed_in("technician").post(f"/fiches-actions/{ref}/redaction", sent).text
    assert all(f'id="{place}-erreur"' in page for place in ("amount-0", "funder-1", "funding_state-2"))


def test_needs_follow_their_fiche_and_go_back_where_they_were(site: Site) -> None:
    ref, clerk = a_sheet(site, needs=0), site.signed_in("technician")
    need = some_needs(site)[0]
    before = need.stage
    assert (
        "rattaché à la fiche"
        in clerk.post(f"/fiches-actions/{ref}/besoins", {"references": need.reference.lower()}).text
    )
    assert (_need(site, need.id).stage, _need(site, need.id).sheets) == ("taken_up", 1)
    clerk.post(f"/fiches-actions/{ref}/etapes", {"verb": "make_project"})
    with site.reading() as db:
        mention = threads.mentions(db, need.thread_id, "sheet")[0]
    assert (mention.state, mention.path) == ("Fiche-projet", f"/fiches-actions/{ref}")
    clerk.post(f"/fiches-actions/{ref}/besoins", {"references": f"{need.reference}, {need.reference}"})
    assert _need(site, need.id).sheets == 1
    assert need.title in site.visitor().get(f"/fiches-actions/{ref}").text
    for _twice in range(2):
        clerk.post(f"/fiches-actions/{ref}/besoins/{need.id}/retrait")
    assert (_need(site, need.id).stage, _need(site, need.id).sheets) == (before, 0)
    with site.reading() as db:
        assert not threads.mentions(db, need.thread_id, "sheet")


def test_a_need_is_linked_by_a_reference_of_the_same_territory(site: Site) -> None:
    ref, clerk = a_sheet(site, needs=0), site.signed_in("technician")
    foreign, home = some_needs(site, elsewhere=True)[0], some_needs(site)[0]
    for typed_references, words in ((foreign.reference, "autre territoire"), ("ZZ-0000", "Aucun besoin publié"), ("a", "Trop court"),
                                    (f"{home.reference} {foreign.reference}", "autre territoire")):  # fmt: skip
        response = clerk.post(f"/fiches-actions/{ref}/besoins", {"references": typed_references})
        assert response.status_code == 422 and words in response.text
    with site.reading() as db:
        assert not queries.needs_of(db, get(site, ref).id or 0)


ACTS: dict[str, dict[str, Any]] = {
    "redaction": FUNDING | WORDS | {"edited": "1", "theme": "mobilites"}, "versions": {"note": ""}, "etapes": {"verb": "make_project"},
    "besoins": {"references": "ML-0000"}, "besoins/1/retrait": {},
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_only_the_technicians_of_the_territory_write(site: Site, act: str) -> None:
    ref = a_sheet(site, needs=0)
    before = get(site, ref)
    others = [
        site.visitor(),
        *(site.signed_in(name) for name in ("resident", "association", "facilitator", "moderator", "elected")),
    ]
    for someone in [*others, sign_in_elsewhere(site)]:
        assert someone.post(f"/fiches-actions/{ref}/{act}", ACTS[act]).status_code == 403
    after = get(site, ref)
    assert (after.status, after.edited, after.version) == (before.status, before.edited, before.version)


def test_what_left_the_accord_is_not_written_any_more(site: Site) -> None:
    ref, clerk = a_sheet(site, verbs=("withdraw",), needs=0), site.signed_in("technician")
    for act in ("redaction", "versions", "besoins"):
        response = clerk.post(f"/fiches-actions/{ref}/{act}", ACTS[act])
        assert response.status_code == 403 and "sortie de l’accord" in response.text
