import numpy as np
import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from newsarchive.extract import language, language_model

TEXTS = {
    "en": "The harbour was closed for three days after the storm, and nobody in the town knew when the ferry would sail.",
    "de": "Der Hafen blieb nach dem Sturm drei Tage geschlossen, und niemand wusste, wann die Fähre wieder fahren würde.",
    "fr": "Le port est resté fermé trois jours après la tempête, et personne ne savait quand le bac repartirait.",
    "es": "El puerto estuvo cerrado tres días después de la tormenta y nadie sabía cuándo volvería a salir el barco.",
    "pl": "Port był zamknięty przez trzy dni po burzy i nikt w mieście nie wiedział, kiedy prom znów wypłynie.",
    "tr": "Liman fırtınadan sonra üç gün kapalı kaldı ve kasabada kimse vapurun ne zaman kalkacağını bilmiyordu.",
    "ru": "Порт был закрыт три дня после шторма, и никто в городе не знал, когда снова пойдёт паром.",
    "uk": "Порт був зачинений три дні після шторму, і ніхто в місті не знав, коли знову піде пором.",
    "el": "Το λιμάνι έμεινε κλειστό τρεις μέρες μετά την καταιγίδα και κανείς δεν ήξερε πότε θα φύγει το πλοίο.",
    "he": "הנמל היה סגור שלושה ימים אחרי הסערה, ואיש בעיר לא ידע מתי תצא המעבורת.",
    "ar": "بقي الميناء مغلقا ثلاثة أيام بعد العاصفة ولم يكن أحد في المدينة يعرف متى ستبحر العبارة.",
    "hi": "तूफान के बाद बंदरगाह तीन दिन बंद रहा और शहर में किसी को नहीं पता था कि नाव कब चलेगी।",
    "ja": "嵐のあと港は三日間閉鎖され、町の誰もフェリーがいつ出るのか知らなかった。",
    "zh": "暴风雨过后港口关闭了三天，镇上没有人知道渡轮什么时候再开。",
    "ko": "폭풍이 지나간 뒤 항구는 사흘 동안 닫혀 있었고 배가 언제 다시 떠날지 아무도 몰랐다.",
    "th": "หลังพายุท่าเรือปิดไปสามวัน และไม่มีใครในเมืองรู้ว่าเรือจะออกอีกเมื่อไร",
}
ODD = (
    "",
    "a",
    "12 345",
    "\x00\x7f",
    "ALL CAPITALS ARE READ AS SMALL LETTERS",
    "e\u0301 decomposed",
    "\ud800 alone",
    "日本 mixed ελ",
)


@pytest.mark.parametrize(("code", "text"), TEXTS.items(), ids=TEXTS)
def test_a_text_is_judged_by_its_words(code, text):
    assert language.code(text) == code


@pytest.mark.parametrize("text", ["", "Ja.", "12.11.2024, 20:15 – 21:45", "!" * 500])
def test_a_few_letters_tell_nothing(text):
    assert language.code(text) is None


def test_judgements_are_those_of_py3langid():
    theirs = LanguageIdentifier.from_model_file(MODEL_FILE)
    theirs.set_languages([name for name in theirs.labels if len(name) == 2])
    # Rows in the order in which they are read, as ours: numpy adds in the order in which numbers lie.
    theirs.nb_ptc = theirs.nb_ptc.copy()
    ours = language_model.model()
    for text in (*TEXTS.values(), *(text[:25] for text in TEXTS.values()), " ".join(TEXTS.values()), *ODD):
        assert ours.classify(text) == theirs.classify(text)[0]
        assert np.array_equal(ours.scores(text), theirs._decide(text))


def test_bytes_that_lead_to_the_same_states_share_a_column():
    ours = language_model.model()
    assert max(ours.columns) + 1 == len(set(ours.columns)) < 256
    assert len(ours.moves) % len(set(ours.columns)) == 0
