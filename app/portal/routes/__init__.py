"""Every page of the portal."""

from fastapi import APIRouter

from app.portal.routes import account, closing, data, demo, health, home, organisation, space, texts, tracking

router = APIRouter()
for part in (home, tracking, space, organisation, account, data, closing, texts, demo, health):
    router.include_router(part.router)
