"""Cards leave the room: they become a need, or join one; the report and the fil lead to each other."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sqlmodel import Session, col, select

from app.accords.models import Theme
from app.core.errors import ConflictError
from app.needs.models import Need, NeedGroup
from app.needs.states import GroupStatus
from app.places.queries import reference
from app.threads.models import Mention
from app.workshops import queries
from app.workshops.forms.cards import NeedOfCardsForm
from app.workshops.models import Cluster, Seat, Step, Workshop
from app.workshops.queries import cards as reads
from app.workshops.service import card_needs
from tests.site import Site, Visitor
from tests.workshops import walls
from tests.workshops.acts import room, soup

WORDS = ("Un car le soir, <vite>", "Un bus tardif")


def _group(site: Site, *, college: str | None = "habitants", **more: Any) -> tuple[Workshop, Step, Cluster]:
    """A published workshop of which a recueil has a group of two cards."""
    workshop = room(site, status="published")
    step = walls.recueil(site, workshop, **{"status": "closed", "signed": "college"} | more)
    with site.writing() as db:
        cluster = Cluster(step_id=step.id, position=1, title="Rentrer le soir sans voiture")
        db.add(cluster)
        db.flush()
    walls.published(site, workshop, step, *WORDS, college=college, cluster_id=cluster.id)
    return workshop, step, cluster


def _path(workshop: Workshop, cluster: Cluster) -> str:
    return f"/ateliers/{workshop.id}/cartes/groupe-{cluster.id}"


def _make(site: Site, who: Visitor, workshop: Workshop, cluster: Cluster, **more: Any) -> httpx.Response:
    page = soup(who.get(f"{_path(workshop, cluster)}/besoin"))
    with site.reading() as db:
        theme = db.exec(select(Theme.id).where(Theme.scheme_id == workshop_scheme(db, workshop))).first()
    key = page.select_one("input[name=once]")
    sent = {"title": cluster.title, "theme": theme, "college": "habitants", "once": key["value"] if key else "k" * 24}
    return who.post(f"{_path(workshop, cluster)}/besoin", sent | more)


def workshop_scheme(db: Session, workshop: Workshop) -> int:
    """The scheme of themes of this workshop's accord."""
    held = queries.one(db, workshop.id or 0)
    assert held
    return held.accord.scheme_id


def _need(site: Site) -> Need:
    with site.reading() as db:
        return db.exec(select(Need).order_by(col(Need.id).desc())).first()  # type: ignore[return-value]


def test_a_group_becomes_a_need_that_quotes_its_cards_and_waits_to_be_read(site: Site) -> None:
    workshop, _step, cluster = _group(site)
    amina = site.signed_in("facilitator")
    made = _make(site, amina, workshop, cluster).text
    assert "il attend sa relecture" in made and "d’ordinaire sous deux jours" in made and "Retirer ce besoin" in made
    need = _need(site)
    assert (need.status, need.origin, need.title, need.college) == ("pending", "workshop", cluster.title, "habitants")
    assert need.transcribed_by and need.author_id is None
    assert need.signature.replace("\u00a0", " ").endswith(", 2 cartes") and workshop.title in need.signature
    assert all(f"«\u00a0{words}\u00a0»" in need.text for words in WORDS)
    with site.reading() as db:
        assert db.get_one(Cluster, cluster.id).need_id == need.id
        mention = db.exec(select(Mention).where(Mention.thread_id == need.thread_id)).one()
    assert (mention.kind, mention.state, mention.path) == ("cluster", "2/new", f"/ateliers/{workshop.id}")


def test_the_same_form_sent_twice_makes_one_need(site: Site) -> None:
    workshop, _step, cluster = _group(site)
    amina = site.signed_in("facilitator")
    with site.reading() as db:
        before = len(db.exec(select(Need.id)).all())
    for _twice in range(2):
        assert _make(site, amina, workshop, cluster, once="a" * 24).status_code == 200
    _make(site, amina, workshop, cluster, once="b" * 24)
    with site.reading() as db:
        assert len(db.exec(select(Need.id)).all()) == before + 1


def test_a_need_that_nobody_read_can_be_taken_back_and_made_again(site: Site) -> None:
    workshop, _step, cluster = _group(site)
    amina = site.signed_in("facilitator")
    _make(site, amina, workshop, cluster)
    first = _need(site)
    assert "Cartes détachées" in amina.post(f"{_path(workshop, cluster)}/detachement").text
    _make(site, amina, workshop, cluster)
    with site.reading() as db:
        assert db.get_one(Need, first.id).status == "withdrawn"
        assert db.get_one(Cluster, cluster.id).need_id == _need(site).id != first.id


def test_once_published_the_need_stays_and_each_page_leads_to_the_other(site: Site) -> None:
    workshop, _step, cluster = _group(site)
    amina = site.signed_in("facilitator")
    _make(site, amina, workshop, cluster)
    with site.writing() as db:
        need = db.get_one(Need, _need(site).id)
        need.status = "published"
    refused = amina.post(f"{_path(workshop, cluster)}/detachement")
    assert "ne se détache plus" in refused.text
    fil = site.visitor().get(f"/besoins/{need.id}")
    assert fil.status_code == 200 and f'href="/ateliers/{workshop.id}"' in fil.text
    assert "2 cartes" in fil.text.replace("\u00a0", " ")
    with site.reading() as db:
        wall = reads.of_step(db, [cluster.step_id])[cluster.step_id]
    assert wall.clusters[0].need and wall.clusters[0].need.path == f"/besoins/{need.id}"


def test_the_card_of_a_whole_table_is_signed_by_it(site: Site) -> None:
    workshop, step, _cluster = _group(site, signed="table", college=None)
    with site.writing() as db:
        card = db.merge(walls.cards(site, step)[0])
        card.cluster_id = None
    walls.seated(site, workshop)
    table = walls.at_table(site, workshop)
    with site.writing() as db:
        db.merge(card).table_id = table.id
    amina = site.signed_in("facilitator")
    page = amina.get(f"/ateliers/{workshop.id}/cartes/carte-{card.id}/besoin")
    assert "signé « Table 44, 12 personnes, a" in page.text.replace("\u00a0", " ")
    assert not soup(page).select("select[name=college] option[selected][value=habitants]")


def test_the_college_is_proposed_only_when_the_cards_said_it_and_agree(site: Site) -> None:
    workshop, step, cluster = _group(site)
    amina = site.signed_in("facilitator")
    chosen = "select[name=college] option[selected][value=habitants]"
    assert soup(amina.get(f"{_path(workshop, cluster)}/besoin")).select(chosen)
    with site.writing() as db:
        db.get_one(Step, step.id).signed = "none"
    assert not soup(amina.get(f"{_path(workshop, cluster)}/besoin")).select(chosen)


def _public_need(db: Session, workshop: Workshop) -> Need:
    wanted = (Need.territory_id == workshop.territory_id, Need.status == "published")
    return db.exec(select(Need).where(*wanted).order_by(col(Need.id))).first()  # type: ignore[return-value]


def test_a_group_joins_a_published_need_and_leaves_it(site: Site) -> None:
    workshop, _step, cluster = _group(site)
    amina = site.signed_in("facilitator")
    with site.reading() as db:
        need = _public_need(db, workshop)
    typed = f" {need.reference.lower()} "
    assert "Cartes rattachées" in amina.post(f"{_path(workshop, cluster)}/rattachement", {"reference": typed}).text
    assert workshop.title in site.visitor().get(f"/besoins/{need.id}").text
    amina.post(f"{_path(workshop, cluster)}/detachement")
    with site.reading() as db:
        assert db.get_one(Cluster, cluster.id).need_id is None
        assert db.get_one(Need, need.id).status == "published"
        said = select(Mention).where(Mention.thread_id == need.thread_id, Mention.kind == "cluster")
        assert not db.exec(said).all()


def test_a_group_joins_a_group_of_needs(site: Site) -> None:
    workshop, _step, cluster = _group(site)
    amina = site.signed_in("facilitator")
    with site.writing() as db:
        group = db.exec(select(NeedGroup).where(NeedGroup.territory_id == workshop.territory_id)).first()
        assert group and group.status != GroupStatus.DISSOLVED
        said = group.reference
    amina.post(f"{_path(workshop, cluster)}/rattachement", {"reference": said})
    with site.reading() as db:
        assert db.get_one(Cluster, cluster.id).group_id == group.id
    assert said in amina.get(f"{_path(workshop, cluster)}/besoin").text


@pytest.mark.parametrize("reference", ["ML-ZZZZ", "BP-999999", "BP-x", "🙂🙂🙂🙂"])
def test_an_unknown_reference_is_said_and_kept(site: Site, reference: str) -> None:
    workshop, _step, cluster = _group(site)
    answer = site.signed_in("facilitator").post(f"{_path(workshop, cluster)}/rattachement", {"reference": reference})
    assert answer.status_code == 403 and f'value="{reference}"' in answer.text


@pytest.mark.parametrize("more", [{"title": "court"}, {"theme": "999999"}, {"college": ""}, {"once": "x"}])
def test_a_need_that_lacks_something_is_refused(site: Site, more: dict[str, str]) -> None:
    workshop, _step, cluster = _group(site)
    assert _make(site, site.signed_in("facilitator"), workshop, cluster, **more).status_code == 422
    with site.reading() as db:
        assert db.get_one(Cluster, cluster.id).need_id is None


def test_only_facilitators_of_the_territory_carry_cards_out(site: Site) -> None:
    workshop, _step, cluster = _group(site)
    for visitor in (site.visitor(), site.signed_in("moderator")):
        answer = visitor.get(f"{_path(workshop, cluster)}/besoin")
        assert answer.status_code == 403 or answer.url.path == "/connexion"
        visitor.post(f"{_path(workshop, cluster)}/besoin", {"title": "Un car le soir", "once": "k" * 24})
    with site.reading() as db:
        assert db.get_one(Cluster, cluster.id).need_id is None
    amina = site.signed_in("facilitator")
    for source in ("groupe-999999", "carte-0", "carte-999999", "autre-1"):
        assert amina.get(f"/ateliers/{workshop.id}/cartes/{source}/besoin").status_code == 404


def test_many_long_cards_fit_in_a_need(site: Site) -> None:
    workshop, step, cluster = _group(site)
    walls.published(site, workshop, step, *(f"{n} " + "é" * 270 for n in range(40)), cluster_id=cluster.id)
    _make(site, site.signed_in("facilitator"), workshop, cluster)
    need = _need(site)
    assert len(need.text) <= 3000 and "autres cartes." in need.text and len(need.signature) <= 120


def test_two_people_at_once_make_one_need_of_the_same_cards(site: Site) -> None:
    workshop, _step, cluster = _group(site)

    def make(key: str) -> str:
        try:
            with site.writing() as db:
                held = queries.one(db, workshop.id or 0)
                assert held
                theme = db.exec(select(Theme.id).where(Theme.scheme_id == held.accord.scheme_id)).first()
                row = db.get_one(Cluster, cluster.id)
                cards = reads.of_step(db, [row.step_id])[row.step_id].clusters[0].cards
                sent = {"title": "Rentrer le soir", "theme": theme, "college": "habitants", "once": key * 24}
                card_needs.make_need(
                    db, held, row, cards, NeedOfCardsForm.model_validate(sent), by=1, commune=None,
                    territory=reference(db).by_id[held.territory_id],
                )  # fmt: skip
        except ConflictError:
            return "told"
        return "made"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(make, "ab")) == ["made", "told"]


def test_a_code_without_account_tells_what_became_of_ones_cards(site: Site) -> None:
    workshop, amina = room(site), site.signed_in("facilitator")
    step, phone = walls.recueil(site, workshop), walls.seated(site, workshop)
    for words in ("Un car le soir", "Le maire dort", "Pas encore lue"):
        walls.write(phone, workshop, step, words)
    shown, refused, _waiting = walls.cards(site, step)
    walls.act(amina, workshop, step, "affichage", cards=walls.seen(shown))
    walls.act(amina, workshop, step, "refus", cards=walls.seen(refused), reason="personne_visee")
    walls.act(amina, workshop, step, "rangement", cards=walls.seen(shown), new="true", title="Se déplacer")
    with site.reading() as db:
        need = _public_need(db, workshop)
    (group,) = walls.clusters(site, step)
    amina.post(f"{_path(workshop, group)}/rattachement", {"reference": need.reference})
    box = soup(phone.post(f"/a/{workshop.code}/mes-cartes/code")).select_one("code.code-box")
    assert box and len(box.text.replace("-", "")) == 12
    anyone = site.visitor()
    told = anyone.post("/suivi", {"code": box.text.lower()}).text.replace("\u00a0", " ")
    for words in (
        "sous le titre « Se déplacer »",
        need.reference,
        "vise une personne reconnaissable",
        "Personne ne l’a encore lue",
    ):
        assert words in told, words
    with site.reading() as db:
        assert box.text not in str(db.exec(select(Seat.tracking).where(col(Seat.tracking).is_not(None))).all())


def test_a_new_code_replaces_the_first_and_nobody_else_has_one(site: Site) -> None:
    workshop = room(site)
    step, phone = walls.recueil(site, workshop), walls.seated(site, workshop)
    walls.write(phone, workshop, step, "Un car le soir")
    path = f"/a/{workshop.code}/mes-cartes/code"
    first, second = (soup(phone.post(path)).select_one("code.code-box").text for _twice in range(2))
    anyone = site.visitor()
    assert anyone.get(f"/suivi/{first}").status_code == 404
    assert "Un car le soir" in anyone.get(f"/suivi/{second}").text
    assert anyone.post(path).status_code == 403
