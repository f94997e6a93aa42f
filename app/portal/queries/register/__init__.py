"""The register of personal data: per table, whose rows they are, which columns are given, how long they stay.

A column that says who somebody is must be here or in ELSEWHERE: a test reads every table and holds it.
"""

from collections.abc import Mapping

from app.portal.queries.register.acts import ACTS
from app.portal.queries.register.parts import INNER, OTHER, SECRET, Part
from app.portal.queries.register.people import PEOPLE
from app.portal.queries.register.rooms import ROOMS
from app.portal.queries.register.words import WORDS

__all__ = ["ELSEWHERE", "INNER", "OTHER", "PERSONAL", "SECRET", "Part"]

PERSONAL: tuple[Part, ...] = PEOPLE + WORDS + ACTS + ROOMS

# Columns that point to a person from a row that is somebody else's: why they are in no part of their own.
ELSEWHERE: Mapping[tuple[str, str], str] = {
    ("role", "granted_by"): "the row is its holder's; that one granted it is in the events",
    ("role", "ended_by"): "the row is its holder's; that one ended it is in the events",
    ("invitation", "invited_by"): "the row is the guest's; that one invited is in the events",
    ("delegate", "invited_by"): "the row is the guest's; that one invited is in the events",
    ("need", "transcribed_by"): "the row is its author's; that one typed it is in the events",
    ("need", "second_reader_id"): "the row is its author's; that one read it again is in the events",
    ("need_wording", "replaced_by"): "the row is its author's; the correction is in the events",
    ("group_member", "joined_by"): "the row is the author's of the need; the grouping is in the events",
    ("group_member", "left_by"): "the row is the author's of the need; the grouping is in the events",
    ("group_member", "answered_by"): "the row is the author's of the need; the answer is in the events",
    ("claim", "assigned_by"): "the row is its holder's",
    ("report", "decided_by"): "the row is whose report it is; the decision is in the log",
    ("appeal", "contested_by"): "the row is its author's; the decision contested is in the log",
    ("appeal", "decided_by"): "the row is its author's; the answer is in the log",
    ("original", "masked_by"): "the row is its author's; the masking is in the log",
    ("undoable", "person_id"): "kept for the seconds in which a decision may be taken back; the act is in the log",
    ("workshop", "lead_id"): "the row is a workshop's; that one leads it is in the events",
    ("workshop", "offered_to_id"): "the row is a workshop's; kept until the offer is answered",
    ("crew", "added_by"): "the row is whose crew it is",
    ("watch_word", "added_by"): "a word of a common list",
}
