from newsarchive.extract import language, quality
from newsarchive.extract.body import Paragraph
from tests.extract.pages import PROSE

TEXT = " ".join(f"{sentence} {number}" for number, sentence in enumerate(PROSE * 6))


def distance(one: str, other: str) -> int:
    return (int(quality.simhash(one), 16) ^ int(quality.simhash(other), 16)).bit_count()


def test_words_stand_between_blanks_and_are_counted_by_letters_where_there_are_none() -> None:
    assert quality.words([Paragraph("The council met."), Paragraph("Größere Häuser")]) == 5
    assert quality.words([Paragraph("市议会周二开会讨论新桥。")]) == 1 + 5


def test_simhash_of_no_text_is_zero() -> None:
    assert quality.simhash("") == quality.simhash(" ,. ") == "0" * 16


def test_simhash_is_stable() -> None:
    """The number stands in archives: changing it needs another name for the field."""
    assert quality.simhash("one two three four five") == "5114c4e64d92168c"


def test_near_texts_differ_in_few_bits_and_others_in_many() -> None:
    assert distance(TEXT, TEXT.replace("summer", "winter") + " Updated.") <= 3
    assert distance(TEXT, TEXT.upper()) == 0
    assert (
        distance(TEXT, "Another story altogether about quite different things. " + " ".join(reversed(TEXT.split())))
        > 10
    )


def test_order_within_a_triple_counts() -> None:
    assert distance("one two three", "three two one") > 10
    assert quality.simhash("one two") != quality.simhash("two one")


def test_link_density_is_per_mille() -> None:
    assert quality.link_density([Paragraph("1234567890", ("/a",), 5), Paragraph("1234567890")]) == 250
    assert quality.link_density([]) == 0


def test_language_is_judged_by_the_text_or_not_at_all() -> None:
    assert language.code(" ".join(PROSE)) == "en"
    assert language.code("Київ оголосив про новий план відновлення гавані до весни.") == "uk"
    assert language.code("12 345 !!") is None
