"""What somebody said: needs, comments, files, voices, follows, reports."""

from sqlmodel import col, or_

from app.core.machine import label
from app.identity.states import (
    COLLEGE_LABELS,
)
from app.moderation.models import Appeal, Original, Report
from app.moderation.states import APPEAL_LABELS, REPORT_LABELS, REPORT_REASONS
from app.moderation.states import OUTCOME_LABELS as REPORT_OUTCOMES
from app.needs.models import GroupMember, Need, NeedWording
from app.needs.states import FOLLOW_UP_LABELS, OUTCOME_LABELS
from app.portal.queries.register.parts import (
    ACCOUNT,
    ID,
    INNER,
    MINE,
    OTHER,
    SECRET,
    WITHDRAWN,
    WRITTEN,
    Part,
    by,
    of_comment,
    of_need,
    of_voice,
)
from app.portal.queries.words import SUBJECTS
from app.threads.models import Comment, File, Follow, Position, ProfileText, Support, Voice
from app.threads.states import (
    COMMENT_LABELS,
    MODERATION_LABELS,
    ORIGIN_LABELS,
    REASON_LABELS,
    RHYTHM_LABELS,
    STANCE_LABELS,
)

WORDS: tuple[Part, ...] = (
    Part(
        "needs", label("Vos besoins"), Need, by(Need.author_id),
        ("reference", "title", "text", "signature", "territory_id", "commune_insee", "theme_id", "college",
         "organisation_id", "origin", "status", "stage", "outcome", "reason", "reason_note", "created_at",
         "published_at", "answer_due_on", "latitude", "longitude", "place_note", "sheet_ref",
         "collected_on"),
        WITHDRAWN,
        WRITTEN | {"tracking_digest": SECRET, "voice_id": INNER, "priority_id": INNER, "supports": INNER,
                    "sheets": INNER, "group_id": INNER, "held_for": INNER, "campaign_id": INNER,
                    "transcribed_by": OTHER, "second_reader_id": OTHER, "second_read_at": OTHER},
        {"college": COLLEGE_LABELS, "origin": ORIGIN_LABELS, "status": MODERATION_LABELS, "stage": FOLLOW_UP_LABELS,
         "outcome": OUTCOME_LABELS, "reason": REASON_LABELS},
    ),
    Part(
        "comments", label("Vos commentaires"), Comment, by(Comment.author_id),
        ("thread_id", "kind", "text", "signature", "territory_id", "college", "organisation_id", "body_id", "status",
         "reason", "reason_note", "created_at", "published_at", "version"),
        WITHDRAWN, ID | {"author_id": INNER, "parent_id": OTHER, "held_for": INNER},
        {"college": COLLEGE_LABELS, "kind": COMMENT_LABELS, "status": MODERATION_LABELS, "reason": REASON_LABELS},
    ),
    Part(
        "voices", label("Votre voix dans chaque accord"), Voice, by(Voice.person_id), ("forum_id", "college"),
        WITHDRAWN, MINE | {"organisation_id": INNER}, {"college": COLLEGE_LABELS},
    ),
    Part(
        "supports", label("Vos soutiens"), Support, of_voice(Support.voice_id), ("thread_id", "created_at"),
        WITHDRAWN, ID | {"voice_id": INNER},
    ),
    Part(
        "positions", label("Vos positions"), Position, of_voice(Position.voice_id),
        ("thread_id", "stance", "created_at"), WITHDRAWN, ID | {"voice_id": INNER}, {"stance": STANCE_LABELS},
    ),
    Part(
        "files", label("Vos photos et documents"), File, by(File.author_id),
        ("thread_id", "name", "alt", "kind", "media_type", "size", "width", "height", "territory_id", "organisation_id",
         "status", "reason", "reason_note", "created_at", "published_at"),
        WITHDRAWN, ID | {"author_id": INNER, "digest": INNER}, {"status": MODERATION_LABELS, "reason": REASON_LABELS},
    ),
    Part(
        "wordings", label("Les mots de vos besoins avant correction"), NeedWording, of_need(NeedWording.need_id),
        ("need_id", "title", "text", "why", "replaced_at"), WITHDRAWN, ID | {"replaced_by": OTHER},
    ),
    Part(
        "originals", label("Vos mots avant masquage"), Original,
        lambda person: ((col(Original.subject_kind) == "need") & of_need(Original.subject_id)(person))
        | ((col(Original.subject_kind) == "comment") & of_comment(Original.subject_id)(person)),
        ("subject_kind", "subject_id", "title", "text", "place", "latitude", "longitude",
         "masked_at"), WITHDRAWN, ID | {"masked_by": OTHER},
        {"subject_kind": SUBJECTS},
    ),
    Part(
        "groups", label("Vos besoins dans un besoin partagé"), GroupMember, of_need(GroupMember.need_id),
        ("group_id", "need_id", "joined_at", "left_at", "left_why", "asked_at", "asked_words", "answered_at",
         "answered_words"),
        WITHDRAWN,
        ID | {"joined_by": OTHER, "left_by": OTHER, "answered_by": OTHER, "brought_id": INNER, "former_id": INNER},
    ),
    Part(
        "pseudonyms", label("Vos pseudonymes relus"), ProfileText, by(ProfileText.author_id),
        ("text", "territory_id", "status", "reason", "reason_note", "created_at", "published_at"), ACCOUNT,
        ID | {"author_id": INNER}, {"status": MODERATION_LABELS, "reason": REASON_LABELS},
    ),
    Part(
        "follows", label("Ce que vous suivez"), Follow, by(Follow.person_id),
        ("subject_kind", "subject_id", "rhythm", "created_at", "told_at"), ACCOUNT, MINE | {"token": SECRET},
        {"rhythm": RHYTHM_LABELS},
    ),
    Part(
        "reports", label("Vos signalements"), Report,
        lambda person: or_(col(Report.author_id) == person.id, col(Report.email) == (person.email or "-")),
        ("subject_kind", "subject_id", "territory_id", "reason", "text", "name", "email", "status", "outcome",
         "outcome_text", "decided_at", "created_at"),
        label("un an après la décision"), ID | {"receipt": SECRET, "author_id": INNER, "decided_by": OTHER},
        {"reason": REPORT_REASONS, "status": REPORT_LABELS, "outcome": REPORT_OUTCOMES},
    ),
    Part(
        "appeals", label("Vos recours"), Appeal, by(Appeal.author_id),
        ("subject_kind", "subject_id", "territory_id", "organisation_id", "text", "status", "due_at", "outcome_text",
         "decided_at", "created_at"),
        WITHDRAWN, ID | {"author_id": INNER, "contested_by": OTHER, "decided_by": OTHER},
        {"status": APPEAL_LABELS},
    ),
)  # fmt: skip
