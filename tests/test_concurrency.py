"""Under load nobody waits for ever: 200 readers and 200 writers at once all get their answer."""

import asyncio
from collections import Counter
from typing import Any

import httpx
from sqlmodel import func, select

from app.needs.models import Need
from app.threads.models import Support
from tests.needs.test_say import WORDS
from tests.site import ORIGIN, Site

SAME = {"sec-fetch-site": "same-origin"}


async def _storm(site: Site, requests: list[tuple[str, str, dict[str, str]]]) -> Counter[int]:
    transport = httpx.ASGITransport(site.app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN, timeout=60) as client:
        calls: list[Any] = [client.request(m, path, data=data or None, headers=SAME) for m, path, data in requests]
        answers = await asyncio.wait_for(asyncio.gather(*calls), timeout=120)
    return Counter(answer.status_code for answer in answers)


def _open_the_limits(site: Site) -> None:
    site.app.state.limiter.hit = lambda *_args: None  # one address stands here for two hundred


def test_two_hundred_readers_and_two_hundred_writers_all_finish(site: Site) -> None:
    _open_the_limits(site)
    with site.reading() as db:
        before = db.exec(select(func.count()).select_from(Need)).one()
    reads = [("GET", "/besoins", {})] * 200
    writes = [("POST", "/besoins", {**WORDS, "once": f"{n:030d}"}) for n in range(200)]
    mixed = [request for pair in zip(reads, writes, strict=True) for request in pair]
    assert site.run(_storm(site, mixed)) == Counter({200: 200, 303: 200})
    with site.reading() as db:
        assert db.exec(select(func.count()).select_from(Need)).one() == before + 200


def test_a_double_click_counts_once(site: Site) -> None:
    _open_the_limits(site)
    same = [("POST", "/besoins", {**WORDS, "once": "z" * 30})] * 8
    answers = site.run(_storm(site, same))
    assert set(answers) <= {303, 500} and answers[500] == 0
    with site.reading() as db:
        assert db.exec(select(func.count()).where(Need.title == WORDS["title"])).one() == 1


def test_many_confirmations_of_one_link_use_it_once(site: Site) -> None:
    _open_the_limits(site)
    with site.reading() as db:
        need = db.exec(select(Need).where(Need.status == "published", Need.territory_id == 3)).first()
        assert need
    site.visitor().post(f"/besoins/{need.id}/soutiens", {"college": "jeunes", "email": "seul@exemple.fr"})
    link = site.link("seul@exemple.fr")
    with site.reading() as db:
        before = db.exec(select(func.count()).where(Support.thread_id == need.thread_id)).one()
    answers = site.run(_storm(site, [("POST", link, {})] * 6))
    assert answers == Counter({410: 5, 200: 1})
    with site.reading() as db:
        assert db.exec(select(func.count()).where(Support.thread_id == need.thread_id)).one() == before + 1
