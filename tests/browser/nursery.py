"""What every server of the tests is forked from: the application and its addresses read, the map drawn, no more."""

import gc

from sqlalchemy.orm import configure_mappers

from app.core.settings import get_settings
from app.main import _pages
from app.places.queries import drawn_map

configure_mappers()
_pages()
drawn_map()
get_settings.cache_clear()  # each server has its own
gc.collect()
gc.freeze()
