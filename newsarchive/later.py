"""Commands that are named at once and loaded when they are chosen: whoever runs one need not wait for all."""

from importlib import import_module

from scrapy.commands import ScrapyCommand

from newsarchive import terminal


def command(module: str, summary: str, *, requires_project: bool = False) -> type[ScrapyCommand]:
    """The command of `newsarchive.commands` whose module has the last name of `module`.

    `summary` is how `scrapy` lists it, and `requires_project` where.
    """
    facts = {"__module__": module, "requires_project": requires_project, "_summary": summary}
    return type("Command", (_Later,), facts)


class _Later(ScrapyCommand):
    """Stands for a command until it is chosen, and is that command from then on."""

    _summary = ""

    def short_desc(self) -> str:
        return self._summary

    def syntax(self) -> str:
        """What Scrapy asks of the command that was chosen, and first."""
        self._become()
        return self.syntax()

    def run(self, args: list[str], opts: object) -> None:
        raise NotImplementedError

    def _become(self) -> None:
        name = type(self).__module__.rpartition(".")[2]
        terminal.prepare()
        self.__class__ = import_module(f"newsarchive.commands.{name}").Command
        self.__init__()  # type: ignore[misc]
        self.run = import_module("newsarchive.commands.guarding").guarded(self)  # type: ignore[method-assign]
