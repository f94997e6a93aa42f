"""What somebody did in a role, and what the site keeps of its own messages and events."""

from sqlmodel import col, or_

from app.actions.models import ActionSheet, SheetVersion
from app.actions.states import SHEET_LABELS
from app.core.machine import Event, label
from app.core.mail import Mail
from app.intake.models import NeedImport
from app.intake.states import IMPORT_LABELS
from app.moderation.models import Claim, LogEntry, Recusal, SecondOpinion
from app.needs.models import Campaign, NeedAnswer, NeedGroup
from app.needs.states import GROUP_LABELS, OUTCOME_LABELS
from app.portal.queries.register.parts import (
    ID,
    INNER,
    MINE,
    OTHER,
    PUBLIC_ACTS,
    SECRET,
    SENT,
    STATES,
    WITHDRAWN,
    WRITTEN,
    Part,
    by,
    to,
)
from app.portal.queries.words import SUBJECTS, VERBS
from app.threads.states import REASON_LABELS

ACTS: tuple[Part, ...] = (
    Part(
        "answers", label("Réponses écrites au nom d’une instance"), NeedAnswer, by(NeedAnswer.author_id),
        ("need_id", "outcome", "text", "body_id", "addressee", "answered_on", "created_at"), PUBLIC_ACTS,
        ID | {"author_id": INNER, "group_id": INNER}, {"outcome": OUTCOME_LABELS},
    ),
    Part(
        "sheets", label("Fiches-actions que vous avez commencées"), ActionSheet, by(ActionSheet.author_id),
        ("reference", "title", "lede", "territory_id", "theme_id", "status", "created_at", "changed_at"), PUBLIC_ACTS,
        WRITTEN | dict.fromkeys(("content", "exit_reason", "addressee", "version", "edited"), INNER),
        {"status": SHEET_LABELS},
    ),
    Part(
        "versions", label("Versions de fiches que vous avez publiées"), SheetVersion, by(SheetVersion.author_id),
        ("sheet_id", "number", "note", "published_at"), PUBLIC_ACTS, ID | {"author_id": INNER, "content": INNER},
    ),
    Part(
        "need_groups", label("Besoins partagés que vous avez composés"), NeedGroup, by(NeedGroup.created_by),
        ("title", "summary", "territory_id", "theme_id", "status", "outcome", "created_at"), PUBLIC_ACTS,
        ID | dict.fromkeys(("thread_id", "accord_id", "priority_id", "edited", "created_by"), INNER),
        {"status": GROUP_LABELS, "outcome": OUTCOME_LABELS},
    ),
    Part(
        "campaigns", label("Collectes que vous avez préparées"), Campaign, by(Campaign.created_by),
        ("mark", "name", "text", "territory_id", "starts_on", "ends_on", "created_at"), PUBLIC_ACTS,
        ID | {"created_by": INNER},
    ),
    Part(
        "imports", label("Imports que vous avez faits"), NeedImport, by(NeedImport.author_id),
        ("filename", "territory_id", "campaign_id", "total", "wrong", "status", "created_at", "done_at"), PUBLIC_ACTS,
        ID | {"author_id": INNER, "rows": OTHER}, {"status": IMPORT_LABELS},
    ),
    Part(
        "readings", label("Vos actes de relecture"), LogEntry, by(LogEntry.actor_id),
        ("at", "territory_id", "subject_kind", "verb", "reason"), PUBLIC_ACTS,
        ID | dict.fromkeys(("subject_id", "actor_id", "waited", "words", "batch", "previous", "hash"), INNER),
        {"reason": REASON_LABELS},
    ),
    Part(
        "claims", label("Ce que vous avez pris en charge"), Claim, by(Claim.person_id), ("subject_kind", "at"),
        label("jusqu’à la décision"), MINE | {"subject_id": INNER, "assigned_by": OTHER},
    ),
    Part(
        "recusals", label("Ce dont vous vous êtes déporté"), Recusal, by(Recusal.person_id), ("subject_kind", "at"),
        PUBLIC_ACTS, MINE | {"subject_id": INNER},
    ),
    Part(
        "opinions", label("Seconds avis demandés ou donnés"), SecondOpinion,
        lambda person: or_(
            col(SecondOpinion.asked_by) == person.id, col(SecondOpinion.answered_by) == person.id
        ),
        ("subject_kind", "asked_at", "question", "answered_at", "answer"), PUBLIC_ACTS,
        ID | {"subject_id": INNER, "asked_by": OTHER, "answered_by": OTHER},
    ),
    Part(
        "mails", label("Messages encore gardés"), Mail, to(Mail.to), ("subject", "created_at", "sent_at"),
        label("30 jours"), SENT | {"batch": INNER, "unsubscribe": SECRET, "handed_at": INNER},
    ),
    Part(
        "events", label("L’historique de vos gestes"), Event,
        lambda person: or_(
            col(Event.actor_id) == person.id, (Event.subject_kind == "person") & (Event.subject_id == person.id)
        ),
        ("at", "subject_kind", "verb", "before", "after", "note"), WITHDRAWN,
        ID | {"subject_id": INNER, "actor_id": INNER},
        {"subject_kind": SUBJECTS, "verb": VERBS, "before": STATES, "after": STATES},
    ),
)  # fmt: skip
