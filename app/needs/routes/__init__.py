"""Pages of needs."""

from fastapi import APIRouter

from app.needs.routes import follow_up, listing, reading, voices

router = APIRouter()
for part in (listing, reading, voices, follow_up):
    router.include_router(part.router)
