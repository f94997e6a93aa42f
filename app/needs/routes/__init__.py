"""Pages of needs."""

from fastapi import APIRouter

from app.needs.routes import also, awaited, follow_up, groups, listing, neighbours, reading, saying, voices

router = APIRouter()
for part in (listing, neighbours, saying, also, reading, voices, follow_up, awaited, groups):
    router.include_router(part.router)
