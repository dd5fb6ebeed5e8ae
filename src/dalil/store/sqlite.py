"""The index's truth in one SQLite file: documents and passages, each sync one transaction that raises the generation."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dalil.artefacts import disk_errors
from dalil.errors import WorkError
from dalil.records import Document, Passage, content_id, from_row, to_row

SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (path TEXT PRIMARY KEY, id TEXT NOT NULL, name TEXT NOT NULL, is_record INTEGER NOT NULL,
                        row TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE passages (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL, row TEXT NOT NULL);
CREATE INDEX passages_document ON passages (document);
"""


# What SQLite says of a file that is not a database or not whole, and where it may not write.
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_REFUSED = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


class DamagedIndex(WorkError):
    """The file is not an index of this format: it can only be made again from the documents."""


class SqliteStore:
    """Documents and passages. Readers see the last committed sync; a kill in a sync leaves the one before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        existed = path.exists()
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self._reading():
            self._db = self._connect()
            if not existed or not self._db.execute("SELECT 1 FROM sqlite_master WHERE name='meta'").fetchone():
                self._create()
            version = self._meta("schema")
        if version != str(SCHEMA_VERSION):
            raise DamagedIndex(
                f"The index {path} has format {version or 'unknown'}; this dalil reads format {SCHEMA_VERSION}.",
                hint="dalil index --rebuild",
            )

    def _connect(self) -> sqlite3.Connection:
        """For reading and writing; where nothing may be written (a read-only disk), for reading."""
        opened = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        try:
            opened.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            opened.close()
            if error.sqlite_errorcode & 0xFF not in _REFUSED:
                raise
            # Without a log beside it the file is whole; SQLite cannot make the log's index on a read-only disk.
            whole = "" if self.path.with_name(f"{self.path.name}-wal").exists() else "&immutable=1"
            address = f"{self.path.resolve().as_uri()}?mode=ro{whole}"
            opened = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        return opened

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Turn SQLite's errors into ours: DamagedIndex where the file is not what was written, else WorkError."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            kind = DamagedIndex if error.sqlite_errorcode & 0xFF in _DAMAGE else WorkError
            raise kind(f"The index {self.path} cannot be opened ({error}).", hint="dalil index --rebuild") from error

    def _create(self) -> None:
        self._db.executescript("BEGIN IMMEDIATE;" + _SCHEMA)
        self._db.execute("INSERT INTO meta VALUES ('schema', ?), ('generation', '0')", (str(SCHEMA_VERSION),))
        self._db.execute("COMMIT")

    def _meta(self, key: str) -> str:
        with self._reading():
            row = self._db.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
        return str(row[0]) if row else ""

    @property
    def generation(self) -> int:
        """Raised by one with every sync that changed something."""
        return int(self._meta("generation") or 0)

    def content(self) -> str:
        """A hash of what the index holds, whatever the history of syncs."""
        with self._reading():
            documents = self._db.execute("SELECT id FROM documents ORDER BY path")
            passages = self._db.execute("SELECT id FROM passages ORDER BY id")
            return content_id(*(row[0] for row in documents), "/", *(row[0] for row in passages))

    def sync(self, documents: Iterable[Document], passages: Iterable[Passage]) -> dict[str, int]:
        """Make the index hold exactly these, touching only what changed, in one transaction. Returns the counts."""
        try:
            return self._sync(documents, passages)
        except sqlite3.Error as error:
            raise WorkError(
                f"The index {self.path} could not be written ({error}). It is as it was before.",
                hint="free some space, then run the same command again",
            ) from error
        finally:
            if self._db.in_transaction:  # what was to be written could not be read, or not be written
                self._db.execute("ROLLBACK")

    def _sync(self, documents: Iterable[Document], passages: Iterable[Passage]) -> dict[str, int]:
        self._db.execute("BEGIN IMMEDIATE")
        found = self._sync_documents(documents)
        have = {row[0] for row in self._db.execute("SELECT id FROM passages")}
        kept, added = set[str](), 0
        for passage in passages:
            if passage.id in have:
                kept.add(passage.id)
            else:
                row = (passage.id, passage.document, _dump(passage))
                self._db.execute("INSERT INTO passages (id, document, row) VALUES (?,?,?)", row)
                added += 1
        removed = have - kept
        self._db.executemany("DELETE FROM passages WHERE id=?", ((identifier,) for identifier in sorted(removed)))
        if found["touched"] or removed or added:
            self._db.execute("UPDATE meta SET value=? WHERE key='generation'", (str(self.generation + 1),))
        self._db.execute("COMMIT")
        return {"documents": found["documents"], "passages": len(kept) + added, "added": added, "removed": len(removed)}

    def _sync_documents(self, documents: Iterable[Document]) -> dict[str, int]:
        """How many there are, and how many were written or taken out."""
        known = dict(self._db.execute("SELECT path, id FROM documents"))
        wanted, changed = set[str](), 0
        for document in documents:
            wanted.add(document.path)
            if known.get(document.path) != document.id:
                row = (document.path, document.id, document.name, bool(document.fields), _dump(document))
                self._db.execute("INSERT OR REPLACE INTO documents VALUES (?,?,?,?,?)", row)
                changed += 1
        gone = known.keys() - wanted
        self._db.executemany("DELETE FROM documents WHERE path=?", ((path,) for path in sorted(gone)))
        return {"documents": len(wanted), "touched": changed + len(gone)}

    def passages(self, numbers: Iterable[int]) -> dict[int, Passage]:
        """The passages of these numbers."""
        asked = list(numbers)
        marks = ",".join("?" * len(asked))
        with self._reading():
            rows = self._db.execute(f"SELECT number, row FROM passages WHERE number IN ({marks})", asked).fetchall()
        return {number: from_row(Passage, json.loads(row)) for number, row in rows}

    def passage_at(self, document: str, offset: int) -> str:
        """The id of the first passage of a document that holds the code point at `offset`; "" where there is none."""
        row = self._db.execute(
            "SELECT id FROM passages WHERE document=? AND json_extract(row, '$.start') <= ? AND json_extract(row, '$.end') > ? "
            "ORDER BY json_extract(row, '$.start') LIMIT 1",
            (document, offset, offset),
        ).fetchone()
        return str(row[0]) if row else ""

    def every_passage(self) -> Iterator[tuple[int, Passage]]:
        """All passages with their numbers, in a stable order."""
        with self._reading():
            for number, row in self._db.execute("SELECT number, row FROM passages ORDER BY id"):
                yield number, from_row(Passage, json.loads(row))

    def identifiers(self) -> Iterator[tuple[int, str]]:
        """(number, id) of all passages, in the order of `every_passage`."""
        with self._reading():
            yield from self._db.execute("SELECT number, id FROM passages ORDER BY id")

    def numbers(self) -> Iterator[tuple[int, str]]:
        """(number, document) of all passages, by number; one text for all passages of a document."""
        with self._reading():
            # In the order of the table its rows would be read, texts and all; an index holds what is asked.
            for number, document in self._db.execute("SELECT number, document FROM passages ORDER BY +number"):
                yield number, sys.intern(document)

    def document(self, path: str) -> Document | None:
        """The document of that path."""
        with self._reading():
            row = self._db.execute("SELECT row FROM documents WHERE path=?", (path,)).fetchone()
        return from_row(Document, json.loads(row[0])) if row else None

    def names(self, access: Collection[str] = ()) -> list[tuple[str, str]]:
        """(path, name) of the documents, or of those that one of the labels may see, sorted by path; parts of a text are not
        documents of their own."""
        marks = ",".join("?" * len(access))
        labelled = f" AND EXISTS (SELECT 1 FROM json_each(row, '$.access') WHERE value IN ({marks}))" if access else ""
        asked = f"SELECT path, name FROM documents WHERE IFNULL(json_extract(row, '$.part_of'), '') = ''{labelled} ORDER BY path"
        with self._reading():
            return self._db.execute(asked, list(access)).fetchall()

    def records(self) -> list[Document]:
        """All typed records, sorted by path."""
        with self._reading():
            rows = self._db.execute("SELECT row FROM documents WHERE is_record ORDER BY path").fetchall()
        return [from_row(Document, json.loads(row)) for (row,) in rows]

    def close(self) -> None:
        self._db.close()


def _dump(record: Document | Passage) -> str:
    return json.dumps(to_row(record), ensure_ascii=False)
