"""One vote may hold a need, a group of needs, a priorité, a fiche and words typed: each leads to its page."""

from sqlmodel import col, select

from app.actions import queries as sheets
from app.needs.models import NeedGroup
from app.workshops.models import Option, Step, Workshop
from tests.actions.cast import a_sheet, some_needs
from tests.site import Site
from tests.workshops.acts import room, soup, steps
from tests.workshops.drafts import DOTS, draft


def test_a_vote_holds_what_the_territory_said_and_what_one_types(site: Site) -> None:
    amina, need, ref = site.signed_in("facilitator"), some_needs(site)[0], a_sheet(site)
    home = room(site).territory_id
    mine = select(Option.priority_id).join(Step, col(Step.id) == Option.step_id)
    here = (col(Option.priority_id).is_not(None), Workshop.territory_id == home)
    with site.reading() as db:
        sheet = sheets.by_ref(db, ref)
        group = db.exec(select(NeedGroup).where(NeedGroup.territory_id == home)).first()
        priority = db.exec(mine.join(Workshop, col(Workshop.id) == Step.workshop_id).where(*here)).first()
    assert sheet and group and priority
    cited = f"{need.reference}, {group.reference}"
    chosen = {"priorities": [priority], "sheets": [sheet.id], "needs_typed": cited, "typed": "Rien de plus"}
    workshop = draft(site, amina, DOTS | chosen)
    with site.reading() as db:
        (step,) = steps(site, workshop)
        rows = db.exec(select(Option).where(Option.step_id == step.id).order_by(col(Option.position))).all()
    kept = [(row.priority_id, row.sheet_id, row.need_id, row.group_id) for row in rows]
    assert kept == [
        (priority, None, None, None), (None, sheet.id, None, None), (None, None, need.id, None),
        (None, None, None, group.id), (None, None, None, None),
    ]  # fmt: skip
    amina.post(f"/ateliers/{workshop.id}/annonce")
    items = soup(site.visitor().get(f"/ateliers/{workshop.id}")).select(".programme__options li")
    links = [link["href"] if (link := item.select_one("a")) else None for item in items]
    assert links == [
        f"/priorites/{priority}", f"/fiches-actions/{ref}", f"/besoins/{need.id}", f"/besoins-partages/{group.id}", None,
    ]  # fmt: skip
    for address in filter(None, links):
        assert site.visitor().get(str(address)).status_code == 200, address
    assert [item.select_one(".tag").text for item in items[1:4]] == [ref, need.reference, group.reference]  # type: ignore[union-attr]


FIRST = {"reveal": "hidden", "typed": "Car\nHalle"}
EVERY: list[tuple[dict[str, object], tuple[str, ...]]] = [
    (
        {"kind": "dots", "dots": 5, "cap": 2},
        ("5 gommettes", "2 au plus sur un même choix", "le même rang", "tiré au sort"),
    ),
    (
        {"kind": "judgment", "blanks": "worst"},
        ("la moins bonne des deux mentions l’emporte", "compte comme « À rejeter »", "tiré au sort"),
    ),
    (
        {"kind": "agreement", "typed": "Le texte"},
        ("Aucune règle n’est fixée d’avance", "sans l’y obliger", "sans note"),
    ),
    ({"kind": "hands", "hands": "yes_no", "typed": "Un essai"}, ("s’abstient", "la part des bulletins")),
    ({"kind": "hands", "hands": "approval"}, ("toutes les réponses qui lui conviennent", "tiré au sort")),
]
ALWAYS = (
    "Le vote est anonyme : un bulletin dit le collège, jamais la personne.",
    "Un bulletin vide est un blanc, compté à part. On peut changer le sien jusqu’à la clôture.",
    "Les résultats restent cachés jusqu’à la clôture.",
)


def test_each_vote_says_its_rules_before_it_opens(site: Site) -> None:
    amina = site.signed_in("facilitator")
    rows = [FIRST | given | {"title": f"Question {n} ?", "minutes": 5} for n, (given, _words) in enumerate(EVERY)]
    workshop = draft(site, amina, *rows)
    amina.post(f"/ateliers/{workshop.id}/annonce")
    said = [
        " ".join(each.get_text().replace("\u00a0", " ").split())
        for each in soup(site.visitor().get(f"/ateliers/{workshop.id}")).select(".programme__step")
    ]
    assert len(said) == len(EVERY)
    for (given, words), text in zip(EVERY, said, strict=True):
        for each in (*words, *ALWAYS):
            assert each in text, (given, each)
