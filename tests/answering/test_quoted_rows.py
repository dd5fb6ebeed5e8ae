"""Of a table in a text the row is quoted that says what is asked, by its own words or by words that say about the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from answering_rows import ask, extractive

from dalil.answering.extractive import Extractive
from dalil.answering.proof import best_window
from dalil.answering.terms import query_terms
from dalil.lexicon.synonyms import said_alike
from dalil.records import Question, make_document

CHECK = "Périodicité (h): 10 | Opération: Contrôler le niveau d'huile moteur | Lubrifiant: SAE 15W-40"
GREASE = "Périodicité (h): 10 | Opération: Graisser les axes du bras | Lubrifiant: Graisse"
DRAIN = "Périodicité (h): 250 | Opération: Vidanger l'huile moteur | Lubrifiant: SAE 15W-40"
CLEAN = "Périodicité (h): 250 | Opération: Nettoyer le filtre à air | Lubrifiant: –"
SLOW = "Panne: Le bras est lent | Cause: Le niveau est bas | Remède: Faire l'appoint"
SLOW_TOO = "Panne: Le bras est lent | Cause: Le filtre est bouché | Remède: Remplacer le filtre"
HOT = "Panne: Le moteur chauffe | Cause: Le radiateur est encrassé | Remède: Le souffler"
MANUAL = "\n\n".join((
    "Périodicité de l'entretien\n" + "\n".join((CHECK, GREASE, DRAIN, CLEAN)), "Dépannage\n" + "\n".join((SLOW, SLOW_TOO, HOT)),
    "Sécurité\nArrêtez le moteur avant toute intervention. Portez des gants.",
))  # fmt: skip


@pytest.fixture(scope="module")
def approach(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Extractive]:
    manual = make_document("pelle.pdf", "Mini-pelle", MANUAL, "fr", "pelle.pdf")
    other = make_document(
        "note.md", "Cantine", "La cantine ouvre à midi. Le menu change chaque semaine.", "fr", "note.md"
    )
    with extractive([manual, other], "fr", tmp_path_factory.mktemp("rows")) as made:
        yield made


@pytest.mark.parametrize(("question", "rows"), [
    ("Quand faut-il remplacer l'huile moteur ?", DRAIN),
    ("Quand contrôler le niveau d'huile moteur ?", CHECK),
    ("À quelle fréquence vérifier le niveau d'huile moteur ?", CHECK),
    ("Quand lubrifier les axes du bras ?", GREASE),
    ("Que faire si le bras est lent ?", f"{SLOW}\n{SLOW_TOO}"),
    ("Que faire si le moteur chauffe ?", HOT),
])  # fmt: skip
def test_the_row_that_says_it_is_quoted_without_its_neighbours(approach: Extractive, question: str, rows: str) -> None:
    assert approach.propose(Question("1", question)).text == rows


def test_sentences_keep_their_neighbours(approach: Extractive) -> None:
    assert ask(approach, "Faut-il porter des gants ?").answer.startswith("Arrêtez le moteur")


def test_a_word_that_is_said_counts_before_its_synonyms(approach: Extractive) -> None:
    hits = approach.look(Question("1", "changer menu")).hits
    terms = query_terms("changer menu", ["fr"], lambda _: 1.0, lambda stem: stem in ("chang", "vidang", "menu"))
    assert set(terms.weights) == {"chang", "menu"}
    assert terms.seen(["vidang", "chang", "menu"]) == ["chang", "chang", "menu"]
    window = best_window(hits[0].passage, terms)
    assert "menu change" in hits[0].passage.text[slice(*window.best)]


def test_rows_of_synonyms_are_no_thesaurus() -> None:
    assert "vidang" in said_alike("changer", "fr")
    assert said_alike("huile", "fr") == ()
    assert said_alike("changer", "en") == ()
    assert not set(said_alike("changer", "fr")) & set(said_alike("controler", "fr"))


def test_a_row_about_another_thing_is_no_answer(approach: Extractive) -> None:
    assert approach.propose(Question("1", "Quand nettoyer le filtre à air ?")).text == CLEAN
    assert ask(approach, "Quand nettoyer la vitre arrière de la cabine ?").status == "abstained"


@pytest.mark.parametrize(("row", "machine", "withheld"), [
    ("Graisser les axes du bras", "mini-pelle", False),
    ("Graisser les axes de la tourelle rotative", "mini-pelle", True),
    ("Périodicité 10", "mini-pelle", True),  # what several rows hold names none of them
    ("Graisser les axes du bras", "nacelle élévatrice", True),  # another machine's
])  # fmt: skip
def test_a_row_whose_own_cell_is_said_whole_is_meant_however_strange_the_rest(
    approach: Extractive, row: str, machine: str, withheld: bool
) -> None:
    asked = (
        f"Mon doigt pointe la ligne « {row} » du classeur plastifié de la {machine} : que lit-on sous « Lubrifiant » ?"
    )
    assert approach.propose(Question("1", asked)).withheld == withheld
