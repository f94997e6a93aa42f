"""Where a need is: a commune, a spot in it, or a whole territory; nothing outside, nothing of those under 15."""

import csv
import io
import json
import math
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import col, select

from app.core.assets import DIST, asset_names
from app.core.db import Database
from app.core.settings import Settings
from app.identity.models import Person
from app.identity.states import AgeBracket
from app.main import create_app
from app.needs.models import Need
from app.places import geometry
from app.places.queries import commune_at, contours, is_near, reference, sketch_of
from tests.needs.test_say import TAULE, WORDS, count, say
from tests.site import Site

MORLAIX, BREST = "29151", "29019"
IN_TAULE = {"latitude": "48,6036", "longitude": "-3,8996"}
IN_MORLAIX = {"latitude": "48.5776", "longitude": "-3.8279"}
IN_BREST = {"latitude": "48.3904", "longitude": "-4.4861"}
AT_SEA = {"latitude": "48.0", "longitude": "-5.5"}


def last(site: Site) -> Need:
    with site.reading() as db:
        return db.exec(select(Need).where(Need.title == WORDS["title"]).order_by(col(Need.id).desc())).all()[0]


def soup(response: httpx.Response) -> BeautifulSoup:
    return BeautifulSoup(response.text, "html.parser")


def point(site: Site, **changes: Any) -> httpx.Response:
    return say(site.visitor(), scale="point", **changes)


def test_a_point_is_kept_to_ten_metres_with_its_words(site: Site) -> None:
    note = "devant la mairie"
    where = {"latitude": "48,603649", "longitude": "-3.899551°"}
    assert point(site, **where, place_note=f"  {note}\n ").status_code == 200
    need = last(site)
    assert (need.latitude, need.longitude, need.place_note) == (48.6036, -3.8996, note)
    assert need.commune_insee == TAULE


def test_the_commune_comes_from_the_point(site: Site) -> None:
    assert point(site, place="", **IN_MORLAIX).status_code == 200
    assert last(site).commune_insee == MORLAIX


def test_a_point_moved_to_another_commune_of_the_territory_takes_its_commune(site: Site) -> None:
    assert point(site, place=TAULE, **IN_MORLAIX).status_code == 200
    assert last(site).commune_insee == MORLAIX


def test_a_point_next_to_the_commune_chosen_stays_in_it(site: Site) -> None:
    """The contours are simplified: who lives there knows better where the commune ends."""
    eastward = ((48.6036, -3.8996 + step / 1000) for step in range(100))
    latitude, longitude = next(spot for spot in eastward if commune_at(*spot) not in (TAULE, None))
    assert is_near(TAULE, latitude, longitude)
    beside = {"latitude": f"{latitude:.4f}", "longitude": f"{longitude:.4f}"}
    point(site, place=TAULE, **beside)
    assert last(site).commune_insee == TAULE


@pytest.mark.parametrize(
    ("where", "field", "words"),
    [
        (IN_BREST, "point", "Ce point est à Brest, hors de Morlaix Communauté"),
        (AT_SEA, "point", "en mer, ou hors du Finistère"),
        ({"latitude": "48.85", "longitude": "2.35"}, "point", "hors du Finistère"),
        ({"latitude": "89.9", "longitude": "179.9"}, "point", "hors du Finistère"),
        ({"latitude": "-179", "longitude": "0"}, "point", "hors du Finistère"),
        ({"latitude": "nan", "longitude": "-3.8"}, "latitude", "Écrivez des degrés"),
        ({"latitude": "inf", "longitude": "-3.8"}, "latitude", "Écrivez des degrés"),
        ({"latitude": "1e400", "longitude": "-3.8"}, "latitude", "Écrivez des degrés"),
        ({"latitude": "48.6", "longitude": "-999"}, "longitude", "Écrivez des degrés"),
        ({"latitude": "٤٨.6", "longitude": "-3.8"}, "latitude", "Écrivez des degrés"),
        ({"latitude": "<b>", "longitude": "-3.8"}, "latitude", "Écrivez des degrés"),
        ({"latitude": "48." + "6" * 5000, "longitude": "-3.8"}, "latitude", "Écrivez des degrés"),
        ({"latitude": "48.6", "longitude": ""}, "longitude", "une latitude et une longitude"),
        ({"latitude": "", "longitude": "-3.8"}, "latitude", "une latitude et une longitude"),
        ({"place": "99999"}, "place", "une commune de la liste"),
        ({"place": ""}, "place", "À remplir"),
        ({"place_note": "x" * 121}, "place_note", "Trop long"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_place_is_said_and_everything_is_kept(
    site: Site, where: dict[str, str], field: str, words: str
) -> None:
    before = count(site)
    response = point(site, **where)
    page = soup(response)
    assert response.status_code == 422 and count(site) == before
    summary = page.find(class_="error-summary__list")
    assert summary is not None and words in summary.get_text()
    assert page.find("a", href=f"#{field}") and page.find(id=field)
    for name, value in ({"title": WORDS["title"]} | where).items():
        control = page.find(["input", "select"], {"name": name})
        assert control is not None
        assert control.name == "select" or control["value"] == value
    chosen = page.find("input", {"name": "scale", "checked": True})
    assert chosen is not None and chosen["value"] == "point"


def test_only_what_goes_with_the_scale_chosen_is_kept(site: Site) -> None:
    say(site.visitor(), scale="commune", place=TAULE, whole="T1", place_note="ici", **IN_TAULE)
    need = last(site)
    assert need.commune_insee == TAULE
    assert (need.latitude, need.longitude, need.place_note) == (None, None, None)


def test_a_whole_territory_has_no_commune(site: Site) -> None:
    with site.reading() as db:
        morlaix = reference(db).by_slug["morlaix-communaute"].territory_id
    say(site.visitor(), scale="territoire", place="", whole=f"T{morlaix}", **IN_TAULE)
    need = last(site)
    assert need.territory_id == morlaix and need.commune_insee is None and need.latitude is None


@pytest.mark.parametrize("whole", ["", "T9999999", "T99999", "29279", "T-1", "T٣"])
def test_a_territory_that_does_not_exist_is_refused(site: Site, whole: str) -> None:
    response = say(site.visitor(), scale="territoire", whole=whole)
    assert response.status_code == 422 and soup(response).find("a", href="#whole")


def test_a_scale_that_does_not_exist_is_refused(site: Site) -> None:
    response = say(site.visitor(), scale="planète")
    assert response.status_code == 422 and soup(response).find("a", href="#scale")


def test_a_form_of_before_with_a_place_alone_still_serves(site: Site) -> None:
    with site.reading() as db:
        morlaix = reference(db).by_slug["morlaix-communaute"].territory_id
    assert say(site.visitor(), place=f"T{morlaix}").status_code == 200
    assert last(site).commune_insee is None and last(site).territory_id == morlaix


def test_two_points_for_the_same_words_are_two_needs(site: Site) -> None:
    before, visitor = count(site), site.visitor()
    for where in (IN_TAULE, IN_TAULE, IN_MORLAIX):
        say(visitor, once="p" * 30, scale="point", **where)
    assert count(site) == before + 2


def test_under_15_there_is_no_point_and_none_is_offered(site: Site) -> None:
    young = site.signed_in("resident")
    with site.writing() as db:
        person = db.exec(select(Person).where(Person.demo_persona == "resident")).one()
        person.age_bracket = AgeBracket.UNDER_15.value
        db.add(person)
    page = soup(young.get("/besoins/nouveau"))
    assert page.find("input", {"name": "scale", "value": "commune"})
    assert not page.find("input", {"name": "scale", "value": "point"}) and not page.find(id="latitude")
    say(young, scale="point", place_note="devant chez moi", **IN_TAULE)
    need = last(site)
    assert need.commune_insee == TAULE
    assert (need.latitude, need.longitude, need.place_note) == (None, None, None)


def _with_point(site: Site) -> Need:
    with site.reading() as db:
        return db.exec(select(Need).where(col(Need.latitude).is_not(None), Need.status == "published")).all()[0]


def test_the_page_of_a_need_shows_its_spot_in_words_and_on_a_drawing(site: Site) -> None:
    need = _with_point(site)
    page = soup(site.visitor().get(f"/besoins/{need.id}"))
    place = page.find("section", {"aria-labelledby": "lieu"})
    assert place is not None and need.place_note and need.place_note in place.get_text()
    drawing = place.find("svg")
    assert drawing is not None and "le point est à" in str(drawing["aria-label"])
    assert drawing.find("path", class_="place__land--here")


def test_a_need_without_a_spot_has_no_section_for_it(site: Site) -> None:
    with site.reading() as db:
        plain = db.exec(select(Need).where(col(Need.place_note).is_(None), Need.status == "published")).first()
    assert plain is not None
    assert not soup(site.visitor().get(f"/besoins/{plain.id}")).find(id="lieu")


def test_what_was_typed_of_a_place_is_shown_as_written(site: Site) -> None:
    typed = "<b>🚌</b> שלום & « ça »"
    point(site, place_note=typed)
    page = site.signed_in("moderator").get(f"/besoins/{last(site).id}")
    assert typed in soup(page).get_text() and "<b>🚌" not in page.text


def test_open_data_has_the_points(site: Site) -> None:
    need = _with_point(site)
    rows = list(csv.DictReader(io.StringIO(site.visitor().get("/donnees/besoins.csv").text)))
    row = next(row for row in rows if row["reference"] == need.reference)
    assert (float(row["latitude"]), float(row["longitude"])) == (need.latitude, need.longitude)
    assert row["lieu"] == need.place_note
    assert any(not row["latitude"] for row in rows)


def test_without_a_tile_server_no_stranger_gives_an_image(site: Site) -> None:
    headers = site.visitor().get("/besoins/nouveau").headers
    assert "img-src 'self' data:;" in headers["content-security-policy"]
    assert "geolocation=(self)" in headers["permissions-policy"]


def test_the_tile_server_of_the_settings_is_the_one_stranger(site: Site) -> None:
    settings = Settings(demo=True, tile_url="https://tiles.example.fr/v1/{z}/{x}/{y}.png?key=1")
    app = create_app(settings, Database("sqlite://"))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as http:
            return await http.get("/static/nothing.css")

    policy = site.run(ask()).headers["content-security-policy"]
    assert "img-src 'self' https://tiles.example.fr data:;" in policy
    assert policy.count("https:") == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://tiles.example.fr/", "https://tiles.example.fr/{z}/{x}.png", "http://tiles.example.fr/{z}/{x}/{y}.png",
        "https://a.fr; script-src *//{z}/{x}/{y}", "https://{s}.tiles.fr/{z}/{x}/{y}.png", "//a.fr/{z}/{x}/{y}",
        "https://a.fr/{z}/{x}/{y} https://b.fr", "https://moi@a.fr/{z}/{x}/{y}",
    ],
)  # fmt: skip
def test_an_address_of_tiles_that_no_map_could_read_stops_the_start(address: str) -> None:
    with pytest.raises(ValueError, match="EMGLEV_TILE_URL"):
        Settings(demo=True, tile_url=address).check([])


def test_the_form_says_where_the_map_is_and_loads_nothing_of_it(site: Site) -> None:
    """The map costs nothing to who does not open it; to who does, under 70 kilobytes."""
    html = site.visitor().get("/besoins/nouveau").text
    page = soup(site.visitor().get("/besoins/nouveau"))
    loaded = [str(tag.get("src") or tag.get("href")) for tag in page.find_all(["script", "link"])]
    assert not any("leaflet" in address or "pointing" in address for address in loaded)
    opened = ["leaflet.js", "leaflet.css", "pointing.css", "communes.json", "js/pointing.js"]
    for name in opened[:4]:
        assert asset_names()[name] in html
    assert sum((DIST / f"{asset_names()[name]}.br").stat().st_size for name in opened) < 70_000


def test_every_commune_has_a_contour_that_holds_a_point_of_it(site: Site) -> None:
    with site.reading() as db:
        assert set(reference(db).commune_by_insee) == set(contours())
    published = json.loads((DIST / asset_names()["communes.json"]).read_text("utf-8"))
    assert {feature["properties"]["code"] for feature in published["features"]} == set(contours())


@given(st.floats(47.5, 49), st.floats(-5.3, -3.3))
def test_a_point_is_in_one_commune_at_most_and_the_nearest_is_that_one(latitude: float, longitude: float) -> None:
    holding = [code for code, area in contours().items() if geometry.holds(area, latitude, longitude)]
    assert len(holding) <= 1
    if holding:
        assert geometry.metres_to(contours()[holding[0]], latitude, longitude) == 0
        assert commune_at(latitude, longitude) == holding[0]


def test_a_distance_is_in_metres() -> None:
    square = geometry.Area("1", (((0, 48), (0.01, 48), (0.01, 48.01), (0, 48.01), (0, 48)),))
    assert geometry.metres_to(square, 48.02, 0.005) == pytest.approx(1113, abs=2)
    assert geometry.metres_to(square, 48.005, 0.02) == pytest.approx(1113 * math.cos(math.radians(48)), abs=2)
    assert geometry.nearest([square], 48.02, 0.005, 1000) is None
    assert geometry.nearest([square], 48.02, 0.005, 1200) is square


def test_a_drawing_places_north_above_and_east_to_the_right() -> None:
    sketch = sketch_of((TAULE, MORLAIX))
    assert sketch is not None and {code for code, _path in sketch.paths} == {TAULE, MORLAIX}
    (x, y), (east, south) = sketch.at(48.60, -3.90), sketch.at(48.57, -3.83)
    assert x < east and y < south
    width, height = (int(n) for n in sketch.view_box.split()[2:])
    assert 0 < x < width and 0 < y < height
    assert sketch_of(("99999",)) is None
