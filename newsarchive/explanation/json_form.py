"""A reading for a script."""

from typing import Any

from newsarchive.explanation.explaining import Explanation
from newsarchive.explanation.fields import fields, is_good


def as_json(explanation: Explanation, *, with_blocks: bool) -> dict[str, Any]:
    """The record, or the reason why there is none; what is missing; and the blocks if they are asked for."""
    article = explanation.article
    told: dict[str, Any] = {
        "url": explanation.url,
        "good": is_good(explanation),
        "rejected": explanation.rejected,
        "missing": [field.name for field in fields(article) if field.is_missed] if article else [],
        "article": article.to_record() if article else None,
    }
    if with_blocks:
        told["blocks"] = [
            {"text": one.text, "kept": one.kept, "reason": one.reason, "place": one.place, "score": one.score}
            for one in explanation.blocks
        ]
    return told
