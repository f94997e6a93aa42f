"""Every decision on every kind: what readers get, what the author is told, what is kept."""

from typing import Any

import pytest
from sqlmodel import col, select

from app.core.machine import Event
from app.identity.models import Person
from app.moderation.models import Original, Undoable
from app.needs.models import Need
from app.portal.service import contributions
from app.threads.models import Comment, News
from app.workshops.models import Option, Step
from tests.moderation import desk
from tests.moderation.desk import HOME, REASON, SECRET
from tests.site import Site

MASK = {"masked": SECRET, "passages": "Monsieur Le Gall", **REASON}
KINDS = ["besoin", "commentaire", "photo", "profil"]
WORDED = ["besoin", "commentaire"]
# kind, what is decided first, what is decided then, where it leaves the contribution
PATHS = [
    *[(kind, [], "publish", "published") for kind in KINDS],
    *[(kind, [], "refuse", "refused") for kind in KINDS],
    *[(kind, ["publish"], "keep", "published") for kind in KINDS],
    *[(kind, ["publish"], "hide", "hidden") for kind in KINDS],
    *[(kind, ["publish", "hide"], "restore", "published") for kind in KINDS],
    *[(kind, [], "mask", "masked") for kind in WORDED],
    *[(kind, ["publish"], "mask", "masked") for kind in WORDED],
    *[(kind, ["mask"], "hide", "hidden") for kind in WORDED],
    *[(kind, ["mask"], "restore", "published") for kind in WORDED],
    *[(kind, ["mask", "hide"], "restore", "masked") for kind in WORDED],
]
MORE: dict[str, dict[str, Any]] = {"refuse": REASON, "hide": REASON, "mask": MASK}


@pytest.mark.parametrize(("kind", "first", "then", "status"), PATHS)
def test_a_decision_moves_and_is_logged_and_its_author_is_told(
    site: Site, kind: str, first: list[str], then: str, status: str
) -> None:
    item, moderator = desk.waiting(site, kind), site.signed_in("moderator")
    for verb in first:
        assert desk.decide(moderator, kind, item, verb, **MORE.get(verb, {})).status_code == 200
    answer = desk.decide(moderator, kind, item, then, **MORE.get(then, {}))
    assert answer.status_code == 200 and answer.url.path.startswith("/moderation"), answer.text
    assert "Annuler" in answer.text
    now = desk.state(site, kind, item)
    assert now.status == status
    entries = desk.log(site, kind, item)
    waited = then == "mask" and not first
    assert entries[-1].verb == {"keep": "reread"}.get(then, "publish_masked" if waited else then)
    assert (entries[-1].reason == "donnee_privee") == (then in MORE)
    assert (entries[-1].waited is not None) == (not first or then == "keep")
    with site.reading() as db:
        author = db.get(Person, now.author_id or 0)
    mails = desk.held_mails(site, entries[-1].batch or "")
    assert [mail.to for mail in mails] == ([author.email] if author and then != "keep" else [])
    if then in MORE and mails:
        body = mails[0].body
        for part in (
            "article 6",
            "Donnée privée",
            REASON["note"],
            "ne décide jamais",
            "contester jusqu’au",
            "/mon-espace",
            "/suivi",
        ):
            assert part in body


@pytest.mark.parametrize(("kind", "verb"), [("besoin", "refuse"), ("commentaire", "mask"), ("photo", "hide")])
def test_a_measure_without_a_rule_is_refused_and_nothing_typed_is_lost(site: Site, kind: str, verb: str) -> None:
    item, moderator = desk.waiting(site, kind), site.signed_in("moderator")
    answer = desk.decide(moderator, kind, item, verb, note="Ce que j’ai vu.", passages="Monsieur Le Gall")
    assert answer.status_code == 422 and "toujours motivé" in answer.text and "Ce que j’ai vu." in answer.text
    assert desk.state(site, kind, item).status == "pending" and not desk.log(site, kind, item)


@pytest.mark.parametrize(
    ("kind", "first", "verb"),
    [
        ("besoin", None, "hide"), ("besoin", None, "restore"), ("besoin", None, "keep"), ("besoin", "publish", "refuse"),
        ("besoin", "publish", "publish"), ("besoin", "refuse", "publish"), ("besoin", "hide", "mask"),
        ("photo", None, "mask"), ("profil", None, "mask"), ("profil", "publish", "refuse"),
    ],
)  # fmt: skip
def test_what_is_not_possible_from_here_changes_nothing(site: Site, kind: str, first: str | None, verb: str) -> None:
    item, moderator = desk.waiting(site, kind), site.signed_in("moderator")
    if first == "hide":
        desk.decide(moderator, kind, item, "publish")
    if first:
        desk.decide(moderator, kind, item, first, **MORE.get(first, {}))
    before, acts = desk.state(site, kind, item).status, len(desk.log(site, kind, item))
    assert desk.decide(moderator, kind, item, verb, **MASK | {"masked": ""}).status_code in (409, 422)
    assert desk.state(site, kind, item).status == before and len(desk.log(site, kind, item)) == acts


def test_the_second_of_two_moderators_sees_what_the_first_did(site: Site) -> None:
    item = desk.need(site)
    first, second = site.signed_in("moderator"), site.signed_in("second_moderator")
    desk.decide(first, "besoin", item, "refuse", **REASON)
    late = desk.decide(second, "besoin", item, "publish")
    assert late.status_code == 409 and "changé" in late.text
    assert "Déjà décidé" in late.text and REASON["note"] in late.text and "Ne pas publier" in late.text


def _everywhere(site: Site, need: Need) -> str:
    """All that anybody may read of a need, or take away."""
    visitor = site.visitor()
    paths = [
        f"/besoins/{need.id}", "/besoins?territoire=morlaix-communaute", "/besoins?q=banc", "/donnees/besoins.csv",
        "/territoires/morlaix-communaute", f"/besoins/{need.id}/document.pdf", "/",
    ]  # fmt: skip
    return "\n".join(visitor.get(path).text for path in paths)


def _copied(site: Site, need_id: int) -> None:
    """The title of a need was copied: an option of a workshop, and news."""
    with site.writing() as db:
        need = db.get_one(Need, need_id)
        step = db.exec(select(Step.id)).first() or 0
        db.add(Option(step_id=step, position=90, title=need.title[:160], need_id=need_id))
        news = News(
            thread_id=need.thread_id, territory_id=HOME, title=need.title, text=f"{need.title} : {need.text[:100]}",
            path=f"/besoins/{need_id}", at=need.created_at,
        )  # fmt: skip
        db.add(news)


def test_a_masked_passage_is_read_nowhere_but_by_its_author_and_moderators(site: Site) -> None:
    title = f"Un banc, dit Monsieur Le Gall, {SECRET}"
    item, moderator = desk.need(site, title=title), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "publish")
    _copied(site, item)
    site.mails()
    desk.decide(moderator, "besoin", item, "mask", **MASK)
    masked = desk.state(site, "besoin", item)
    read = _everywhere(site, masked)
    assert "[passage masqué]" in read and "a vu le banc cassé" in read
    for secret in (SECRET, "Le Gall"):
        assert secret not in read
        assert f"/besoins/{item}" not in site.visitor().get(f"/besoins?q={secret}").text
    with site.reading() as db:
        news = db.exec(select(News).where(News.thread_id == masked.thread_id)).all()
        options = db.exec(select(Option.title).where(Option.need_id == item)).all()
        notes = db.exec(select(Event.note).where(Event.subject_kind == "need", Event.subject_id == item)).all()
        others = desk.held_mails(site, desk.log(site, "besoin", item)[-1].batch or "")
        author = db.get_one(Person, masked.author_id)
    held = " ".join([*(n.title + n.text for n in news), *options, *(note or "" for note in notes)])
    assert SECRET not in held and "Le Gall" not in held and news and options
    assert {mail.to for mail in others} == {author.email}
    assert SECRET in moderator.get(f"/moderation/besoin/{item}").text


def test_a_masked_comment_is_masked_for_everyone(site: Site) -> None:
    item, moderator = desk.comment(site), site.signed_in("moderator")
    desk.decide(moderator, "commentaire", item, "mask", **MASK)
    page = site.visitor().get(f"/besoins/{desk.public_need(site).id}").text
    assert "[passage masqué]" in page and SECRET not in page and "Le Gall" not in page


def test_more_may_be_masked_later_and_all_is_given_back_at_once(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    desk.decide(moderator, "besoin", item, "mask", masked=SECRET, **REASON)
    desk.decide(moderator, "besoin", item, "mask", passages="Monsieur Le Gall", **REASON)
    need = desk.state(site, "besoin", item)
    assert need.text == "Appelez [passage masqué] au [passage masqué], il a vu le banc cassé."
    with site.reading() as db:
        assert [o.text for o in db.exec(select(Original).where(Original.subject_id == item))] == [desk.WORDS]
    desk.decide(moderator, "besoin", item, "restore")
    assert desk.state(site, "besoin", item).text == desk.WORDS
    with site.reading() as db:
        assert not db.exec(select(Original).where(Original.subject_id == item)).all()


def test_a_preview_shows_what_everyone_would_read_and_sends_nothing(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    answer = desk.decide(moderator, "besoin", item, "mask", masked=SECRET, preview="1", note="Gardé ?")
    assert answer.status_code == 200 and "Ce que tout le monde lira" in answer.text
    assert "Appelez Monsieur Le Gall au [passage masqué]" in answer.text and "Gardé ?" in answer.text
    assert desk.state(site, "besoin", item).status == "pending" and not desk.log(site, "besoin", item)


@pytest.mark.parametrize("passage", ["Monsieur Le Gallo", "onsieur Le Gal", "<script>", "🏠" * 40, "\u202eLe Gall"])
def test_a_passage_that_is_not_in_the_words_is_said_to_be_missing(site: Site, passage: str) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    answer = desk.decide(moderator, "besoin", item, "mask", passages=f"{passage} zzz", **REASON)
    assert answer.status_code == 422 and "dans le texte" in answer.text
    assert "<script> zzz" not in answer.text


def test_publishing_as_it_is_with_passages_chosen_asks_which(site: Site) -> None:
    item, moderator = desk.need(site), site.signed_in("moderator")
    answer = desk.decide(moderator, "besoin", item, "publish", masked=SECRET)
    assert answer.status_code == 422 and "Publier en masquant" in answer.text
    assert desk.state(site, "besoin", item).status == "pending"


def test_what_the_machine_noticed_is_underlined_and_numbered(site: Site) -> None:
    moderator = site.signed_in("moderator")
    moderator.post("/moderation/mots", {"words": "abruti"})
    item = desk.need(site, f"{desk.WORDS} Ces abrutis ! <b>www.exemple.fr</b>", title="Écrire à jean@exemple.fr vite")
    page = moderator.get(f"/moderation/besoin/{item}").text
    for number, words in enumerate(["jean@exemple.fr", SECRET, "abrutis", "www.exemple.fr"], start=1):
        assert f'data-notice="{number}"><mark>{words}</mark>' in page
        assert f'id="masquer-{number}" value="{words}"' in page
    assert "&lt;b&gt;" in page


def test_around_it_the_history_of_its_author_without_their_name(site: Site) -> None:
    first = desk.need(site)
    moderator = site.signed_in("moderator")
    desk.decide(moderator, "besoin", first, "refuse", **REASON)
    item = desk.need(site, title="Une autre demande de banc")
    page = moderator.get(f"/moderation/besoin/{item}").text
    assert "Ce que la même personne a déjà écrit" in page and "Non publié" in page
    assert desk.person(site, "resident").pseudonym not in page.split("Ce que la même personne")[1]
    assert "article-6" in page and "Je me déporte" in page


def test_alike_needs_that_everyone_reads_stand_beside_it(site: Site) -> None:
    known = desk.public_need(site)
    item = desk.need(site, known.text, title=known.title)
    page = site.signed_in("moderator").get(f"/moderation/besoin/{item}").text
    assert "Besoins proches" in page and f'href="/besoins/{known.id}' in page.split("Besoins proches")[1]


def test_a_hidden_need_is_found_no_more_and_keeps_its_supports(site: Site) -> None:
    known = desk.public_need(site)
    site.signed_in("resident").post(f"/besoins/{known.id}/soutiens")
    with site.reading() as db:
        supports = db.get_one(Need, known.id).supports
    moderator = site.signed_in("moderator")
    desk.decide(moderator, "besoin", known.id or 0, "hide", **REASON)
    assert site.visitor().get(f"/besoins/{known.id}").status_code == 404
    assert f"/besoins/{known.id}" not in site.visitor().get("/besoins", params={"q": known.title}).text
    desk.decide(moderator, "besoin", known.id or 0, "restore")
    assert f"/besoins/{known.id}" in site.visitor().get("/besoins", params={"q": known.title}).text
    with site.reading() as db:
        assert db.get_one(Need, known.id).supports == supports


def test_erasing_an_account_erases_what_a_masking_kept(site: Site) -> None:
    need_id, comment_id = desk.need(site), desk.comment(site)
    moderator = site.signed_in("moderator")
    desk.decide(moderator, "besoin", need_id, "mask", **MASK)
    desk.decide(moderator, "commentaire", comment_id, "mask", **MASK)
    with site.writing() as db:
        contributions.erase(db, desk.person(site, "resident").id or 0)
    with site.reading() as db:
        assert not db.exec(select(Original).where(col(Original.text).contains(SECRET))).all()
        assert SECRET not in db.get_one(Need, need_id).text + db.get_one(Comment, comment_id).text
        assert not [u for u in db.exec(select(Undoable)) if SECRET in str(u.before)]


def test_htmx_asks_for_the_queue_alone(site: Site) -> None:
    page = site.signed_in("moderator").get("/moderation/file", headers={"hx-request": "true"})
    assert page.text.lstrip().startswith("<section") and "contributions attendent" in page.text
