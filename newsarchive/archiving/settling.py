"""What the ledger learns of an article's request that gave no page."""

from newsarchive.judging.answers import policy
from newsarchive.store.ledger import Ledger


def settle(ledger: Ledger, address: str, reason: str) -> None:
    """Let the ledger say when the address is asked again."""
    outcomes = {
        "gone": ledger.gone,
        "leave": ledger.gone,
        "back_off": ledger.blocked,
        "astray": ledger.rejected,
        "retry": ledger.failed,
    }
    outcomes[policy(reason)](address, reason)
