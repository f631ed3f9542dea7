"""One spider for each outlet: `config/outlets/<name>.yaml` is a spider of that name, unless one is written by hand."""

import builtins
from pathlib import Path

from scrapy import Request, Spider
from scrapy.settings import BaseSettings
from scrapy.spiderloader import SpiderLoader
from scrapy.utils.misc import load_object

from newsarchive import outlets


class OutletSpiderLoader(SpiderLoader):
    """Reads a YAML file only when its spider is asked for, so that a broken one harms no other outlet."""

    def __init__(self, settings: BaseSettings) -> None:
        super().__init__(settings)
        self._config = Path(settings["CONFIG_DIR"])
        self._spider: type[Spider] = load_object(settings["OUTLET_SPIDER"])

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of that name; raises `KeyError` for an unknown outlet and `OutletError` for a wrong YAML."""
        if spider_name in self._spiders:
            return self._spiders[spider_name]
        try:
            outlet = outlets.load(self._config, spider_name)
        except KeyError:
            raise KeyError(f"Spider not found: {spider_name}") from None
        facts = {
            "name": spider_name,
            "outlet": outlet,
            "allowed_domains": sorted(outlet.hosts | outlet.source_hosts),
            "custom_settings": {
                **(self._spider.custom_settings or {}),
                "DOWNLOAD_DELAY": outlet.crawl.delay,
                "CONCURRENT_REQUESTS_PER_DOMAIN": outlet.crawl.concurrency,
            },
            "__module__": self._spider.__module__,
            "__doc__": f"Crawls {outlet.name}.",
        }
        return type(f"{self._spider.__name__}_{spider_name}", (self._spider,), facts)

    def list(self) -> list[str]:
        """All spiders, written by hand or made from YAML, sorted."""
        return sorted({*self._spiders, *outlets.names(self._config)})

    def find_by_request(self, request: Request) -> "builtins.list[str]":
        """The spiders whose outlet is on the host of the request."""
        by_hand = super().find_by_request(request)
        return [*by_hand, *(outlet.id for outlet in outlets.on_host(self._config, request.url))]
