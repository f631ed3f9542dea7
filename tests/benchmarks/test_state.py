"""The benchmark of the state runs, and measures all that it says."""

from pathlib import Path

from benchmarks.state import FIGURES, build, measure


def test_all_figures_are_measured(tmp_path: Path) -> None:
    build(tmp_path / "state.sqlite", 5_000)
    found = measure(tmp_path / "state.sqlite")
    assert set(found) == set(FIGURES)
    assert all(figure > 0 for figure in found.values())
