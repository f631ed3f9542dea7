"""Commands that kill themselves: `python -m tests.keeping.dying '[[STEPS, WORD, …], …]'`, a fork for each.

Before the step of that number by which anything on the disk changes, the process is gone. Prints how each has ended.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from newsarchive.commands.takedown import Command
from tests import commanding


def main() -> None:
    ends = []
    for steps, archive, *words in json.loads(sys.argv[1]):
        child = os.fork()
        if child == 0:
            die_after(steps)
            os._exit(commanding.run(Command, *words, archive=Path(archive)).code)
        ends.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    print(json.dumps(ends))


def die_after(steps: int) -> None:
    left = steps

    def dying(call: Callable[..., Any]) -> Callable[..., Any]:
        def died(*given: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*given, **named)

        return died

    for owner, name in ((os, "fsync"), (Path, "rename"), (Path, "unlink"), (Path, "mkdir")):
        setattr(owner, name, dying(getattr(owner, name)))


if __name__ == "__main__":
    main()
