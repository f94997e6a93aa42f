"""Pages of fiches-actions."""

from fastapi import APIRouter

from app.actions.routes import comments, drafting, editing, files, listing, positions, reading, versions

router = APIRouter()
for part in (listing, drafting, reading, editing, versions, positions, comments, files):
    router.include_router(part.router)
