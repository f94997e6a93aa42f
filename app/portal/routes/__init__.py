"""Every page of the portal."""

from fastapi import APIRouter

from app.portal.routes import demo, health, home, space, texts, tracking

router = APIRouter()
for part in (home, tracking, space, texts, demo, health):
    router.include_router(part.router)
