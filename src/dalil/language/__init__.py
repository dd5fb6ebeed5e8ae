"""One tokenisation for search, metrics and duplicate detection; sentences; language identification."""

from dalil.language.analysis import Token, clean, content_words, fold, folded, numbers_in, stem, stems, tokenise, words
from dalil.language.identify import identify, is_right_to_left
from dalil.language.measures import DATE, Measure, measure, measures
from dalil.language.personal import Personal, apart, find_personal, kind_of_field, masked
from dalil.language.rows import stands_in
from dalil.language.sentences import sentence_spans
from dalil.language.titles import columns_by_title

__all__ = [
    "DATE", "Measure", "Personal", "Token", "apart", "clean", "columns_by_title", "content_words", "find_personal", "fold", "folded", "identify", "is_right_to_left",
    "kind_of_field", "masked", "measure", "measures", "numbers_in", "sentence_spans", "stands_in", "stem", "stems", "tokenise", "words",
]  # fmt: skip
