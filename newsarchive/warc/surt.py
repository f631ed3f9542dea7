"""placeholder"""


def surt(url: str) -> str:
    return url
