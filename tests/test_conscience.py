"""What the checks of every page owe us: a page read before never hides what is wrong with the next."""

import pytest

from tests.conscience import _fault, _read
from tests.skeleton import skeleton

SOUND = """<!DOCTYPE html>
<html lang="fr"><head><title>Une page – Emglev</title></head>
<body><header><a href="/besoins?page=2">Besoins</a></header><nav>Menu</nav>
<main id="main"><h1>Douze besoins</h1><h2>Le premier</h2>
<table><tbody><tr><td>12 voix</td></tr></tbody></table>
<form method="post"><label for="words">Vos mots</label><input id="words" name="words" value="3"></form>
<p id="need_1" data-at="12:00">Il y a 3 minutes</p><p id="need_2">Soazig &amp; Yann</p></main>
<footer>Pied</footer></body></html>"""
HARMED = [
    ('id="need_2"', 'id="need_1"'),
    ('for="words"', 'for="others"'),
    ('lang="fr"', 'lang="en"'),
    (" – Emglev</title>", "</title>"),
    ("Une page – Emglev", "Emglev"),
    ("<h2>Le premier</h2>", "<h3>Le premier</h3>"),
    ("<h2>Le premier</h2>", "<h1>Le premier</h1>"),
    ("<td>12 voix</td>", "<td>12 voix</td></td>"),
    ("Il y a 3 minutes", "Il y a &nosuch; 3 minutes"),
    ("Il y a 3 minutes", "Il y a < 3 minutes"),
    ("Il y a 3 minutes", "Il y a \x01 3 minutes"),
    ("Il y a 3 minutes", "Il y a <b>3 minutes"),
    ("Il y a 3 minutes", "Il y a 3 <script>minutes()</script>"),
    ('href="/besoins?page=2"', 'href="/besoins?page=2"class="a"'),
    ('href="/besoins?page=2"', 'href="/besoins?page=2" href="/besoins"'),
    ('href="/besoins?page=2"', 'href="/besoins?page=2&nosuch;"'),
    ('data-at="12:00"', 'style="color: red"'),
    ('data-at="12:00"', 'onclick="harm()"'),
    ('data-at="12:00"', 'data-at="12:00'),
    ("<footer>Pied</footer>", "Pied"),
]


@pytest.mark.parametrize(("was", "becomes"), HARMED, ids=[becomes for _, becomes in HARMED])
def test_a_fault_is_seen_after_a_sound_page_of_the_same_making(was: str, becomes: str) -> None:
    assert _fault(SOUND) is None
    harmed = SOUND.replace(was, becomes, 1)
    assert harmed != SOUND and _read(harmed)
    assert _fault(harmed) == _read(harmed)


def test_other_words_are_not_read_again() -> None:
    later = SOUND.replace("3 minutes", "dix minutes, à peine").replace("page=2", "page=14").replace("12:00", "12:31")
    assert skeleton(later) == skeleton(SOUND)
    assert "Une page – Emglev" in skeleton(SOUND) and "minutes" not in skeleton(SOUND)


def test_a_bracket_in_a_value_hides_no_tag() -> None:
    page = SOUND.replace('data-at="12:00"', 'data-at="a > b" class="c"')
    assert skeleton(page) != skeleton(page.replace('class="c"', 'id="need_2"'))
    assert _read(page) is None and _fault(page.replace('class="c"', 'id="need_2"'))
