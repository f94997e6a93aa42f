"""Voices on a group: who shares it without having said or supported any of its needs."""

from sqlmodel import Session

from app.core.i18n import gettext as _
from app.core.mail import post
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.models import Person
from app.identity.states import College
from app.needs.models import NeedGroup
from app.policy.actor import Affiliation
from app.threads import service as threads
from app.threads.models import Thread, Voice

CONFIRM_GROUP_SUPPORT = "group_support"


def support(
    db: Session, group: NeedGroup, person: Person, college: str, affiliation: Affiliation | None = None
) -> bool:  # fmt: skip
    """« C’est aussi mon besoin »: counted once a person, once an organisation; whether it is new."""
    forum_id = group.accord.forum_id
    threads.in_turn(db, forum_id)
    voice = threads.voice_for(db, forum_id, person.id or 0, college, affiliation)
    return threads.support(db, db.get_one(Thread, group.thread_id), voice)


def unsupport(db: Session, group: NeedGroup, voice: Voice) -> None:
    """Take a support back; those given to its needs stay."""
    threads.in_turn(db, group.accord.forum_id)
    threads.unsupport(db, db.get_one(Thread, group.thread_id), voice)


def ask_support_confirmation(db: Session, group: NeedGroup, email: str, college: College) -> None:
    """Mail the link that confirms a support given without an account."""
    data = {"group": group.id, "college": college.value}
    secret = identity.issue_proof(db, email, CONFIRM_GROUP_SUPPORT, data, life=identity.CONFIRMATION_LIFE)
    body = _(
        "Bonjour,\n\nVous avez dit que « %(title)s » est aussi votre besoin.\n"
        "Ouvrez ce lien et confirmez : votre voix comptera.\n%(link)s\n\n"
        "Le lien sert pendant 7 jours. Si ce n’est pas vous, ignorez ce message : rien ne sera compté.\n"
    ) % {"title": group.title, "link": f"{get_settings().public_url}/confirmation/{secret}"}
    post(db, email, _("Confirmez votre soutien"), body)
