"""Pages of identity: ways in, second factor, roles, organisations."""

from fastapi import APIRouter

from app.identity.routes import (
    access_page,
    addresses,
    delegates,
    federation,
    first_visit,
    leaving,
    my_roles,
    organisations,
    roles,
    second_factor,
    sign_in,
    verification,
)

router = APIRouter()
# federation last: its /connexion/{provider} takes any word
for part in (
    access_page,
    my_roles,
    organisations,
    delegates,
    verification,
    roles,
    second_factor,
    sign_in,
    addresses,
    first_visit,
    leaving,
    federation,
):
    router.include_router(part.router)
