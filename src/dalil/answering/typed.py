"""Answers computed from typed records: a field whole, several records compared, a list or a count of records, the most or the least."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from dalil.answering.bounded import Bounded
from dalil.answering.catalogue import Catalogue, catalogues
from dalil.answering.conflicts import Said, conflict, same_value
from dalil.answering.entities import EXACT, PART, TYPO, Mention, NameIndex
from dalil.answering.extremes import Extremes
from dalil.answering.fields import CUE, FieldGuess
from dalil.answering.listing import Lister
from dalil.answering.named_ends import asks_for_most, compared, without_names
from dalil.answering.named_values import ValueReader
from dalil.answering.premise import Premise
from dalil.answering.proposal import Proposal, cite_field
from dalil.answering.reading import Reading, unexplained
from dalil.answering.roles import in_role
from dalil.answering.several_fields import all_said, fields_asked
from dalil.answering.supposed_dates import date_meant, dated, dates_of, supposes_another
from dalil.language import stem, tokenise, words
from dalil.language.analysis import function_words
from dalil.lexicon import Lexicon
from dalil.lexicon.asked_values import asks_when, lacks_number
from dalil.lexicon.saying import as_read_in
from dalil.records import Document, Field, Language, Option, Question


class TypedAnswerer:
    """Knows the records of a workspace. `knows` tells whether a stem stands anywhere in the corpus."""

    def __init__(self, records: Sequence[Document], lexicon: Lexicon, knows: Callable[[str], bool],
                 languages: Sequence[Language] = ()) -> None:  # fmt: skip
        """`languages`: in which questions are asked."""
        self._lexicon = lexicon
        self._languages = tuple(languages)
        self._catalogues = catalogues(records, lexicon)
        self._documents = {record.path: record for record in records}
        functions = frozenset(stem(w, lexicon.language) for w in function_words(lexicon.language))
        self.ignored = functions | lexicon.question_stems
        ordinary = {cue[0] for concept in lexicon.concepts for cue in concept.cues if len(cue) == 1}
        self._premise = Premise(lexicon, self.ignored)
        self._when = frozenset(stem(word, lexicon.language) for word in lexicon.when)
        self._lister = Lister(self._catalogues, lexicon, self.ignored, knows)
        self._extremes = Extremes(self._catalogues, lexicon, self.ignored, knows)
        self._values = ValueReader(lexicon, self.ignored)
        self._bounded = Bounded(self._catalogues, lexicon, self.ignored, knows)
        self._names = NameIndex(
            [(record.path, record.name) for record in records], self._aliases(records), lexicon.language,
            ordinary | lexicon.question_stems | lexicon.things,
        )  # fmt: skip

    def _aliases(self, records: Sequence[Document]) -> list[tuple[str, str]]:
        long = {name for record in records for name in (field.name for field in record.fields)}
        long = {name for name in long if self._lexicon.concept_of(name).name == "long_name"}
        return [(r.path, field.value) for r in records for field in r.fields if field.name in long]

    def is_record(self, path: str) -> bool:
        """Whether the document of that path is a typed record."""
        return path in self._documents

    def read(self, question: Question, hidden: Collection[str] = ()) -> Reading:
        """Tokens, stems and mentioned records; a scope that is a record counts as its mention."""
        whole = self._names.whole_names(question.text, hidden)
        text = as_read_in(question.text, self._lexicon.language, self._languages, whole)
        tokens = tokenise(text)[:400]
        forms = tuple(token.form for token in tokens)
        written = tuple(text[token.start : token.end] for token in tokens)
        stems = tuple(stem(form, self._lexicon.language) for form in forms)
        mentions = tuple(self._names.mentions(text, hidden)) if self._documents else ()
        if question.scope in self._documents:
            kept = tuple(m for m in mentions if question.scope in m.paths)
            mentions = kept or (Mention(0, 0, (question.scope,), EXACT, 1.0),)
        return Reading(written, forms, stems, mentions, text != question.text)

    def propose(self, question: Question, hidden: Collection[str] = ()) -> tuple[Reading, Proposal | None]:
        """A typed answer, or None where the question is not one about records and fields."""
        reading = self.read(question, hidden)
        if not self._documents:
            return reading, None
        for computed in (self._bounded, self._extremes, self._lister):
            if listed := computed.propose(reading, hidden):
                return reading, listed
        named = [m for m in reading.mentions if m.how != PART] or list(reading.mentions)
        excluded = [m for m in named if self._values.is_excluded(reading, m.start)]
        named = [m for m in named if m not in excluded] or named
        if len({m.paths for m in named}) >= 2 and (ended := self._end_of(reading)):
            return reading, ended
        if len({m.paths for m in named}) >= 2 and self._joined(reading, named):
            return reading, self._comparison(reading)
        if named:
            found = self._field(reading, max(named, key=lambda m: (m.score, m.end - m.start, -m.start)))
            return reading, Proposal("field") if found and self._takes_from(found, excluded) else found
        return reading, None

    def _takes_from(self, found: Proposal, excluded: Sequence[Mention]) -> bool:
        """Whether an excluded record shares an item of the list that was found ("the sites of A but not of B"): then the whole
        list is no answer."""
        others = [self._documents[path] for mention in excluded for path in mention.paths]
        lists = [
            field for c in found.citations for field in self._documents[c.document].fields if field.start == c.start
        ]
        return any(
            (theirs := other.field(field.name)) and set(field.items) & set(theirs.items)
            for other in others
            for field in lists
        )

    def _joined(self, reading: Reading, named: Sequence[Mention]) -> bool:
        """Whether the question asks for both: "A et B", "compare A …"; "A, the plugin of B" asks for A."""
        between = set(reading.forms[named[0].end : named[1].start])
        before = set(reading.forms[: named[0].start])
        return not between & self._lexicon.excludes and (not between or bool(self._lexicon.joins & (between | before)))

    def _field(self, reading: Reading, mention: Mention) -> Proposal | None:
        records = [self._documents[path] for path in mention.paths]
        if _one_of_each_source(records):
            return self._of_sources(reading, mention, records)
        catalogue = self._catalogues[records[0].source]
        rest = reading.rest()
        one = len(records) == 1 and not self._asks_yes_or_no(reading)
        if one and (asked := fields_asked(reading, catalogue, self._lexicon)):
            return self._several(reading, mention, records[0], asked, rest)
        guess = self._guess(reading, catalogue, rest)
        if guess is not None and not guess.cues and mention.how == EXACT and not self._unexplained(rest, ()):
            guess = replace(guess, score=CUE, margin=1.0)  # nothing but the whole name: surely, what it is
        if self._asks_yes_or_no(reading):
            guess = self._premise.supposed(catalogue, rest) or guess
        if guess is None:
            return None
        if len(records) == 1 and self._premise.unsaid(reading, catalogue, guess):
            return Proposal("field", silence="unsaid", about=(records[0].name, ""))
        if self._asks_yes_or_no(reading):
            if supposes_another(reading, catalogue, guess, self._lexicon):
                return Proposal("field", silence="unsaid", about=(records[0].name, ""))
            guess = _of_event(guess, date_meant(reading, catalogue, guess, self._lexicon), catalogue)
        features = self._features(reading, mention, guess, rest)
        if not guess.held:
            held = in_role(records[0], catalogue, rest) if len(records) == 1 else None
            if held is None:
                return self._absent(records[0], guess, features)
            features |= {"field_score": CUE, "margin": 1.0}
            return Proposal("field", held.quote, (held,), features=features)
        values = {(found.value if (found := record.field(guess.name)) else "") for record in records}
        if len(values) > 1 and features["beside"]:
            return Proposal("field", features=features)
        if len(values) > 1:
            options = tuple(Option(record.name, record.path) for record in records[:8])
            return Proposal("field", options=options, features=features, silence="which_one")
        found = records[0].field(guess.name)
        if found is None:
            return self._absent(records[0], guess, features)
        if not self._asks_yes_or_no(reading) and lacks_number(" ".join(reading.written), found.value):
            return None
        return self._said(reading, records[0], found, guess, features)

    def _said(self, reading: Reading, record: Document, found: Field, guess: FieldGuess,
              features: dict[str, float]) -> Proposal:  # fmt: skip
        """The field's value, or whether it is what a question of yes or no supposes."""
        catalogue = self._catalogues[record.source]
        asks = self._asks_yes_or_no(reading)
        supposed = dated(reading, catalogue, record, guess, self._lexicon) if asks else None
        text, read = self._premise.said(reading, catalogue, found, supposed)
        said = [found, supposed.field] if supposed and supposed.field and supposed.field != found else [found]
        citations = tuple(cite_field(record, one) for one in said if one.value in text)
        return Proposal("field", text, citations, features=features | {"unread": float(not read)})

    def _several(self, reading: Reading, mention: Mention, record: Document, asked: Sequence[FieldGuess],
                 rest: Sequence[str]) -> Proposal:  # fmt: skip
        """Several fields of a record: as sure as the least sure of them."""
        least = min(asked, key=lambda guess: guess.score)
        cues = frozenset[str]().union(*(guess.cues for guess in asked))
        features = self._features(reading, mention, replace(least, cues=cues, margin=1.0), rest)
        return all_said(record, asked, self._lexicon, features)

    def _asks_yes_or_no(self, reading: Reading) -> bool:
        return self._lexicon.asks_yes_or_no(reading.forms)

    def _of_sources(self, reading: Reading, mention: Mention, records: Sequence[Document]) -> Proposal | None:
        """What each source says of a record that stands once in each: one value where they agree, else all."""
        rest = reading.rest()
        guesses = [(r, g) for r in records if (g := self._guess(reading, self._catalogues[r.source], rest)) is not None]
        if not guesses:
            return None
        record, best = max(guesses, key=lambda item: (item[1].held, item[1].score))
        features = self._features(reading, mention, best, rest) | {"several": 0.0}
        same = [(r, r.field(g.name)) for r, g in guesses if g.held and g.concept.name == best.concept.name]
        held = [(r, found) for r, found in same if found is not None]
        if not held:
            return self._absent(record, best, features)
        if any(not same_value(held[0][1], found) for _, found in held[1:]):
            return conflict("field", [Said(found.value, cite_field(r, found)) for r, found in held], features)
        first, value = held[0]
        text, read = self._premise.said(reading, self._catalogues[first.source], value)
        features["unread"] = float(not read)
        return Proposal("field", text, tuple(cite_field(r, found) for r, found in held), features=features)

    def _guess(self, reading: Reading, catalogue: Catalogue, rest: Sequence[str]) -> FieldGuess | None:
        """The field asked for, None where none is, or hardly."""
        guess = self._dated(reading, catalogue, rest) or catalogue.guesser.guess(rest) or self._bare(catalogue, rest)
        return None if guess is None or (guess.weak and self._unexplained(rest, guess.cues)) else guess

    def _dated(self, reading: Reading, catalogue: Catalogue, rest: Sequence[str]) -> FieldGuess | None:
        """For a question that asks when: of the fields that date what it says that happened the one most asked for, if any is.
        Where it says something that nobody knows to be dated ("when was it audited?"), none is."""
        if self._when.isdisjoint(rest) and not asks_when(" ".join(reading.written)):
            return None
        scores = {name: catalogue.guesser.score_of(name, rest) for name in catalogue.dates()}
        happened = self._lexicon.events_of(tuple(rest))
        fit = [
            name for name in scores
            if (happened & dates_of(name, catalogue, self._lexicon) if happened else scores[name])
        ]  # fmt: skip
        best = max(fit, key=lambda name: scores[name], default="")
        if not best or (not happened and self._unexplained(rest, catalogue.guesser.cues_of(best))):
            return None
        return FieldGuess(
            best, catalogue.guesser.concept(best), max(CUE, scores[best]), 1.0, catalogue.guesser.cues_of(best)
        )

    def _absent(self, record: Document, guess: FieldGuess, features: dict[str, float]) -> Proposal:
        about = (record.name, guess.concept.label)
        return Proposal("field", features=features, silence="absent", about=about)

    def _end_of(self, reading: Reading) -> Proposal | None:
        """The one of the records named that has the most or the least, or a silence where one of them lacks the field."""
        most, chosen = asks_for_most(reading, self._lexicon), self._chosen(reading)
        if most is None or not chosen:
            return None
        catalogue, beside = self._catalogues[chosen[0].source], without_names(reading)
        guess = self._extremes.asked(catalogue, beside)
        if guess is None or guess.score < CUE / 2 or (guess.held and not catalogue.is_ordered(guess.name)):
            return None
        held = [(record, found) for record in chosen if (found := record.field(guess.name))]
        ended = tuple(
            stem(w, self._lexicon.language) for way in (*self._lexicon.more, *self._lexicon.less) for w in way
        )
        features = self._features(reading, _weakest(reading), guess, [s for s in beside.stems if s not in ended])
        if len(held) < len(chosen):
            return self._absent(next(r for r in chosen if r.field(guess.name) is None), guess, features)
        return compared(held, reading, self._lexicon, features, most=most)

    def _chosen(self, reading: Reading) -> list[Document]:
        """The records that the question names, where these are several of one source; else none."""
        found = {
            m.paths[0]: self._documents[m.paths[0]] for m in reading.mentions if m.how != PART and len(m.paths) == 1
        }
        return list(found.values()) if len(found) > 1 and len({r.source for r in found.values()}) == 1 else []

    def _comparison(self, reading: Reading) -> Proposal | None:
        chosen = self._chosen(reading)
        if not chosen:
            return None
        rest = reading.rest()
        guess = self._catalogues[chosen[0].source].guesser.guess(rest)
        if guess is None or not guess.held:
            return None
        held = [(record, found) for record in chosen if (found := record.field(guess.name))]
        features = self._features(reading, _weakest(reading), guess, rest)
        if len(held) < len(chosen):
            missing = next(record for record in chosen if record.field(guess.name) is None)
            return self._absent(missing, guess, features)
        text = " ; ".join(f"{record.name} : {found.value}" for record, found in held)
        return Proposal("field", text, tuple(cite_field(r, f) for r, f in held), features=features)

    def _unexplained(self, rest: Sequence[str], cues: Collection[str]) -> list[str]:
        return unexplained(rest, cues, self.ignored)

    def _bare(self, catalogue: Catalogue, rest: Sequence[str]) -> FieldGuess | None:
        """A name with hardly a word beside it asks what it is."""
        if len(self._unexplained(rest, ())) > 1:
            return None
        return catalogue.guesser.definition()

    def _features(self, reading: Reading, mention: Mention, guess: FieldGuess, rest: Sequence[str]) -> dict[str, float]:
        strange = self._unexplained(rest, guess.cues)
        return {
            "exact": float(mention.how == EXACT),
            "typo": float(mention.how == TYPO),
            "name_score": mention.score,
            "several": float(len(mention.paths) > 1),
            "field_score": min(2.0, guess.score),
            "margin": guess.margin,
            "unexplained": min(1.0, len(strange) / 10),
            "beside": self._beside(reading, mention, guess),
        }

    def _beside(self, reading: Reading, mention: Mention, guess: FieldGuess) -> float:
        """How many of the words next to the name are strange to it: "Apache Kafka" is not Apache Tomcat."""
        near = [i for i in (mention.start - 1, mention.end) if 0 <= i < len(reading.stems)]
        covered = {i for m in reading.mentions for i in range(m.start, m.end)}
        strange = self._unexplained([reading.stems[i] for i in near if i not in covered], guess.cues)
        return float(len(strange)) * (1.0 if mention.how != EXACT else 0.3)


def _weakest(reading: Reading) -> Mention:
    return min(reading.mentions, key=lambda mention: mention.score)


def _of_event(guess: FieldGuess, date: str, catalogue: Catalogue) -> FieldGuess:
    """The guess; of several dates the one of what is asked for, though its words be those of a field that is not there."""
    if not date or (guess.held and guess.name not in catalogue.dates()):
        return guess
    return replace(guess, name=date, concept=catalogue.guesser.concept(date), held=True)


def _one_of_each_source(records: Sequence[Document]) -> bool:
    """Whether one thing stands in several sources, once in each."""
    names, sources = {tuple(words(r.name)) for r in records}, {r.source for r in records}
    return len(names) == 1 and len(sources) == len(records) > 1
