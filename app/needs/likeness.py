"""How alike two needs are, from their words alone.

Words come folded and stemmed (``core.search.words``); civic stop words, which every need holds (« il faut », « créer »,
« plus de »), do not count. Two words of five letters or more are one word badly typed when their optimal string
alignment similarity (edits and swaps of neighbours, over the longer length) is at least 0.75; such a pair counts for
that similarity, an exact one for 1.

    cover(A, B) = Σ over the words of A of their best match in B, divided by the number of words of A (2 at least)
    both(A, B)  = harmonic mean of cover(A, B) and cover(B, A)
    likeness    = 100 × max(both(titles), both(wholes), 0.8 × cover(shorter whole, longer whole))

A single word proves nothing, hence the 2. The last term finds a title typed alone in a text already there, and counts
only from four words on. Lexical likeness finds what was typed again; it hardly finds a paraphrase, and it finds
opposites: nothing is merged on its word (figures in docs/decisions/2026-11-22-near-duplicates.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import OSA

NEAR = 55  # from this likeness on (of 100), a need is shown beside the one being said
SAME_WORD = 0.75
LONG = 5  # letters: two shorter words that differ are two words
PART = 0.8
FEWEST = 4  # words: fewer, found in a long text, say nothing

# Stems (« plu » is « plus »). Numbers and measures of time are among them: everyone waits, everyone drives.
# Not « car », « été », « parc », « place »: they are also a coach, a season, a park and a square.
CIVIC = frozenset(
    "afin ai ailleur aimerai aimerait aimerion ainsi aller allez allon alor amelioration ameliorer an anne ans apre "
    "as assez aucun aujourd aupr aura aurait aussi autour autr avaient avait avant avez avoir avon beaucoup besoin "
    "bien ca cas ceci cela cell celui cent certain ceu chaqu chez chos cinq cinquant combien comm comment commun "
    "contr cote creation cree creer dedan dehor deja demain demand demander demandon depui dernier deu developpement "
    "developper devenir devoir devrait dire dit dix doi doit doivent donc dont douz elle encor endroit enfin ensuit "
    "entr es etai etaient etait etc etre eu euro fai fair fait falloir faudrait faut favoriser ferait fin foi font "
    "gen grac habitant heur hier hui huit ici installation installer jamai jour jusqu kilometr km laquell lequel lieu "
    "loin longtemp lor lorsqu maintenant manqu manquent manquer manquon meme met metr mettent mettr mien mill minut "
    "mis mise moi moin mond necessair neuf ni non nouveau nouvel nul null nouvell obtenir offrir ont organiser parfoi "
    "particulier particulierement pendant permet permettr permettrait personn peu peut peuvent plein plu plusieur "
    "possibl pourquoi pourraient pourrait pouvoir pre premier prend prendr presqu prevoir pri proch proposer pui "
    "puisqu quand quarant quatr quel quell quelqu quinz quoi rendr renforcement renforcer rest rester rien sait san "
    "sauf savoir selon semain sept sera serait seront seul seulement si sinon six soit somm sou souhait souhaiter "
    "souhaiton souvent suffiraient suffirait suffit sui tant tard tel tell tellement temp territoir toi tot tou "
    "toujour tout tre trent troi trop trouv trouvent trouver trouvon va vas venir ver veu veulent veut viennent vient "
    "vill vingt voici voila voir voit vont voudrai voudraient voudrait voudrion vouloir vrai vraiment vu".split()
)


@dataclass(frozen=True)
class Said:
    """The words of a need that count: those of its title, and all of them, each once, in order."""

    title: tuple[str, ...]
    whole: tuple[str, ...]


def counting(words: Iterable[str]) -> tuple[str, ...]:
    """The words that count, each once, in order."""
    return tuple(dict.fromkeys(word for word in words if word not in CIVIC and len(word) > 1))


def said(title: Sequence[str], text: Sequence[str]) -> Said:
    """The words of a title and of a text, folded and stemmed, as likeness compares them."""
    return Said(counting(title), counting([*title, *text]))


def likeness(one: Said, other: Said) -> int:
    """From 0 (no word in common) to 100 (the same words, or the same title)."""
    short, long = sorted((one.whole, other.whole), key=len)
    part = PART * cover(short, long) if len(short) >= FEWEST else 0.0
    return round(100 * max(both(one.title, other.title), both(one.whole, other.whole), part))


def both(one: Sequence[str], other: Sequence[str]) -> float:
    """How much each covers the other: 1 for the same words in any order, 0 for none, or for nothing said."""
    there, back = cover(one, other), cover(other, one)
    return 2 * there * back / (there + back) if there + back else 0.0


def cover(part: Sequence[str], whole: Sequence[str]) -> float:
    """The share of the words of one found in the other, typing errors allowed."""
    if not part:
        return 0.0
    known = set(whole)
    others = [word for word in whole if len(word) >= LONG]
    return sum(1.0 if word in known else _nearest(word, others) for word in part) / max(2, len(part))


def _nearest(word: str, others: Sequence[str]) -> float:
    """The similarity of the nearest word, 0 when none is the same word badly typed."""
    if len(word) < LONG:
        return 0.0
    found = process.extractOne(word, others, scorer=OSA.normalized_similarity, score_cutoff=SAME_WORD)
    return float(found[1]) if found else 0.0
