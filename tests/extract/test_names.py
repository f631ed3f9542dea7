import pytest

from newsarchive.extract import names


@pytest.mark.parametrize(
    ("printed", "wanted"),
    [
        ("by Ada Lens, Bo Crane and Cy Quay", ["Ada Lens", "Bo Crane", "Cy Quay"]),
        ("Von Ada Lens und Bo Crane", ["Ada Lens", "Bo Crane"]),
        ("Par Ada Lens et Bo Crane", ["Ada Lens", "Bo Crane"]),
        ("Por Ada Lens y Bo Crane", ["Ada Lens", "Bo Crane"]),
        ("Автор: Ада Линза и Бо Кран", ["Ада Линза", "Бо Кран"]),
        ("責編：牛镛、岳弘彬", ["牛镛", "岳弘彬"]),
        ("By The Kyiv Independent news desk", ["The Kyiv Independent news desk"]),
        ("Ada Lens, Senior Reporter", ["Ada Lens"]),
        ("Ada Lens (adl)", ["Ada Lens"]),
        ("Ada Lens | The Harbour Journal", ["Ada Lens"]),
        ("Ada Lens, Tessaly", ["Ada Lens"]),
        ("Ada Lens, dpa", ["Ada Lens", "dpa"]),
        ("Ada Lens The Associated Press", ["Ada Lens"]),
        ("The Associated Press", ["The Associated Press"]),
        ("Ada Lens, PhD, RD", ["Ada Lens"]),
        ("Ada Lens MS", ["Ada Lens"]),
        ("Martin King, Jr.", ["Martin King, Jr."]),
        ("srf/abc", ["srf/abc"]),
        ("Harbour24 Redaktion", ["Harbour24 Redaktion"]),
        ("https://www.facebook.com/ada.lens", []),
        ("105092", []),
        ("Redakteurin", []),
    ],
)
def test_names_are_freed_of_roles_houses_places_and_degrees(printed: str, wanted: list[str]) -> None:
    assert names.names(printed) == wanted


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("By Ada Lens", ("Ada Lens",)),
        ("Do 25.04.24 | 14:07 Uhr | Von Ada Lens", ("Ada Lens",)),
        ("Von Ada Lens, Tessaly 05.08.2024, 20:59 Uhr", ("Ada Lens",)),
        ("By Ada Lens Feb 5, 2024 at 11:02 am", ("Ada Lens",)),
        ("By Cam E. Lens, Staff Writer", ("Cam E. Lens",)),
        ("posted on 2023-12-19 23:30 EST by Ada Lens", ("Ada Lens",)),
        ("Text: Ada Lens", ("Ada Lens",)),
        ("By Ada Lens and The Harbour news desk", ("Ada Lens", "The Harbour news desk")),
        ("By the end of the year nobody will know", ()),
        ("Von der Stadt an den Fluss", ()),
        ("Harbours of the world", ()),
        ("3 May 2024", ()),
    ],
)
def test_a_line_names_its_authors_only_if_it_says_so(line: str, wanted: tuple[str, ...]) -> None:
    assert names.in_line(line) == wanted


@pytest.mark.parametrize(
    ("printed", "is_person"),
    [
        ("Ada Lens", True),
        ("Olena van der Quay", True),
        ("Ada", False),
        ("Share this story", False),
        ("牛镛", True),
        ("", False),
    ],
)
def test_a_person_is_known_by_the_form_of_the_name(printed: str, is_person: bool) -> None:
    assert names.looks_like_person(printed) is is_person
