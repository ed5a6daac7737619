"""Finds names of persons in Chinese: before titles (王女士), after 小, 老 and 阿, in introductions and in answers.

Promise: as in `latin_names`, position makes a name; a surname alone (高, 时, 周) means nothing, and neither does a word
that begins with one (安装师傅, 高级经理, 周末).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.privacy.words import words

__all__ = ["ChineseNames"]

_COMPOUND = "|".join(words("compound_surnames"))
_COMMON = "".join(words("surnames"))
_RISKY = "".join(words("risky_surnames"))
_PURE = frozenset("".join(words("pure_surnames")))
_TITLES = "|".join(words("titles"))
_SHORT_TITLES = "|".join(words("short_titles"))
_PERSONAL = "|".join(words("personal_titles"))
_NOT_GIVEN = frozenset((*words("not_given"), *words("titles")))
_ENDS_LIKE_A_NAME = frozenset(words("words_ending_in_surname"))
_LEFT_EDGE = frozenset(
    "位个名同和跟与的是找叫请问给让帮向由对说到及为我们那这在把被连就还有系姓等了吧呢呀嗯啊哦喂哎唉好亲谢烦"
    '，。！？：、,.!?:；;（(“"「 \n'
)

_SURNAME = rf"(?:{_COMPOUND}|[{_COMMON}])"
_ANY_SURNAME = rf"(?:{_COMPOUND}|[{_COMMON}{_RISKY}])"
_GIVEN = r"[\u4e00-\u9fff]{1,2}"

_TITLED = re.compile(rf"(?P<surname>{_ANY_SURNAME})(?:{_TITLES})(?!费|傅德|家)")
_FULL_TITLED = re.compile(rf"(?P<surname>{_ANY_SURNAME})(?P<given>{_GIVEN})(?:{_PERSONAL})(?!费)")
_SHORT_TITLED = re.compile(
    rf"(?P<surname>{_SURNAME})(?:{_SHORT_TITLES})(?![体是结部数额之共计作单程具资号长理作业夫人时牌伍员妹头哥们理行店算])"
)
_FAMILIAR = re.compile(
    r"(?<![大从很最太多变缩减渺细微弱瘦矮中幼])[小老阿](?P<surname>(?:"
    + _COMPOUND
    + r"|[李刘赵吴徐孙朱郭何梁宋郑韩冯董萧曹袁邓傅彭吕卢蒋蔡贾魏"
    r"薛阎潘戴钟汪任姜姚谭廖邹陆郝崔邱秦邵孟段汤尹黎龚庞樊殷翟倪严俞葛毕聂柳邢翁柯裴耿祁阮佟娄詹靳饶苗覃霍虞陶齐肖闫]"
    r"|王(?![国子者])|张(?![罗贴开])|陈(?![列旧述])|杨(?![梅树])|周(?![期边末年])|胡(?![同子])|林(?![子业])|罗(?![列嗦圈])|谢(?!谢)|"
    r"唐(?!突)|程(?![序度])|许(?!多)|沈|曾(?!经)|苏(?!打)|丁(?!点)|叶(?![子片])|"
    r"余(?!额)|杜(?!绝)|夏(?!天)|田(?![园地])|范(?!围)|石(?![头子块])|洪(?!水)|高(?![个兴级])|方(?![案块便面章向法])|马(?![路上达甲])|"
    r"熊(?!猫)|金(?![额子])|龙(?!虾)|黄(?![车牌色]))"
    r")(?![哥姐妹弟]?[头们]|区|店|额|票|时|烧烤|饭|面馆|餐|超市|火锅|小吃|家常)"
)
_SURNAME_SAID = re.compile(
    rf"(?:免贵姓|我姓|她姓|他姓|姓氏?是?|本人姓)(?P<surname>(?:{_ANY_SURNAME}|[车祝门年那从可能和]))(?!么|什)"
)
_CALLED = re.compile(
    rf"(?:我叫|名叫|名字叫|名字是|姓名是?|他叫|她叫|叫做|对方叫|叫|本人|收件人(?:是|叫)?|寄件人(?:是|叫)?|联系人(?:是|叫)?|户主(?:是|叫)?|车主(?:是|"
    rf"叫)?|户名是?|专员|业务员|查勘员|派件员|快递员|技术员|客服|投保人是?|我同事|我是客服|同事)[：:，, ]?"
    rf"(?P<surname>{_SURNAME})(?P<given>{_GIVEN}?)(?=[，。！？,.!?；;、：:\s（(）)的和]|$|上门|电话|为您|本人|女士|先生|老师|跟|手机|身份|联系)"
)
_I_AM = re.compile(
    rf"(?:我是|这里是|这边是|这是|我就是|我爱人|我老婆|我老公|我先生|我妻子|我儿子|我女儿|我弟弟?|我哥哥?|"
    rf"我姐姐?|我妹妹?|我妈|我爸|我朋友|我同学|让)[，, ]?(?:叫|"
    rf"是)?(?P<surname>{_SURNAME})(?P<given>{_GIVEN})(?=[，。！？,.!?；;、\s（(]|$|啊|呀|哈|本人|去行|来取|先生|女士)"
)
_SEGMENT = re.compile(
    rf"(?:^|(?<=[，。！？,.!?；;：:、\s]))(?:嗯|呃|好的?|我?姓|我?叫|我是|是|免贵姓?|姓名|名字是?|她叫|"
    rf"他叫)*[，, ]?(?P<surname>{_ANY_SURNAME})(?P<given>{_GIVEN})?(?=[，。！？,.!?；;、\s]|$|啊|呀|的(?=[，。]|$))"
)
_NEVER_GIVEN = frozenset("的了着过吗吧呢啊呀是不有在就也都还要会能没谢您你我他她它这那什怎么个")
"""Characters that no given name begins with."""
_SPELLED = re.compile(
    r"弓长张|立早章|木子李|耳东陈|双木林|口天吴|三横王|三划王|草头黄|言午许|双人徐|走肖赵|古月胡|禾呈程|十八子李|人可何|水工江|木易杨|文武斌|关耳郑|干勾于|人禾余"
)
_NAMED_AT_ALL = re.compile(r"[\u4e00-\u9fff]")


class ChineseNames:
    """Finds names turn by turn and remembers full names for the rest of the conversation."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def introduced(self, text: str, *, asked: bool) -> Iterator[tuple[int, int]]:
        """Spans of surnames and of given names, apart, in address forms, introductions and, if `asked`, answers."""
        if not _NAMED_AT_ALL.search(text):
            return
        for match in _FULL_TITLED.finditer(text):
            if self._stands_free(text, match) and not self._is_word(match["surname"] + match["given"]):
                yield from self._parts(match)
        for pattern in (_TITLED, _SHORT_TITLED):
            for match in pattern.finditer(text):
                if self._stands_free(text, match):
                    yield match.span("surname")
        for match in _FAMILIAR.finditer(text):
            yield match.span("surname")
        for match in _SURNAME_SAID.finditer(text):
            if len(match["surname"]) > 1:
                self.known[match["surname"]] = len(match["surname"])
            yield match.span("surname")
        for pattern in (_CALLED, _I_AM, *([_SEGMENT] if asked else [])):
            for match in pattern.finditer(text):
                given = match["given"]
                if (
                    given
                    and given[0] not in _NEVER_GIVEN
                    and not (self._is_word(match["surname"] + given) or given in _NOT_GIVEN)
                ):
                    if match["surname"] not in _RISKY or match.start("surname") > match.start():
                        yield from self._parts(match)
                elif (
                    not given and pattern is _SEGMENT and (match.start() == 0 or match.start("surname") > match.start())
                ):
                    if len(match["surname"]) > 1:
                        self.known[match["surname"]] = len(match["surname"])
                    yield match.span("surname")
        for match in _SPELLED.finditer(text):
            yield match.end() - 1, match.end()

    def _parts(self, match: re.Match[str]) -> Iterator[tuple[int, int]]:
        self.known[match["surname"] + match["given"]] = len(match["surname"])
        yield match.span("surname")
        yield match.span("given")

    @staticmethod
    def _is_word(word: str) -> bool:
        return word in _NOT_GIVEN or word[:2] in _NOT_GIVEN

    @staticmethod
    def _stands_free(text: str, match: re.Match[str]) -> bool:
        """No other word runs into the name; a surname that is also a common word needs an edge before it."""
        start = match.start("surname")
        surname = match["surname"]
        if surname in _RISKY:
            return (
                start == 0
                or text[start - 1] in "，。！？：、,.!?:；; \n"
                or text[max(0, start - 2) : start] in ("姓的", "请问")
            )
        if text[max(0, start - 1) : start + 1] == "谢谢":
            return False
        if surname in _PURE and text[max(0, start - 1) : start + 1] not in _ENDS_LIKE_A_NAME:
            return True
        return start == 0 or text[start - 1] in _LEFT_EDGE or not "\u4e00" <= text[start - 1] <= "\u9fff"

    def again(self, text: str) -> Iterator[tuple[int, int]]:
        """Spans of the full names learnt from the whole conversation, surname and given name apart."""
        for name, surname in self.known.items():
            at = text.find(name)
            while at >= 0:
                yield at, at + surname
                if len(name) > surname:
                    yield at + surname, at + len(name)
                at = text.find(name, at + len(name))
