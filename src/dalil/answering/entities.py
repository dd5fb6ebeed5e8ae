"""Which records a question names: exactly, by a distinctive part of the name, or with a typing error."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from dalil.language import Token, tokenise, words
from dalil.language.analysis import function_words

EXACT, PART, TYPO = "exact", "part", "typo"
_LONGEST_WINDOW = 6
_TYPO_SIMILARITY = 0.72
_LEAST_BEGINNING = 6
_WHOLE_END = 0.9
"""How surely the end of a name alone says it."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of tokens (start, end) that names one or several records; `score` 1 for the whole exact name."""

    start: int
    end: int
    paths: tuple[str, ...]
    how: str
    score: float


class NameIndex:
    """Record names and aliases, looked up by their letters joined together ("libre office" finds LibreOffice)."""

    def __init__(self, names: Iterable[tuple[str, str]], aliases: Iterable[tuple[str, str]], language: str,
                 ordinary: Collection[str] = ()) -> None:  # fmt: skip
        """`names` and `aliases` (long names) are (path, name) pairs, a path named once.

        `ordinary` words never name a record unless written with its capitals.
        """
        self._ignored = function_words(language)
        self._ordinary = frozenset(ordinary) | self._ignored
        self._joined: dict[str, list[str]] = defaultdict(list)
        self._by_word: dict[str, list[str]] = defaultdict(list)
        self._written = dict(names)
        self._words = {path: parts for path, name in self._written.items() if (parts := tuple(words(name)))}
        for path, parts in self._words.items():
            self._joined["".join(parts)].append(path)
            for word in set(parts):
                self._by_word[word].append(path)
        for path, name in aliases:
            if path in self._words and path not in self._joined[joined := "".join(words(name))]:
                self._joined[joined].append(path)
        self._count = max(1, len(self._words))
        self._typo_keys = [key for key in self._joined if len(key) >= 4]
        self._add_beginnings()

    def _add_beginnings(self) -> None:
        """Two or more first words of one name alone also name it ("soapui" is SOAP UI Open Source)."""
        found: dict[str, set[str]] = defaultdict(set)
        for path, parts in self._words.items():
            for length in range(2, len(parts)):
                if parts[length - 1] not in self._ignored:
                    found["".join(parts[:length])].add(path)
        for beginning, paths in found.items():
            if len(paths) == 1 and len(beginning) >= _LEAST_BEGINNING and beginning not in self._joined:
                self._joined[beginning] = list(paths)

    def weight(self, word: str) -> float:
        """How distinctive a word is among the names."""
        return math.log(1 + self._count / (1 + len(self._by_word.get(word, ()))))

    def mentions(self, text: str, hidden: Collection[str] = ()) -> list[Mention]:
        """The records named in the text, in order; `hidden` ones are passed over."""
        tokens = tokenise(text)
        found: list[Mention] = []
        taken: set[int] = set()
        for finder in (self._exact, self._typo, self._part):
            for mention in finder(text, tokens, hidden):
                span = set(range(mention.start, mention.end))
                if not span & taken:
                    taken |= span
                    found.append(mention)
        return sorted(found, key=lambda mention: mention.start)

    def whole_names(self, text: str, hidden: Collection[str] = ()) -> frozenset[int]:
        """The places of the tokens that say a whole name, or enough of its beginning."""
        return frozenset(i for m in self._exact(text, tokenise(text), hidden) for i in range(m.start, m.end))

    def _windows(self, tokens: Sequence[Token]) -> Iterable[tuple[int, int]]:
        for length in range(min(_LONGEST_WINDOW, len(tokens)), 0, -1):
            for start in range(len(tokens) - length + 1):
                yield start, start + length

    def _exact(self, text: str, tokens: Sequence[Token], hidden: Collection[str]) -> Iterable[Mention]:
        for start, end in self._windows(tokens):
            forms = [token.form for token in tokens[start:end]]
            paths = tuple(path for path in self._joined.get("".join(forms), ()) if path not in hidden)
            if not paths:
                continue
            if all(form in self._ordinary or len(form) < 2 for form in forms):
                written = text[tokens[start].start : tokens[end - 1].end]
                paths = tuple(path for path in paths if self._written[path] == written and not written.islower())
            if paths:
                yield Mention(start, end, paths, EXACT, 1.0)

    def _typo(self, text: str, tokens: Sequence[Token], hidden: Collection[str]) -> Iterable[Mention]:
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        found: list[tuple[float, Mention]] = []
        for start, end in self._windows(tokens[:400]):
            forms = [token.form for token in tokens[start:end]]
            joined = "".join(forms)
            edges = {forms[0], forms[-1]}
            if end - start > 3 or not 4 <= len(joined) <= 60 or joined.isdigit() or edges & self._ordinary:
                continue
            scored = process.extract(joined, self._typo_keys, scorer=OSA.normalized_similarity,
                                     score_cutoff=_TYPO_SIMILARITY, limit=3)  # fmt: skip
            for key, similarity, _ in scored:
                paths = tuple(path for path in self._joined[key] if path not in hidden)
                paths = tuple(path for path in paths if _word_for_word(forms, self._words[path]))
                if paths and _plausible_typo(joined, key, similarity):
                    found.append((similarity, Mention(start, end, paths, TYPO, similarity)))
        found.sort(key=lambda item: (-item[0], -(item[1].end - item[1].start), item[1].start))
        return [mention for _, mention in found]

    def _part(self, text: str, tokens: Sequence[Token], hidden: Collection[str]) -> Iterable[Mention]:
        """Records that share distinctive words with the question, best covered first."""
        asked = {
            self._nearest_word(token.form): i
            for i, token in enumerate(tokens[:400])
            if token.form not in self._ordinary and len(token.form) >= 2
        }
        shared: Counter[str] = Counter()
        for word in asked:
            for path in self._by_word.get(word, ()):
                if path not in hidden:
                    shared[path] += 1
        forms = [token.form for token in tokens[:400]]
        scores = {path: self._coverage(path, asked.keys()) for path in shared if not self._other_of_kind(path, forms)}
        best = max(scores.values(), default=0.0)
        if best < 0.34:
            return []
        paths = tuple(sorted(path for path, score in scores.items() if score >= best - 1e-9))
        places = [asked[word] for word in self._words[paths[0]] if word in asked]
        start, end = min(places), max(places) + 1
        if len(paths) == 1 and self._ends_with(paths[0], forms[start:end]):
            best = max(best, _WHOLE_END)
        return [Mention(start, end, paths, PART, min(0.95, best))]

    def _other_of_kind(self, path: str, forms: Sequence[str]) -> bool:
        """Whether the question names another thing of that kind: "permis de conduire", where the name goes on otherwise."""
        parts = self._words[path]
        links = [i for i in range(1, len(parts) - 1) if parts[i] in self._ignored and parts[i - 1] not in self._ignored]
        for i in links:
            places = [j for j in range(len(forms) - 2) if tuple(forms[j : j + 2]) == parts[i - 1 : i + 1]]
            others = [forms[j + 2] for j in places if forms[j + 2] not in self._ordinary]
            if others and not any(_word_for_word((parts[0], other), (parts[0], parts[i + 1])) for other in others):
                return True
        return False

    def _ends_with(self, path: str, said: Sequence[str]) -> bool:
        """Whether what is said is the end of the name, two words of its own or more: "AMO Tadamon" is "Affiliation à l'AMO Tadamon"."""
        own = [word for word in said if word not in self._ignored]
        return len(own) >= 2 and own == [w for w in self._words[path] if w not in self._ignored][-len(own) :]

    def _nearest_word(self, form: str) -> str:
        """The form itself, or the only name's word one typing error away from it."""
        if form in self._by_word or len(form) < 6 or form in self._ordinary:
            return form
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        near = process.extract(form, self._by_word.keys(), scorer=OSA.distance, score_cutoff=1, limit=2)
        return near[0][0] if len(near) == 1 else form

    def _coverage(self, path: str, asked: Collection[str]) -> float:
        """Share of the name's distinctiveness that the question's words cover."""
        parts = [word for word in self._words[path] if word not in self._ignored] or list(self._words[path])
        total = sum(self.weight(word) for word in parts)
        return sum(self.weight(word) for word in parts if word in asked) / total if total else 0.0


def _word_for_word(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether each word may be a slip of the name's, where they are as many: "permis de conduire" is no "permis de construire"."""
    from rapidfuzz.distance import OSA

    pairs = [(a, b) for a, b in zip(asked, name, strict=False) if a != b]
    if len(asked) != len(name) or len(name) < 2 or len(pairs) == len(name):
        return True
    return all(OSA.distance(a, b) <= _slips_allowed(b) for a, b in pairs)


def _slips_allowed(name: str) -> int:
    """Short names allow one slip, longer ones two or three."""
    return 1 if len(name) < 7 else 2 if len(name) < 12 else 3


def _plausible_typo(asked: str, name: str, similarity: float) -> bool:
    """As few slips as a name of that length allows; digits must agree ("Pégase 2" is not "Pégase 3")."""
    slips = round((1 - similarity) * max(len(asked), len(name)))
    digits = [c for c in asked if c.isdigit()] == [c for c in name if c.isdigit()]
    return digits and slips <= _slips_allowed(name) and (len(name) > 4 or asked[0] == name[0])
