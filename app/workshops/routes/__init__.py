"""Pages of workshops: the list, the room, the console, the report."""

from fastapi import APIRouter

from app.workshops.routes import console, preparing, reading, room

router = APIRouter()
for part in (preparing, console, room, reading):
    router.include_router(part.router)
