"""Pages of the moderators, of whoever reports, and of whoever contests."""

from fastapi import APIRouter

from app.moderation.routes import (
    appeals,
    bilan,
    bulk,
    item,
    log,
    queue,
    reporting,
    reports,
    settings,
    sharing,
    undo,
    words,
)

router = APIRouter()
for part in (reporting, bilan, queue, bulk, undo, words, settings, log, reports, appeals, sharing, item):
    router.include_router(part.router)
