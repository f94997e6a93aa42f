"""Pages of groups of needs (« besoins partagés »)."""

from fastapi import APIRouter

from app.needs.routes.groups import changing, following, leaving, making, reading, voices

router = APIRouter()
for part in (making, reading, changing, leaving, following, voices):
    router.include_router(part.router)
