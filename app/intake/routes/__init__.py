"""Intake: collectes and their printed sheets, typing in series, the second reading, imports."""

from fastapi import APIRouter

from app.intake.routes import campaigns, imports, proofreading, sending, series

router = APIRouter()
router.include_router(sending.router)  # reads a file before it opens the database
for pages in (campaigns, series, proofreading, imports):
    router.include_router(pages.router)
