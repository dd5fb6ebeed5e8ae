"""Lists and counts: "which … have this value?", "how many …?"."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath

from dalil.answering.catalogue import Catalogue, ValueKey
from dalil.answering.entities import PART, Mention
from dalil.answering.extremes import computed_features, longest_way
from dalil.answering.fields import CUE
from dalil.answering.named_values import NamedValue, ValueReader, allowed_by, holders_of
from dalil.answering.proposal import Proposal, cite_field
from dalil.answering.reading import Reading, unexplained
from dalil.language import stem, words
from dalil.lexicon import Lexicon
from dalil.lexicon.asked_values import COUNT, asked_value

MAX_LISTED = 200
TYPO_SIMILARITY = 0.85
_CUED = 2.0
_LEAST_VALUE_LETTERS = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value of a field named by the question, in the tokens start to end; `close` 1 where written exactly."""

    catalogue: Catalogue
    field: str
    key: ValueKey
    start: int
    end: int
    close: float
    cued: float

    @property
    def score(self) -> float:
        return self.close * len(self.key) + self.cued


class Lister:
    """Finds the records whose field holds a value that the question names."""

    def __init__(self, catalogues: Mapping[str, Catalogue], lexicon: Lexicon, ignored: frozenset[str],
                 knows: Callable[[str], bool]) -> None:  # fmt: skip
        self._catalogues = catalogues
        self._lexicon = lexicon
        self._knows = knows
        sources = frozenset(
            stem(w, lexicon.language) for source in catalogues for w in words(PurePosixPath(source).stem)
        )
        self._things = sources | frozenset(stem(word, lexicon.language) for word in lexicon.things)
        self._ignored = ignored | sources
        self._values = ValueReader(lexicon, self._ignored)

    def propose(self, reading: Reading, hidden: Collection[str]) -> Proposal | None:
        """A list or a count, or None where the question names a record, or no value, or does not ask for several."""
        forms = set(reading.forms)
        things = bool(self._lexicon.things & forms)
        which = bool(self._lexicon.which & forms) and (things or not _asks_for_a_value(reading))
        counted = [i for i, form in enumerate(reading.forms) if form in self._lexicon.count]
        candidates: list[Candidate] = []
        counting = set[Candidate]()
        for candidate in self._candidates(reading):
            of_records = any(self._counts_records(reading, candidate, place, things) for place in counted)
            of_others = bool(counted) and not of_records and not (which and things)
            if not of_others and self._is_list(reading, candidate, which or of_records, things):
                candidates.append(candidate)
                counting |= {candidate} if of_records else set()
        if not candidates:
            return (
                self._of_all(reading, hidden, counts=bool(counted))
                if things and (counted or self._asks_for_all(forms))
                else None
            )
        best = max(candidates, key=lambda c: (c.score, c.key))
        if self._of_another_field(reading, best, candidates) or self._asks_for_an_end(reading, best):
            return None
        return self._listed(reading, best, which or best in counting, best in counting, hidden)

    def _asks_for_all(self, forms: Collection[str]) -> bool:
        """Whether a word asks for a list by itself ("list", "all"): "which applications?" asks for none in particular."""
        return not (self._lexicon.which - self._lexicon.asks_what).isdisjoint(forms)

    def _of_all(self, reading: Reading, hidden: Collection[str], *, counts: bool) -> Proposal | None:
        """All records, or how many there are, where the question names nothing else and there is one catalogue. None where
        they are too many to be said."""
        known = self._ignored | self._lexicon.question_stems | self._things
        verbs = {stem(verb, self._lexicon.language) for verb in self._lexicon.count_verbs}
        if len(self._catalogues) != 1 or any(m.how != PART for m in reading.mentions) or any(
            s not in known and s not in verbs for s in reading.stems
        ):  # fmt: skip
            return None
        records = [r for one in self._catalogues.values() for r in one.records.values() if r.path not in hidden]
        if not counts and len(records) > MAX_LISTED:
            return None
        citations = tuple(cite_field(record, record.fields[0]) for record in records[:MAX_LISTED])
        features = computed_features(_CUED, 0, 0.0) | {"count": float(counts)}
        said = str(len(records)) if counts else " ; ".join(record.name for record in records)
        return Proposal("list", said if records else "", citations, features=features)

    def _of_another_field(self, reading: Reading, best: Candidate, candidates: Sequence[Candidate]) -> bool:
        """Whether the question speaks of another field than the one that holds the value ("which depend on PostgreSQL?"),
        or names a bare number and no field."""
        if best.cued:
            return False
        if all(part.isdigit() for part in best.key):
            return True
        named = {i for c in candidates for i in range(c.start, c.end)}
        asked = best.catalogue.guesser.guess([s for i, s in enumerate(reading.stems) if i not in named])
        return asked is not None and asked.held and asked.score >= CUE and asked.name != best.field

    def _asks_for_an_end(self, reading: Reading, best: Candidate) -> bool:
        """Whether the first or the last of those that hold the value is asked for: then all of them are no answer."""
        ends = self._lexicon.most | self._lexicon.least
        return any(longest_way(ends, forms) for forms in (reading.forms[: best.start], reading.forms[best.end :]))

    def _counts_records(self, reading: Reading, candidate: Candidate, place: int, things: bool) -> bool:
        """Whether the count at `place` is one of records: of days, of money or of a record's documents it is not."""
        after = [i for i in range(place + 1, len(reading.stems)) if not candidate.start <= i < candidate.end]
        for i in after:
            if reading.stems[i] in self._things:
                return True
            if reading.stems[i] not in self._ignored:
                return False
        verb = bool(after) and reading.forms[after[0]] in self._lexicon.count_verbs
        return things or verb or candidate.cued > 0

    def _is_list(self, reading: Reading, candidate: Candidate, asks: bool, things: bool) -> bool:
        """No record named beside the value; and words that ask for several, or for the records' kind of thing."""
        named = [m for m in reading.mentions if m.how != PART and not _inside(m.start, m.end, candidate)]
        if named or all(s in self._ignored for s in candidate.key) or self._bounds(reading, candidate):
            return False
        inside = [m for m in reading.mentions if m.how != PART and _inside(m.start, m.end, candidate)]
        if inside and (not candidate.cued or _holds(inside, candidate)):
            return asks and things
        return asks or things or (len(candidate.key) > 1 and candidate.cued > 0)

    def _bounds(self, reading: Reading, candidate: Candidate) -> bool:
        """Whether the value only bounds what is asked for ("less than 50 dirhams"): who has that very value does not answer."""
        bounds = self._lexicon.compares - self._lexicon.since
        return any(part.isdigit() for part in candidate.key) and self._stands_before(reading, candidate.start, bounds)

    def _stands_before(self, reading: Reading, start: int, asked: Collection[str]) -> bool:
        """Whether one of the words stands before a place, with none between that says anything."""
        before = takewhile(
            lambda i: reading.stems[i] in self._ignored or reading.forms[i] in asked, range(start - 1, -1, -1)
        )
        return any(reading.forms[i] in asked for i in before)

    def _candidates(self, reading: Reading) -> Iterator[Candidate]:
        for catalogue in self._catalogues.values():
            named = catalogue.values_in(reading.stems) and catalogue.told_in(reading.stems)
            exact = [(start, end, key, 1.0) for start, end, key in named]
            near = exact or list(self._near(catalogue, reading))
            for start, end, key, close in near or [(*place, 1.0) for place in catalogue.parts_in(reading.stems)]:
                rest = [s for i, s in enumerate(reading.stems) if not start <= i < end]
                for name in catalogue.fields_with(key):
                    cued = min(_CUED, catalogue.guesser.score_of(name, rest))
                    yield Candidate(catalogue, name, key, start, end, close, cued)

    def _near(self, catalogue: Catalogue, reading: Reading) -> Iterator[tuple[int, int, ValueKey, float]]:
        """Values written with a slip, in windows of up to six words."""
        stems = reading.stems[:60]
        for width in range(min(6, len(stems)), 0, -1):
            for start in range(len(stems) - width + 1):
                window = stems[start : start + width]
                if window[0] in self._ignored or window[-1] in self._ignored or len("".join(window)) < 6:
                    continue
                for key, similarity in catalogue.close_values("".join(window), TYPO_SIMILARITY):
                    yield start, start + width, key, similarity

    def _conditions(self, reading: Reading, best: Candidate) -> list[set[str]]:
        """For each further value that the question names ("… in production, in Rennes"): the records that hold it too (or do
        not, where it is excluded)."""
        cues = best.catalogue.guesser.cues_of(best.field)
        found: list[set[str]] = []
        for value in self._beside(reading, best):
            telling = len("".join(value.key)) >= _LEAST_VALUE_LETTERS and not all(
                s in cues or s in self._ignored for s in value.key
            )
            if telling and best.field not in best.catalogue.fields_with(value.key):
                found.append(allowed_by(best.catalogue, value))
        return found

    def _beside(self, reading: Reading, best: Candidate) -> list[NamedValue]:
        """The values that the question names beside the best."""
        values = self._values.named(best.catalogue, reading)
        return [value for value in values if value.end <= best.start or value.start >= best.end]

    def _holders(self, reading: Reading, best: Candidate) -> list[str]:
        """The records that hold what is said of the best's field, in the catalogue's order."""
        beside = self._beside(reading, best)
        taken = {i for value in beside for i in range(value.start, value.end)}
        named = {v.start: v for v in self._values.named(best.catalogue, reading)}.get(best.start)
        excluded = named.excluded if named else self._values.is_excluded(reading, best.start, taken)
        also = [value for value in beside if best.field in best.catalogue.fields_with(value.key)]
        values = [NamedValue(best.start, best.end, best.key, excluded), *also]
        first, last = min(v.start for v in values), max(v.end for v in values)
        either = any(form in self._lexicon.either for form in reading.forms[first:last])
        held = holders_of(best.catalogue, best.field, values, either)
        return [path for path in best.catalogue.records if path in held]

    def _listed(self, reading: Reading, best: Candidate, asks: bool, counts: bool,
                hidden: Collection[str]) -> Proposal:  # fmt: skip
        catalogue = best.catalogue
        also = self._conditions(reading, best)
        holders = [
            catalogue.records[path]
            for path in self._holders(reading, best)
            if path not in hidden and all(path in allowed for allowed in also)
        ]
        fields = [(record, found) for record in holders if (found := record.field(best.field))]
        outside = [i for i in range(len(reading.stems)) if not best.start <= i < best.end]
        rest = [reading.stems[i] for i in outside]
        strange = unexplained(rest, catalogue.guesser.cues_of(best.field), self._ignored | self._lexicon.question_stems)
        features = {
            "cued": best.cued,
            "close": best.close,
            "value_words": min(4.0, len(best.key)),
            "asks": float(asks),
            "unexplained": min(1.0, len(strange) / 10),
            "strangers": reading.strangers(outside, self._knows, self._ignored),
            "count": float(counts),
        }
        text = str(len(fields)) if counts else " ; ".join(record.name for record, _ in fields[:MAX_LISTED])
        citations = tuple(cite_field(record, found) for record, found in fields[:MAX_LISTED])
        return Proposal("list", text if fields else "", citations, features=features)


def _asks_for_a_value(reading: Reading) -> bool:
    """Whether "which" asks for a time, an amount or the like ("à quelle heure …"): then records are no answer."""
    value = asked_value(" ".join(reading.forms))
    return value is not None and any(kind.name != COUNT for kind in value.kinds)


def _holds(mentions: Sequence[Mention], candidate: Candidate) -> bool:
    """Whether a record of that very name has the field: "the tags of Git" asks for its own, not who is tagged Git."""
    records = (candidate.catalogue.records.get(path) for m in mentions for path in m.paths)
    return any(record is not None and record.field(candidate.field) is not None for record in records)


def _inside(start: int, end: int, candidate: Candidate) -> bool:
    return candidate.start <= start and end <= candidate.end
