"""Whatever is changed in an archive is found, and nothing is found in one that is as it was written."""

from pathlib import Path

from tests.verifying import mutations


def test_every_change_is_found_and_names_its_file(crawled: Path, tmp_path: Path):
    assert mutations.judged(crawled) == (0, [])
    outcome = mutations.run(crawled, count=2 * len(mutations.KINDS), seed=7, work=tmp_path)
    assert outcome.is_good, outcome.as_text()
    assert set(outcome.found) == set(mutations.KINDS)
    assert mutations.judged(crawled) == (0, [])
