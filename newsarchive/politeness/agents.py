"""Crawlers by their product tokens: those that gather text for models, with who says so, and others that pages name."""

import re

AI_AGENTS = {
    "ai2bot": "https://allenai.org/crawler",
    "amazonbot": "https://developer.amazon.com/amazonbot",
    "anthropic-ai": "https://github.com/ai-robots-txt/ai.robots.txt",
    "applebot-extended": "https://support.apple.com/en-us/119829",
    "bytespider": "https://github.com/ai-robots-txt/ai.robots.txt",
    "ccbot": "https://commoncrawl.org/ccbot",
    "chatgpt-user": "https://platform.openai.com/docs/bots",
    "claude-searchbot": "https://support.anthropic.com/en/articles/8896518",
    "claude-user": "https://support.anthropic.com/en/articles/8896518",
    "claude-web": "https://github.com/ai-robots-txt/ai.robots.txt",
    "claudebot": "https://support.anthropic.com/en/articles/8896518",
    "cohere-ai": "https://github.com/ai-robots-txt/ai.robots.txt",
    "diffbot": "https://docs.diffbot.com/docs/does-diffbot-respect-robotstxt",
    "duckassistbot": "https://duckduckgo.com/duckduckgo-help-pages/results/duckassistbot",
    "facebookbot": "https://developers.facebook.com/docs/sharing/bot",
    "google-extended": "https://developers.google.com/search/docs/crawling-indexing/google-common-crawlers",
    "gptbot": "https://platform.openai.com/docs/bots",
    "imagesiftbot": "https://imagesift.com/about",
    "meta-externalagent": "https://developers.facebook.com/docs/sharing/webmasters/web-crawlers",
    "mistralai-user": "https://docs.mistral.ai/robots",
    "oai-searchbot": "https://platform.openai.com/docs/bots",
    "omgili": "https://webz.io/bot.html",
    "perplexity-user": "https://docs.perplexity.ai/guides/bots",
    "perplexitybot": "https://docs.perplexity.ai/guides/bots",
    "timpibot": "https://github.com/ai-robots-txt/ai.robots.txt",
    "youbot": "https://github.com/ai-robots-txt/ai.robots.txt",
}
"""Token in lower case, and where its operator or a public list names it."""

_OTHERS = frozenset({"baiduspider", "newsarchive", "slurp", "teoma", "yandex"})
_CALLED_SO = re.compile(r"[a-z][a-z0-9_-]*bot(-[a-z]+)?")


def is_crawler(name: str) -> bool:
    """A page's meta of this name, in lower case, is a robots meta that is addressed to one crawler."""
    return name in AI_AGENTS or name in _OTHERS or bool(_CALLED_SO.fullmatch(name))
