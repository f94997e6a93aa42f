"""What one says of oneself, what of it is public, and what protects those under 15."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlmodel import col, select, update

from app.board.models import PriorityVoice
from app.core.db import now
from app.identity.models import EmailProof, ParentAgreement, Person
from app.identity.states import AgeBracket
from app.needs.models import Need
from app.threads.models import Comment, Voice
from tests.needs.test_say import say
from tests.portal.cast import enter, neighbour
from tests.site import Site, Visitor

PARENT = "parent@exemple.fr"
TAULE = "29279"
YOUNG = {"pseudonym": "Gwenn", "age": "-15"}


def _me(site: Site, persona: str = "resident") -> Person:
    with site.reading() as db:
        return db.exec(select(Person).where(Person.demo_persona == persona)).one()


def _comment(site: Site, visitor: Visitor) -> str:
    """The signature of a comment that this visitor writes now."""
    from app.accords.queries import accords

    with site.reading() as db:
        where = [t for t, a in accords(db).items() if "need.comment" in a.open_verbs]
        need = db.exec(select(Need).where(Need.status == "published", col(Need.territory_id).in_(where))).first()
        assert need
    text = "Une remarque sur ce besoin, écrite à l’instant."
    visitor.post(f"/besoins/{need.id}/commentaires", {"kind": "remarque", "text": text, "college": "habitants"})
    with site.reading() as db:
        return db.exec(select(Comment.signature).where(Comment.text == text)).one()


def test_what_is_said_is_kept_and_shown_again(site: Site) -> None:
    resident = site.signed_in("resident")
    said = {"pseudonym": "Soazig", "college": "habitants", "age": "28-59", "commune": TAULE, "shows_commune": "true"}
    page = resident.post("/mon-espace/profil", said)
    assert page.url.path == "/mon-espace/profil" and "enregistré" in page.text
    form = BeautifulSoup(page.text, "html.parser")
    assert form.select_one("#age option[selected]")["value"] == "28-59"  # type: ignore[index]
    assert form.select_one("#shows_commune[checked]")
    assert "Soazig, Taulé" in page.text


@pytest.mark.parametrize("age", list(AgeBracket))
def test_the_youth_college_is_for_those_under_28(site: Site, age: AgeBracket) -> None:
    page = site.signed_in("resident").post(
        "/mon-espace/profil", {"pseudonym": "Soazig", "college": "jeunes", "age": age.value}
    )
    refused = age in (AgeBracket.ADULT, AgeBracket.OLDER)
    assert (page.status_code == 422) == refused and ("de 12 à 27 ans. Choisissez-en" in page.text) == refused


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pseudonym": ""}, "À remplir"),
        ({"pseudonym": "x" * 61}, "Trop long"),
        ({"commune": "99999"}, "commune de la liste"),
        ({"shows_commune": "true"}, "Choisissez votre commune"),
        ({"age": "12"}, "réponses proposées"),
    ],
)
def test_faults_are_said_beside_what_was_typed(site: Site, changes: dict[str, str], words: str) -> None:
    page = site.signed_in("resident").post("/mon-espace/profil", {"pseudonym": "Soazig la nouvelle", **changes})
    assert page.status_code == 422 and words in page.text
    assert "pseudonym" in changes or "Soazig la nouvelle" in page.text
    assert _me(site).pseudonym != "Soazig la nouvelle"


def test_the_commune_signs_only_if_one_chose_it_and_goes_when_one_changes_ones_mind(site: Site) -> None:
    who = neighbour(site)
    visitor = enter(site, who.email)

    def signatures() -> set[str]:
        with site.reading() as db:
            return set(db.exec(select(Comment.signature).where(Comment.author_id == who.id)))

    visitor.post("/mon-espace/profil", {"pseudonym": "Maëlle", "commune": TAULE})
    assert signatures() == {"Maëlle"}
    visitor.post("/mon-espace/profil", {"pseudonym": "Maëlle", "commune": TAULE, "shows_commune": "true"})
    assert signatures() == {"Maëlle, Taulé"}
    visitor.post("/mon-espace/profil", {"pseudonym": "Maëlle", "commune": TAULE})
    assert signatures() == {"Maëlle"}


def test_official_answers_keep_the_signature_of_their_body(site: Site) -> None:
    technician = _me(site, "technician")
    official = select(Comment.signature).where(Comment.author_id == technician.id, col(Comment.body_id).is_not(None))
    with site.reading() as db:
        before = sorted(db.exec(official))
    site.signed_in("technician").post("/mon-espace/profil", {"pseudonym": "Clarisse"})
    with site.reading() as db:
        assert before and sorted(db.exec(official)) == before


def test_under_15_no_pseudonym_is_public(site: Site) -> None:
    resident = site.signed_in("resident")
    resident.post("/mon-espace/profil", YOUNG)
    assert _comment(site, resident) == "Une jeune voix"
    page = resident.get("/mon-espace/profil").text
    assert "Personne d’autre que vous ne le lit" in page and "l’accord d’un parent" in page


def test_under_15_former_comments_lose_the_pseudonym_too(site: Site) -> None:
    who = neighbour(site)
    enter(site, who.email).post("/mon-espace/profil", {**YOUNG, "pseudonym": who.pseudonym})
    with site.reading() as db:
        assert set(db.exec(select(Comment.signature).where(Comment.author_id == who.id))) == {"Une jeune voix"}


def test_under_15_the_list_of_voices_does_not_name_them(site: Site) -> None:
    who = neighbour(site)
    with site.reading() as db:
        heard = select(PriorityVoice.priority_id).join(Voice, col(Voice.id) == PriorityVoice.voice_id)
        priority = db.exec(heard.where(Voice.person_id == who.id)).first()
    path = f"/priorites/{priority}/voix"
    assert who.pseudonym in site.visitor().get(path).text
    enter(site, who.email).post("/mon-espace/profil", {**YOUNG, "pseudonym": who.pseudonym})
    page = site.visitor().get(path).text
    assert who.pseudonym not in page and "Une jeune voix" in page


def test_under_15_the_commune_is_locked_without_a_parent(site: Site) -> None:
    resident = site.signed_in("resident")
    page = resident.post("/mon-espace/profil", {**YOUNG, "commune": TAULE, "shows_commune": "true"})
    assert page.status_code == 422 and "il faut l’accord d’un parent" in page.text
    assert not _me(site).shows_commune


def _ask(site: Site) -> tuple[Visitor, str]:
    resident = site.signed_in("resident")
    resident.post("/mon-espace/profil", YOUNG)
    page = resident.post("/mon-espace/profil/parent", {"email": PARENT})
    assert "Réponse attendue" in page.text
    return resident, site.link(PARENT)


@pytest.mark.parametrize("age", ["-15", "15-17"])
def test_under_15_a_need_does_not_say_where_its_author_lives(site: Site, age: str) -> None:
    resident = site.signed_in("resident")
    resident.post("/mon-espace/profil", {**YOUNG, "age": age, "college": "jeunes"})
    say(resident, college="jeunes", email="", title="Une piste pour rouler le soir", place=TAULE)
    with site.reading() as db:
        signature = db.exec(select(Need.signature).where(Need.title == "Une piste pour rouler le soir")).one()
    assert signature == ("Une jeune voix, Morlaix Communauté" if age == "-15" else "Une jeune voix, Taulé")


def test_a_parent_agrees_and_may_take_it_back_by_the_same_link(site: Site) -> None:
    resident, link = _ask(site)
    parent = site.visitor()
    page = parent.get(link)
    assert "Je suis d’accord" in page.text and page.headers["cache-control"] == "no-store"
    with site.reading() as db:
        assert db.exec(select(ParentAgreement)).one().agreed_at is None  # reading is not agreeing
    assert "Retirer mon accord" in parent.post(link, {"answer": "yes"}).text
    said = {**YOUNG, "commune": TAULE, "shows_commune": "true"}
    assert resident.post("/mon-espace/profil", said).status_code == 200
    assert _comment(site, resident) == "Une jeune voix, Taulé"
    with site.writing() as db:  # years later, the link still serves
        db.execute(update(EmailProof).values(created_at=now() - timedelta(days=900)))
    parent.post(link, {"answer": "no"})
    assert not _me(site).shows_commune
    with site.reading() as db:
        assert set(db.exec(select(Comment.signature).where(Comment.author_id == _me(site).id))) == {"Une jeune voix"}
    assert resident.post("/mon-espace/profil", said).status_code == 422


def test_a_parent_refuses(site: Site) -> None:
    resident, link = _ask(site)
    site.visitor().post(link, {"answer": "no"})
    assert "Votre parent a dit non" in resident.get("/mon-espace/profil").text
    assert site.visitor().post(link, {"answer": "yes"}).status_code == 409
    with site.reading() as db:
        assert db.exec(select(ParentAgreement)).one().agreed_at is None


def test_an_answer_that_is_none_changes_nothing(site: Site) -> None:
    _resident, link = _ask(site)
    assert "Je suis d’accord" in site.visitor().post(link, {"answer": "peut-être"}).text
    with site.reading() as db:
        assert db.exec(select(ParentAgreement)).one().withdrawn_at is None


def test_after_seven_days_without_an_answer_the_link_is_dead(site: Site) -> None:
    _resident, link = _ask(site)
    with site.writing() as db:
        db.execute(update(EmailProof).where(col(EmailProof.email) == PARENT).values(expires_at=now()))
    assert site.visitor().get(link).status_code == 410
    assert site.visitor().post(link, {"answer": "yes"}).status_code == 410


def test_asked_again_only_the_last_link_serves(site: Site) -> None:
    resident, first = _ask(site)
    resident.post("/mon-espace/profil/parent", {"email": PARENT})
    assert site.visitor().post(first, {"answer": "yes"}).status_code == 410
    assert site.visitor().post(site.link(PARENT), {"answer": "yes"}).status_code == 200


def test_nobody_is_ones_own_parent_and_adults_have_none(site: Site) -> None:
    resident = site.signed_in("resident")
    assert resident.post("/mon-espace/profil/parent", {"email": PARENT}).status_code == 409
    resident.post("/mon-espace/profil", YOUNG)
    page = resident.post("/mon-espace/profil/parent", {"email": str(_me(site).email).upper()})
    assert page.status_code == 422 and "pas la vôtre" in page.text
    assert not site.mails(PARENT)


def test_a_parent_is_not_flooded(site: Site) -> None:
    resident, _link = _ask(site)
    answers = [resident.post("/mon-espace/profil/parent", {"email": PARENT}) for _n in range(7)]
    assert answers[-1].status_code == 422 and "messages viennent de partir" in answers[-1].text
    assert len(site.mails(PARENT)) == 6


def test_a_link_of_another_kind_opens_no_parents_page(site: Site) -> None:
    site.visitor().post("/connexion", {"email": "nina@exemple.fr"})
    token = site.link("nina@exemple.fr").rsplit("/", 1)[1]
    assert site.visitor().get(f"/confirmation/{token}/parent").status_code == 410
    _resident, link = _ask(site)
    assert site.visitor().get(link.removesuffix("/parent")).status_code == 410
