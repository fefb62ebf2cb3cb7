"""Speed of extraction: full articles a second end to end, prose alone, and spaCy's blank tokenizer over the same text.

    python tests/benchmarks/bench_extract.py [--quick] [--runs N]

End to end is bytes -> document -> findings -> rows -> checks in one process, without a database. Prose alone is
document -> findings; its sentences are all those of the running text, also those without a number, which cost little.
Takes ../shared/bench/articles and ../shared/bench/pico where they exist, else corpora/. Each part runs in a fresh
process, so that its peak memory is its own; phrases that were looked up in one run are forgotten before the next.
"""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import measure

from trialtab.model import Document

SENTENCES = 900.0
"""Aim for prose alone, sentences a second."""


class Texts:
    """The documents of files as trialtab reads them, for the yardsticks; gathered after our own first round."""

    def __init__(self, paths: list[Path]) -> None:
        self.paths = paths
        self.documents: list[Document] = []
        self.texts: list[str] = []
        self.sentences = 0

    def gather(self) -> None:
        """Read the files, keep their texts, count the sentences of their running text."""
        import spacy

        from trialtab import language, readers

        def add(path: Path) -> None:
            for document in readers.read(path.read_bytes(), path.name):
                self.documents.append(document)
                self.texts.append(document.text)
                for block in document.blocks:
                    if block.kind in ("paragraph", "item"):
                        self.sentences += len(language.split(document.text, block.start, block.end))

        measure.tolerant(add, self.paths)()
        self.blank = spacy.blank("en")
        self.blank.max_length = max(map(len, self.texts), default=0) + 1

    def extract(self) -> None:
        """Findings of all documents, read before."""
        from trialtab import extract, rules

        known = rules.load()
        for document in self.documents:
            extract.extract(document, known)

    def words(self) -> int:
        """Words, as parted by blanks."""
        return sum(len(text.split()) for text in self.texts)

    def tokenize(self) -> None:
        """spaCy's blank English tokenizer: what any reading of prose costs at the least."""
        for text in self.texts:
            self.blank.make_doc(text)


def forget() -> None:
    """Empty what the look-ups remember of phrases, so that a second run over the same files is not flattered."""
    from trialtab import vocabulary

    for look_up in vars(vocabulary).values():
        if hasattr(look_up, "cache_clear") and look_up.cache_parameters()["maxsize"] is not None:
            look_up.cache_clear()  # the unbounded ones hold the word lists themselves, read once a process


def bench(title: str, unit: str, suffixes: list[str], folder: str, aim: float | None, quick: bool, runs: int) -> None:
    """One kind of document: reading, the whole way, and the tokenizer over the same text."""
    from trialtab import readers
    from trialtab.run import records

    paths, where = measure.inputs(suffixes, folder, most=8 if quick else None)
    texts = Texts(paths)
    files, words = (unit, float(len(paths))), ("words", texts.words)
    sentences = ("sentences", lambda: texts.sentences)
    whole = measure.tolerant(lambda path: records(path.read_bytes(), path.name), paths)
    first = measure.tolerant(lambda path: records(path.read_bytes(), path.name), paths[:1])
    alone = measure.tolerant(lambda path: readers.read(path.read_bytes(), path.name), paths)
    contenders = [
        measure.Contender("trialtab: reading alone", alone, (files, words)),
        measure.Contender("trialtab: end to end, no database", whole, (files, words, sentences), aim=aim),
        measure.Contender("trialtab: prose alone", texts.extract, (sentences, words), aim=SENTENCES, prepared=True),
        measure.Contender("spaCy: blank tokenizer, same text", texts.tokenize, (files, words), ours=False),
    ]
    measure.run(
        f"{title}, {len(paths)} files", where, contenders, runs=runs, quick=quick, warm_up=first, prepare=texts.gather,
        before_each=forget,
    )  # fmt: skip


def main() -> None:
    """Each part in a process of its own."""
    options = measure.arguments(__doc__ or "")
    parts = [
        ("Full JATS articles", "articles", [".nxml", ".xml"], "bench/articles", 8.0),
        ("Abstracts in plain text", "documents", [".txt", ".md"], "bench/pico/documents", None),
    ]
    for part in parts:
        process = get_context("spawn").Process(target=bench, args=(*part, options.quick, options.runs))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(process.exitcode)


if __name__ == "__main__":
    main()
