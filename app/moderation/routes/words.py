"""The list of words that the machine underlines."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app.core.db import Db
from app.core.errors import NotFoundError
from app.core.forms import Filled, blank, read
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.web import go, page
from app.identity.access import Me, Requires
from app.moderation.forms.deciding import WordForm
from app.moderation.queries import words
from app.moderation.service import setting
from app.moderation.states import SUGGESTED_WORDS
from app.policy import MODERATION_OPEN

router = APIRouter(dependencies=[Depends(Requires(MODERATION_OPEN))])


def _page(request: Request, db: Db, form: Filled[WordForm], status: int = 200) -> Response:
    listed = words.listed(db)
    missing = len(set(SUGGESTED_WORDS) - {word.word for word in listed})
    return page(
        request, "moderation/words.html", status=status, nav="moderation", listed=listed, form=form, missing=missing
    )


@router.get("/moderation/mots", name="moderation.words")
def listed(request: Request, db: Db) -> Response:
    """The words, and how to change them."""
    return _page(request, db, blank(WordForm))


def _added(request: Request, number: int) -> Response:
    said = ngettext("%(n)s mot ajouté.", "%(n)s mots ajoutés.", number) % {"n": number}
    return go(request, "moderation.words", flash=said if number else _("Ces mots étaient déjà dans la liste."))


@router.post("/moderation/mots", name="moderation.add_words")
def add(request: Request, db: Db, me: Me, form: Annotated[Filled[WordForm], Depends(read(WordForm))]) -> Response:
    """Add one word, or several."""
    if form.data and not form.data.chosen:
        form.refuse("words", _("Un mot par ligne, de 2 à 60 lettres, sans espace."))
    if form.ok is None:
        return _page(request, db, form, 422)
    return _added(request, setting.add_words(db, form.ok.chosen, by=me.person_id or 0))


@router.post("/moderation/mots/proposes", name="moderation.suggested_words")
def suggested(request: Request, db: Db, me: Me) -> Response:
    """Add the list that comes with the site."""
    return _added(request, setting.add_words(db, SUGGESTED_WORDS, by=me.person_id or 0))


@router.post("/moderation/mots/{word_id:int}/retrait", name="moderation.remove_word")
def remove(request: Request, db: Db, word_id: int) -> Response:
    """Take a word off the list; taken off already, it is off."""
    word = words.one(db, word_id) if word_id < 2**31 else None
    if word is None:
        raise NotFoundError
    setting.remove_word(db, word)
    return go(request, "moderation.words", flash=_("Mot retiré de la liste."))
