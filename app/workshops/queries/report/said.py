"""What a report says in words: methods, turnout, ties, rules, hours; the same sentences in every file."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.core.i18n import fdate, fnum, ngettext
from app.core.i18n import gettext as _
from app.identity.states import COLLEGE_LABELS, College
from app.threads.states import REASON_ARTICLES, REASON_LABELS, RefusalReason
from app.workshops.counting import Agreement, Judgment, Opposition, Result, Turnout
from app.workshops.models import Step, Workshop
from app.workshops.queries.report.papers import left_out
from app.workshops.queries.report.parts import AgendaLine, Vote
from app.workshops.queries.walls import CardView, Wall
from app.workshops.states import BLANKS_LABELS, HANDS_LABELS, MODE_LABELS, Blanks, Hands, Mode, StepKind


def college(code: str) -> str:
    """The name of a collège."""
    return _(COLLEGE_LABELS[College(code)])


def colleges(codes: Iterable[str]) -> str:
    """Several, in a sentence."""
    return ", ".join(college(code).lower() for code in codes)


def clock(moment: datetime) -> str:
    """« 18 h 04 »."""
    return fdate(moment, "clock")


def minutes(number: int) -> str:
    """« 1 minute », « 12 minutes »."""
    return ngettext("%(n)s minute", "%(n)s minutes", number) % {"n": fnum(number)}


def hours(line: AgendaLine) -> str:
    """When a step took place, or that it did not."""
    if line.started is None:
        return _("passée") if line.step.skipped else _("pas tenue")
    if line.ended is None:
        return _("depuis %(from)s") % {"from": clock(line.started)}
    return _("de %(from)s à %(to)s") % {"from": clock(line.started), "to": clock(line.ended)}


def planned(line: AgendaLine) -> str:
    """When a step was to take place, and for how long."""
    return _("%(clock)s, %(minutes)s") % {"clock": clock(line.planned_at), "minutes": minutes(line.step.minutes)}


def where(workshop: Workshop) -> str:
    """The place, and whether one could also come from afar."""
    if workshop.mode == Mode.ONSITE:
        return workshop.place
    return ", ".join(filter(None, (workshop.place, _(MODE_LABELS[Mode(workshop.mode)]).lower())))


def held(workshop: Workshop) -> str:
    """When the room was open."""
    if not workshop.opened_at:
        return _("La salle n’a pas ouvert.")
    if not workshop.closed_at:
        return _("Salle ouverte à %(from)s.") % {"from": clock(workshop.opened_at)}
    hours_said = {"from": clock(workshop.opened_at), "to": clock(workshop.closed_at)}
    return _("Salle ouverte à %(from)s, fermée à %(to)s.") % hours_said


def alone() -> str:
    """Said of a room that closed itself."""
    return _(
        "Personne n’a clos cette salle : laissée ouverte, elle s’est fermée seule. Les votes en cours ont été clos et "
        "leurs résultats montrés à ce moment-là."
    )


def method(step: Step) -> list[str]:
    """How a step voted, in plain words, with its parameters and what was fixed beforehand."""
    numbers = {"n": fnum(step.dots), "cap": fnum(step.cap)}
    if step.kind == StepKind.DOTS:
        return [
            _("Gommettes : chaque personne en avait %(n)s, et pouvait en poser %(cap)s au plus sur un même choix.")
            % numbers,
            _("Les choix sont rangés par nombre de gommettes ; à nombre égal, ils partagent leur rang."),
        ]
    if step.kind == StepKind.JUDGMENT:
        return _judgment(step)
    if step.kind == StepKind.AGREEMENT:
        return _agreement(step)
    if step.hands == Hands.YES_NO:
        return [_("À main levée, sur une seule chose : oui, non, je m’abstiens.")]
    hands = _(HANDS_LABELS[Hands(step.hands)])
    return [
        _("Question à main levée : %(how)s.") % {"how": lowered(hands)},
        _("Les choix restent dans l’ordre de la question."),
    ]


def _judgment(step: Step) -> list[str]:
    blanks = _(BLANKS_LABELS[Blanks(step.blanks)])
    return [
        _("Jugement majoritaire : chaque personne donne à chaque choix une mention, d’Excellent à À rejeter."),
        _("La mention d’un choix est celle du milieu : plus de la moitié des bulletins la donnent, ou mieux."),
        _(
            "À égalité, la moins bonne des deux mentions l’emporte. Entre deux choix de même mention, on compare les "
            "bulletins les plus proches du milieu ; deux choix en tout point égaux partagent leur rang."
        ),
        f"{blanks}.",
    ]


def _agreement(step: Step) -> list[str]:
    said = [
        _("Échelle d’accord : chaque personne se place entre le plein accord et l’opposition, et peut dire pourquoi."),
        _("Il n’y a pas de note : la répartition entière est donnée."),
    ]  # fmt: skip
    if step.limit_percent is None:
        return [*said, _("Aucune règle d’adoption n’était fixée avant le vote.")]
    rule = _(
        "Règle fixée avant le vote : pas plus de %(n)s %% d’oppositions, dans la salle et dans chaque collège montré "
        "à part."
    )
    return [*said, rule % {"n": fnum(step.limit_percent)}]


def turnout(result: Turnout) -> str:
    """« 47 bulletins sur 61 personnes présentes, 43 par téléphone et 4 sur papier, dont 2 blancs. »."""
    number = fnum(result.ballots)
    said = [
        ngettext("%(n)s bulletin", "%(n)s bulletins", result.ballots) % {"n": number}
        + " "
        + ngettext("sur %(n)s personne présente", "sur %(n)s personnes présentes", result.present)
        % {"n": fnum(result.present)}
    ]
    if result.papers:
        channels = {"phones": fnum(result.phones), "papers": fnum(result.papers)}
        said.append(_("%(phones)s par téléphone et %(papers)s sur papier") % channels)
    if result.blanks:
        said.append(ngettext("dont %(n)s blanc", "dont %(n)s blancs", result.blanks) % {"n": fnum(result.blanks)})
    if result.late:
        said.append(ngettext("dont %(n)s tardif", "dont %(n)s tardifs", result.late) % {"n": fnum(result.late)})
    return ", ".join(said) + "."


def remarks(vote: Vote) -> list[str]:
    """What must be known to read a result: ballots that do not add up, ties, the rule and whether it is met."""
    result, found = vote.result, warnings(vote) + ties(vote)
    return [*found, rule(result)] if isinstance(result, Agreement) and result.limit is not None else found


def warnings(vote: Vote) -> list[str]:
    """Ballots beyond the people there, papers left out."""
    found, result = [], vote.result
    if result.ballots > result.present:
        found.append(
            _("Il y a plus de bulletins que de personnes comptées : le nombre de personnes présentes est à vérifier.")
        )
    return found + left_out(vote.papers)


def ties(vote: Vote) -> list[str]:
    """The choices that share a rank, with their rank."""
    if not isinstance(vote.result, Judgment) and not (isinstance(vote.result, Result) and vote.result.by_points):
        return []
    by_rank: dict[int, list[str]] = {}
    for line in vote.result.lines if vote.result.ballots else ():
        by_rank.setdefault(line.rank, []).append(vote.titles[line.option].title)
    return [
        _("À égalité, %(rank)s : %(titles)s.") % {"rank": rank(number), "titles": listed(titles)}
        for number, titles in sorted(by_rank.items()) if len(titles) > 1
    ]  # fmt: skip


def rank(number: int) -> str:
    """« 1er », « 4e »."""
    return _("1er") if number == 1 else _("%(n)se") % {"n": fnum(number)}


def listed(titles: Sequence[str]) -> str:
    """Titles in a sentence."""
    return ", ".join(_("« %(title)s »") % {"title": title} for title in titles)


def rule(result: Agreement) -> str:
    """Whether the rule of an agreement is met, and where it is not; no collège that may not stand apart is named."""
    if result.met is None:
        return _("Aucun bulletin : la règle ne se vérifie pas.")
    if result.met:
        return _("La règle est respectée.")
    named = [_opposition(part) for part in result.over if part.college is None or part.college in result.apart]
    said = _("La règle n’est pas respectée.")
    return f"{said} " + _("Oppositions : %(parts)s.") % {"parts": ", ".join(named)} if named else said


def _opposition(part: Opposition) -> str:
    who = _("toute la salle") if part.college is None else college(part.college).lower()
    return _("%(who)s, %(n)s %%") % {"who": who, "n": fnum(part.percent)}


def _aside(result: Turnout) -> list[str]:
    return [code for code, n in result.ballots_by.items() if n and code not in result.apart]


def small(result: Turnout) -> str:
    """The collèges whose figures are only in the total, beside those that are shown; empty if there is none."""
    codes = _aside(result) if result.apart else []
    return _("Dans le total seulement : %(colleges)s.") % {"colleges": colleges(codes)} if codes else ""


def hidden(results: Iterable[Turnout]) -> str:
    """Why some collèges are only in the total, said once for several votes; empty if all are shown apart."""
    if not any(_aside(result) for result in results):
        return ""
    return _(
        "Un collège de moins de cinq bulletins compte dans le total seulement, pour que personne ne soit reconnu. Le "
        "plus petit autre aussi, quand une soustraction suffirait à le retrouver."
    )


def measure(results: Iterable[Turnout]) -> str:
    """What votes are, before their results; collèges are named only where one is shown."""
    by = _(
        "Chaque résultat est donné au total et par collège, sans qu’aucun collège ne pèse plus qu’un autre. La "
        "décision revient aux élues et élus."
    )
    return by if any(result.apart for result in results) else _("La décision revient aux élues et élus.")


def few(codes: Iterable[str]) -> str:
    """Why these collèges are only in the total."""
    words = _("Comptés dans le total seulement, pour que personne ne soit reconnu : %(colleges)s.")
    return words % {"colleges": colleges(codes)}


def masked(card: CardView) -> str:
    """What stands in the place of a card that was shown, then taken off: never nothing."""
    if card.reason is None:
        return _("Carte masquée.")
    reason = RefusalReason(card.reason)
    words = _("Carte masquée : charte, article %(n)s, %(rule)s.")
    return words % {"n": fnum(REASON_ARTICLES[reason]), "rule": lowered(_(REASON_LABELS[reason]))}


def article(card: CardView) -> int | None:
    """The article of the charter by which a card was taken off."""
    return REASON_ARTICLES[RefusalReason(card.reason)] if card.reason else None


def lowered(words: str) -> str:
    """A sentence's beginning, inside another."""
    return words[:1].lower() + words[1:]


def read_after(card: CardView, workshop: Workshop) -> str:
    """When moderators published a card that the room had left unread; empty for the others."""
    closed, shown = workshop.closed_at, card.published_at
    if closed is None or shown is None or shown <= closed or card.masked:
        return ""
    return _("lue après l’atelier, le %(day)s") % {"day": fdate(shown)}


def left_unread(wall: Wall) -> str:
    """How many cards nobody read, and who does; empty if there is none."""
    number = len(wall.pending)
    if not number:
        return ""
    words = ngettext(
        "%(n)s carte n’a pas été lue dans la salle : le Conseil de développement la lit.",
        "%(n)s cartes n’ont pas été lues dans la salle : le Conseil de développement les lit.", number,
    )  # fmt: skip
    return words % {"n": fnum(number)}


def taken_off(wall: Wall) -> str:
    """How many cards were shown, then masked; empty if there is none."""
    if not wall.masked:
        return ""
    words = ngettext(
        "%(n)s carte a été masquée après avoir été montrée.", "%(n)s cartes ont été masquées après avoir été montrées.",
        wall.masked,
    )  # fmt: skip
    return words % {"n": fnum(wall.masked)}


def kept_back(number: int) -> str:
    """How many objections are not shown."""
    words = ngettext(
        "%(n)s objection écrite n’est pas montrée ici.", "%(n)s objections écrites ne sont pas montrées ici.", number
    )
    return words % {"n": fnum(number)}
