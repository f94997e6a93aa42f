"""A pseudonym is read like all that is shown: at once or first, as its territory decided; refused, another signs."""

import pytest
from sqlmodel import col, select

from app.accords.models import Accord
from app.identity.models import Person
from app.moderation.models import Appeal
from app.threads.models import Comment, ProfileText
from tests.moderation.disputes import ANSWER, WHY, a_comment, answer, fresh, person_home, person_of
from tests.site import Site, Visitor

NAME, SECOND, NOTE = "Goémon du matin", "Ajonc du soir", "Ce nom vise une personne du bourg."
TAULE = "29279"


def reads_first(site: Site, *, first: bool = True) -> None:
    with site.writing() as db:
        for accord in db.exec(select(Accord)):
            accord.profiles_a_posteriori = not first
            db.add(accord)


def choose(visitor: Visitor, name: str = NAME, **changes: str) -> str:
    response = visitor.post("/mon-espace/profil", {"pseudonym": name, "commune": TAULE, **changes})
    assert response.status_code == 200
    return response.text


def texts(site: Site, persona: str = "resident") -> list[ProfileText]:
    with site.reading() as db:
        mine = select(ProfileText).where(ProfileText.author_id == person_of(db, persona).id)
        return list(db.exec(mine.order_by(col(ProfileText.id))))


def shown(site: Site, persona: str = "resident") -> str:
    with site.reading() as db:
        return person_of(db, persona).pseudonym


def signs(site: Site, persona: str = "resident") -> Comment:
    """A published comment of this person."""
    comment = a_comment(site)
    with site.writing() as db:
        held, person = db.get_one(Comment, comment.id), person_of(db, persona)
        held.author_id, held.signature, held.organisation_id = person.id, person.pseudonym, None
        db.add(held)
    return comment


def judge(site: Site, text: ProfileText, decision: str, by: str = "moderator") -> int:
    sent = {"decision": decision, "reason": "personne_visee", "note": NOTE}
    return site.signed_in(by).post(f"/moderation/profil/{text.id}", sent).status_code


def test_read_afterwards_it_signs_at_once_past_comments_included(site: Site) -> None:
    reads_first(site, first=False)
    comment = signs(site)
    choose(site.signed_in("resident"))
    [text] = texts(site)
    assert (text.status, text.text, shown(site)) == ("published", NAME, NAME)
    assert fresh(site, comment).signature == NAME
    with site.reading() as db:
        assert text.territory_id == person_home(db)


def test_read_first_the_former_one_stays_meanwhile(site: Site) -> None:
    reads_first(site)
    former, comment = shown(site), signs(site)
    page = choose(site.signed_in("resident"))
    assert "attend d’être relu" in page and NAME in page
    [text] = texts(site)
    assert text.status == "pending" and shown(site) == former
    assert NAME not in site.visitor().get(f"/besoins/{_need_of(site, comment)}").text
    assert judge(site, text, "publish") == 200
    assert shown(site) == NAME and fresh(site, comment).signature == NAME


def _need_of(site: Site, comment: Comment) -> int:
    from app.needs.models import Need

    with site.reading() as db:
        return db.exec(select(Need.id).where(Need.thread_id == comment.thread_id)).one() or 0


@pytest.mark.parametrize("first", [True, False])
def test_not_accepted_it_signs_nothing_and_its_owner_is_told_why(site: Site, first: bool) -> None:
    reads_first(site, first=first)
    former, comment = shown(site), signs(site)
    choose(site.signed_in("resident"))
    [text] = texts(site)
    assert judge(site, text, "refuse" if first else "hide") == 200
    now_is = shown(site)
    assert now_is == former if first else (now_is not in (NAME, former) and now_is.startswith("Voix "))
    assert fresh(site, comment).signature == now_is
    with site.reading() as db:
        mail = site.mails(person_of(db, "resident").email)[-1]
    assert NOTE in mail.body and "contester" in mail.body
    page = site.signed_in("resident").get("/mon-espace/profil").text
    assert "n’est pas accepté" in page and f"/mon-espace/recours/profil/{text.id}" in page


def test_contested_and_given_back_it_signs_again(site: Site) -> None:
    reads_first(site, first=False)
    choose(site.signed_in("resident"))
    [text] = texts(site)
    judge(site, text, "hide")
    sent = site.signed_in("resident").post(f"/mon-espace/recours/profil/{text.id}", {"text": WHY})
    assert "Votre contestation est reçue" in sent.text
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_kind == "profile_text")).one()
    assert answer(site, appeal, "reverse").status_code == 200
    assert shown(site) == NAME and fresh(site, text).status == "published"
    assert ANSWER in site.signed_in("resident").get(f"/mon-espace/recours/profil/{text.id}").text


def test_given_back_after_another_was_chosen_it_does_not_replace_it(site: Site) -> None:
    reads_first(site, first=False)
    resident = site.signed_in("resident")
    choose(resident)
    [text] = texts(site)
    judge(site, text, "hide")
    resident.post(f"/mon-espace/recours/profil/{text.id}", {"text": WHY})
    choose(resident, SECOND)
    with site.reading() as db:
        appeal = db.exec(select(Appeal).where(Appeal.subject_kind == "profile_text")).one()
    assert answer(site, appeal, "reverse").status_code == 200
    assert shown(site) == SECOND and fresh(site, text).status == "published"


def test_only_the_last_one_waits(site: Site) -> None:
    reads_first(site)
    resident = site.signed_in("resident")
    for name in (NAME, NAME, SECOND):
        choose(resident, name)
    assert [(t.text, t.status) for t in texts(site)] == [(NAME, "withdrawn"), (SECOND, "pending")]


def test_saving_the_profile_again_changes_nothing_for_who_reads(site: Site) -> None:
    reads_first(site)
    resident = site.signed_in("resident")
    choose(resident)
    choose(resident, college="habitants")
    assert [(t.text, t.status) for t in texts(site)] == [(NAME, "pending")]
    choose(resident, shown(site))  # back to the former one: nothing to read any more
    assert texts(site)[-1].status == "withdrawn"


def test_under_15_nobody_reads_it_until_it_may_be_shown(site: Site) -> None:
    reads_first(site)
    youth = site.signed_in("youth")
    choose(youth, "Inès Prénom Nom", age="-15")
    assert not texts(site, "youth") and shown(site, "youth") == "Inès Prénom Nom"
    choose(youth, "Inès Prénom Nom", age="15-17")
    assert [t.status for t in texts(site, "youth")] == ["pending"]
    assert shown(site, "youth").startswith("Voix ")


def test_without_a_commune_the_departement_reads_it(site: Site) -> None:
    from app.places.queries import reference

    choose(site.signed_in("resident"), commune="")
    with site.reading() as db:
        assert texts(site)[-1].territory_id == reference(db).departement.territory_id


def test_nobody_reads_their_own(site: Site) -> None:
    reads_first(site)
    choose(site.signed_in("moderator"))
    [text] = texts(site, "moderator")
    assert judge(site, text, "publish") == 403
    assert judge(site, text, "publish", by="second_moderator") == 200


def test_html_in_a_pseudonym_is_shown_as_written(site: Site) -> None:
    reads_first(site)
    choose(site.signed_in("resident"), "<b>Goémon</b>")
    page = site.signed_in("moderator").get(f"/moderation/profil/{texts(site)[-1].id}").text
    assert "<b>Goémon" not in page and "&lt;b&gt;Goémon" in page


def test_the_demonstration_has_one_to_read(site: Site) -> None:
    with site.reading() as db:
        waiting = db.exec(select(ProfileText).where(ProfileText.status == "pending")).all()
        assert waiting and db.get_one(Person, waiting[0].author_id)
    assert f"/moderation/profil/{waiting[0].id}" in site.signed_in("moderator").get("/moderation").text
