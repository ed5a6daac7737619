"""Names of people and companies in a text, with their titles, and the way in which a customer is addressed.

Promise: a name under another title (Mr. Qiu, Ms. Qiu) is another name. A name without a title is known by its capital
letter inside a sentence; in Chinese only titled names are told from other words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from coach.transcript import Transcript

__all__ = ["Address", "Name", "addressed", "capitalised", "find_names", "readdressed"]

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦"
    "傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦"
    "俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦"
    "麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
)
_COMPOUND = "欧阳|司马|上官|诸葛|司徒|皇甫|尉迟|东方|夏侯|慕容|令狐|公孙|司空"
_HAN_TITLES = (
    "先生|女士|小姐|太太|夫人|老师|师傅|经理|主任|老板|大爷|大妈|大姐|大哥|大叔|阿姨|教授|医生|大夫|同学|主管|站长|总监"
    "|总(?![是共部体计结数的会得要归之额])"
)
_TO_SOMEBODY = "(?!向(?:主管|经理|主任|老板|站长|总监|总|老师|师傅|医生|大夫|教授))"
"""向主管请示: to the supervisor, not Mr. Xiang."""

_HAN = re.compile(rf"{_TO_SOMEBODY}(?P<name>{_COMPOUND}|[{_SURNAMES}])(?P<title>{_HAN_TITLES})(?P<short>)")
_HAN_FULL = re.compile(rf"(?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{1,2}}(?=(?:先生|女士|小姐|太太|老师))")

_CAPITALISED = r"[A-ZÁÉÍÓÚÑ][\w’'-]+"
_EN_TITLES = r"Mr|Mrs|Ms|Miss|Dr|Doctor|Prof|Professor|Director|Captain|Master"
_SHORTENED = r"Mr|Mrs|Ms|Dr|Prof|Srta|Sra|Sr|Dra"
"""Titles that a full stop may follow; after any other it ends a sentence."""

_ES_TITLES = r"[Ss]eñorita|[Ss]eñora|[Ss]eñor|Srta|Sra|Sr|[Dd]oña|[Dd]on|[Dd]octora|[Dd]octor|Dra|Dr|[Ii]ngenier[oa]|[Ll]icenciad[oa]"
_LATIN = re.compile(
    rf"\b(?:(?P<short>{_SHORTENED})\b\.?|(?P<title>{_EN_TITLES}|{_ES_TITLES})) "
    rf"(?P<name>{_CAPITALISED}(?: (?:de |del )?{_CAPITALISED})?)"
)
_SAME_TITLE = {
    "sr": "señor",
    "sra": "señora",
    "srta": "señorita",
    "dra": "doctora",
    "doctor": "dr",
    "professor": "prof",
    "小姐": "女士",
    "太太": "女士",
}
_NOT_NAMES = frozenset(
    "I I'm I'll I've I'd Sir Madam Ma'am Mr Mrs Ms Miss Dr Monday Tuesday Wednesday Thursday Friday Saturday Sunday January"
    " February March April May June July August September October November December English Spanish Chinese Mandarin OK"
    " Usted Ustedes Vd Ud Señor Señora Señorita".split()
)
_MID_SENTENCE = re.compile(rf"(?:(?<=[^\W_] )|(?<=[,;:] ))(?:{_CAPITALISED}|[A-Z]{{2,}})")

_ADDRESS = re.compile(
    rf"(?P<latin>(?<![\w’'])(?:(?:{_EN_TITLES})\.? {_CAPITALISED}|(?:Sra?|Srta|Dra?)\.? {_CAPITALISED}"
    rf"|(?:{_ES_TITLES})(?: {_CAPITALISED})?|[Cc]aballero"
    rf"|Sir|Madam|sir|madam|ma'am)(?![\w’']))|(?P<han>(?:{_COMPOUND}|[{_SURNAMES}])?(?:先生|女士|小姐|太太|大爷|大妈|阿姨))"
)


@dataclass(frozen=True, slots=True)
class Name:
    """`title` is canonical and empty where there is none; `name` as it is written."""

    title: str
    name: str


def find_names(text: str) -> dict[Name, str]:
    """Names with a title -> the words that say them."""
    found: dict[Name, str] = {}
    for match in (*_LATIN.finditer(text), *_HAN.finditer(text)):
        title = (match["title"] or match["short"]).casefold()
        found[Name(_SAME_TITLE.get(title, title), match["name"])] = match[0]
    for match in _HAN_FULL.finditer(text):
        if match[0] not in _COMPOUND.split("|"):
            found[Name("", match[0])] = match[0]
    return found


def capitalised(text: str) -> set[str]:
    """Words that are names by their capital letter: they stand inside a sentence."""
    return {match[0] for match in _MID_SENTENCE.finditer(text) if match[0] not in _NOT_NAMES}


@dataclass(frozen=True)
class Address:
    """How an agent addresses the customer: `words` (`Ms. Qiu`, 覃女士, `señora Olmedo`), or None where it is not known."""

    words: str | None

    @cached_property
    def gender(self) -> str | None:
        """`f`, `m` or None."""
        return _gender(self.words or "")


def addressed(transcript: Transcript, turn: int | None = None) -> Address:
    """The one title and name that the agent uses to the customer's face most often; none where two are as frequent.

    For words at `turn`, only what is known by then: how the agent has called the customer up to there, or later on by a name
    that somebody has said before.
    """
    said: Counter[str] = Counter()
    for one in transcript.turns:
        if one.speaker == "agent":
            said.update(_vocatives(one.text))
    if turn is not None:
        before = " ".join(one.text for one in transcript.turns[: turn + 1])
        said = Counter({words: count for words, count in said.items() if _is_known(words, before)})
    ranked = said.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return Address(None)
    return Address(ranked[0][0])


def _is_known(words: str, before: str) -> bool:
    named = find_names(words)
    return words in before or (bool(named) and all(name.name in before for name in named))


def _vocatives(text: str) -> Iterable[str]:
    for match in _ADDRESS.finditer(text):
        before, after = text[: match.start()].rstrip(), text[match.end() :].lstrip()
        aside = not before or before[-1] in ",，.。!！?？:：;；¿¡" or match["han"]
        closed = not after or after[0] in ",，.。!！?？;；" or after.startswith(("您好", "，", "请"))
        if aside and closed and (match["han"] is None or len(match["han"]) > 2):
            yield match[0]


def _gender(words: str) -> str | None:
    if re.search(
        r"\b(?:señora|señorita|sra|srta|doña|ms|mrs|miss|madam|ma'am)\b|女士|小姐|太太|大妈|阿姨", words, re.IGNORECASE
    ):
        return "f"
    if re.search(r"\b(?:señor|sr|don|mr|sir|caballero)\b|先生|大爷", words, re.IGNORECASE):
        return "m"
    return None


def readdressed(sentence: str, address: Address) -> str | None:
    """A sentence written to some customer, said to this one: the address put in its place, or left out where none is known.

    None where it cannot be taken over: the address is part of the sentence (`Is this Ms. Bian?`), or the Spanish wording
    may agree with another gender.
    """
    text = sentence
    for match in reversed(list(_ADDRESS.finditer(sentence))):
        other = _gender(match[0])
        if match["latin"] and _is_spanish(match[0]) and address.gender not in (None, other):
            return None
        before, after = sentence[: match.start()], text[match.end() :]
        if address.words is not None:
            text = before + address.words + after
        elif re.search(r"[,，]\s*$", before) and (not after.strip() or after.lstrip()[0] in ",，.。!！?？;；:"):
            text = re.sub(r"[,，]\s*$", "", before) + after
        elif not before.strip() or re.search(r"[.。!！?？]\s*$", before):
            rest = re.sub(r"^[,，!！.]?\s*", "", after)
            text = before + rest[:1].upper() + rest[1:]
        elif match["han"] and re.match(r"(?:您好|，)", after):
            text = before + after
        else:
            return None
    return text


def _is_spanish(words: str) -> bool:
    return re.match(rf"(?:{_ES_TITLES}|[Cc]aballero)\b", words) is not None and not words.startswith("Dr")
