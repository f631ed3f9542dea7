"""A comparison for a script."""

from collections import Counter
from typing import Any

from newsarchive.comparing.comparison import SHARES, Comparison, Sample, Tally, Versions
from newsarchive.comparing.fields import FOLLOWS
from newsarchive.comparing.showing import order
from newsarchive.report.phrases import most_first


def as_json(told: Comparison) -> dict[str, Any]:
    """All of it, samples with their whole values."""
    return {
        "old": told.old,
        "new": told.new,
        "fields_compared": list(told.fields),
        "files": {"both": told.files, "only_old": list(told.old_files), "only_new": list(told.new_files)},
        "rows": {
            "both": told.both,
            "equal": told.equal,
            "equal_but_extraction": told.but_for_identity,
            "changed": told.changed,
            "only_old": told.only_old.total(),
            "only_new": told.only_new.total(),
        },
        "only_old": _lone(told, "old", told.only_old),
        "only_new": _lone(told, "new", told.only_new),
        "versions": _versions(told.versions),
        "text": {
            "changed": told.wording.changed,
            "words": told.wording.words,
            "gained": told.wording.gained,
            "lost": told.wording.lost,
            "reordered": told.wording.reordered,
            "by_per_mille": {str(bound): told.wording.shares[bound] for bound in SHARES},
        },
        "fields": [
            {
                "field": path,
                "rows": told.by_field[path],
                "per_mille": told.by_field[path] * 1000 // told.both,
                "follows_text": path in FOLLOWS,
                "samples": [_sample(one) for one in told.samples[path].biggest_first()]
                if path in told.samples else [],
            }
            for path in order(told)
        ],
        "by": {
            dimension: {value: _tally(tallies[value]) for value in sorted(tallies)}
            for dimension, tallies in sorted(told.tallies.items())
        },
    }  # fmt: skip


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "both": tally.both,
        "changed": tally.changed,
        "only_old": tally.only_old,
        "only_new": tally.only_new,
        "fields": dict(most_first(tally.fields)),
    }


def _lone(told: Comparison, side: str, reasons: Counter[str]) -> dict[str, Any]:
    samples = told.lone[side].biggest_first() if side in told.lone else []
    return {
        "reasons": {reason or "none": count for reason, count in most_first(reasons)},
        "samples": [_sample(one) for one in samples],
    }


def _sample(sample: Sample) -> dict[str, Any]:
    return {
        "url": sample.url,
        "captured_at": sample.captured_at,
        "place": sample.place,
        "size": sample.size,
        "old": sample.old,
        "new": sample.new,
        "reason": sample.reason,
    }


def _versions(versions: Versions) -> dict[str, Any]:
    return {
        "same_id": versions.same,
        "other_id": versions.projects.total(),
        "projects": [{"old": old, "new": new, "rows": rows} for (old, new), rows in sorted(versions.projects.items())],
        "rules": [
            {"name": name, "old": old, "new": new, "rows": rows}
            for (name, old, new), rows in sorted(versions.rules.items(), key=lambda one: tuple(map(str, one[0])))
        ],
        "unnamed": versions.unnamed,
        "engines": [{"old": old, "new": new, "rows": rows} for (old, new), rows in sorted(versions.engines.items())],
        "ids": [{"old": old, "new": new, "rows": rows} for (old, new), rows in sorted(versions.ids.items())],
    }
