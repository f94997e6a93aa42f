"""Pages of identity: ways in, second factor, roles, organisations."""

from fastapi import APIRouter

from app.identity.routes import sign_in

router = APIRouter()
for part in (sign_in,):
    router.include_router(part.router)
