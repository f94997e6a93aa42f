"""The report of a workshop: gathered once (``assemble``), then said as a page, documents and lines of a table."""

from app.workshops.queries.report import said
from app.workshops.queries.report.assembly import assemble, list_objections, list_outcomes, to_check
from app.workshops.queries.report.document import decisions, full, unshown
from app.workshops.queries.report.headline import answers, in_brief
from app.workshops.queries.report.parts import Report, Vote
from app.workshops.queries.report.rows import FIELDS, rows
from app.workshops.queries.report.seals import seal, seal_of

__all__ = [
    "FIELDS", "Report", "Vote", "answers", "assemble", "decisions", "full", "in_brief", "list_objections",
    "list_outcomes", "rows", "said", "seal", "seal_of", "to_check", "unshown",
]  # fmt: skip
