"""Whether an outlet is as it always was: judged by its own history, with the likely cause where it is not."""

from newsarchive.health.arrivals import Arrivals
from newsarchive.health.figures import Figures, page_word
from newsarchive.health.findings import Finding
from newsarchive.health.history import Day, History
from newsarchive.health.judging import judge
from newsarchive.health.limits import Limits

__all__ = ["Arrivals", "Day", "Figures", "Finding", "History", "Limits", "judge", "page_word"]
