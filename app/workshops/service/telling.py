"""Mails to those who said they would come: when, where, how to put it in a calendar, how to cancel."""

from sqlmodel import Session

from app.core.i18n import fdate
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.identity import service as identity
from app.identity.models import Person
from app.workshops.models import Registration, Workshop
from app.workshops.queries import registrations as reads


def page_of(workshop: Workshop) -> str:
    """The address of its public page."""
    return f"{get_settings().public_url}/ateliers/{workshop.id}-{workshop.slug}"


def own_page(held: Registration) -> str:
    """The address by which somebody cancels."""
    return f"{get_settings().public_url}/inscriptions/{held.token}"


def where(workshop: Workshop, held: Registration) -> str:
    """Where this person goes: the hall, or the link that only those registered are given."""
    if not held.remote:
        return _("Où : %(place)s.") % {"place": workshop.place}
    if workshop.link:
        return _("À distance, par ce lien : %(link)s") % {"link": workshop.link}
    return _("À distance : le lien vous sera envoyé avant l’atelier.")


def confirmed(db: Session, person: Person, workshop: Workshop, held: Registration) -> None:
    """They have a place."""
    _tell(
        db,
        person,
        workshop,
        held,
        _("Votre inscription est enregistrée : %(title)s"),
        _("Votre inscription à « %(title)s » est enregistrée."),
    )


def queued(db: Session, person: Person, workshop: Workshop, held: Registration) -> None:
    """They wait, and know how many are before them."""
    opening = _(
        "La salle est complète. Vous êtes sur la liste d’attente de « %(title)s », à la place n° %(rank)s.\n"
        "Si une place se libère, elle vous revient dans cet ordre et un message vous prévient."
    )
    subject = _("Vous êtes sur la liste d’attente : %(title)s")
    _tell(db, person, workshop, held, subject, opening, rank=reads.rank(db, held))


def let_in(db: Session, person: Person, workshop: Workshop, held: Registration) -> None:
    """A place came free, and it is theirs."""
    opening = _("Une place s’est libérée pour « %(title)s » : elle est à vous.")
    _tell(db, person, workshop, held, _("Une place est à vous : %(title)s"), opening)


def changed(db: Session, person: Person, workshop: Workshop, held: Registration) -> None:
    """Another day, another hour, another place."""
    opening = _("L’atelier « %(title)s » a changé de date ou de lieu. Voici où il en est.")
    _tell(db, person, workshop, held, _("L’atelier change de date ou de lieu : %(title)s"), opening)


def reminder(db: Session, person: Person, workshop: Workshop, held: Registration) -> None:
    """Two days before."""
    _tell(db, person, workshop, held, _("Bientôt : %(title)s"), _("L’atelier « %(title)s » approche."))


def called_off(db: Session, person: Person, workshop: Workshop, held: Registration) -> None:
    """It does not take place as announced."""
    body = _(
        "Bonjour,\n\nL’atelier « %(title)s », annoncé pour le %(day)s, n’aura pas lieu à cette date.\n\n"
        "Votre inscription est gardée : si une nouvelle date est annoncée, un message vous la dira.\n"
        "Pour l’enlever de votre agenda : %(calendar)s\nPour retirer votre inscription : %(own)s\n"
    ) % {
        "title": workshop.title, "day": fdate(workshop.starts_at, "meeting"), "calendar": f"{page_of(workshop)}.ics",
        "own": own_page(held),
    }  # fmt: skip
    identity.tell(db, person, _("Atelier annulé ou reporté : %(title)s") % {"title": workshop.title}, body)


def _tell(
    db: Session, person: Person, workshop: Workshop, held: Registration, subject: str, opening: str, **known: int
) -> None:
    words = {
        "opening": opening % ({"title": workshop.title} | known), "day": fdate(workshop.starts_at, "meeting"),
        "where": where(workshop, held), "page": page_of(workshop), "own": own_page(held),
    }  # fmt: skip
    body = (
        _(
            "Bonjour,\n\n%(opening)s\n\nQuand : le %(day)s.\n%(where)s\n\n"
            "La page de l’atelier : %(page)s\nÀ mettre dans votre agenda : %(page)s.ics\n\n"
            "Vous ne pouvez plus venir ? Dites-le ici, la place servira à une autre personne :\n%(own)s\n"
        )
        % words
    )
    identity.tell(db, person, subject % {"title": workshop.title}, body)
