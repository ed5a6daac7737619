"""Finds names of persons in Chinese: before titles (王女士), after 小, 老 and 阿, in introductions and in answers.

Promise: as in `latin_names`, position makes a name; a surname alone (高, 时, 周) means nothing, and neither does a word
that begins with one (安装师傅, 高级经理, 周末).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["ChineseNames"]

_COMPOUND = (
    "欧阳 上官 司马 诸葛 司徒 东方 皇甫 尉迟 公孙 慕容 令狐 端木 夏侯 轩辕 宇文 长孙 鲜于 闾丘 司空 太史 南宫 西门 独孤 呼延 澹台 公冶 申屠 百里 东郭 "
    "第五 纳兰 完颜 赫连 拓跋"
).split()
_COMMON = "王李张刘陈杨赵黄吴周徐孙胡朱郭何林罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范石姚谭廖邹熊金陆郝孔崔康邱秦史顾侯邵孟龙万段雷钱汤尹黎易武乔贺赖龚庞樊殷施洪翟倪严牛温芦季俞章鲁葛韦毕聂柳邢翁柯莫裴符耿岑祁甘冉阮蒲闵滕佟褚娄仇欧冷卜詹褟蔺卓隋匡邝瞿尤晏游靳缪辛滑鞠郎饶苗冼覃屈臧凌霍虞盛房包申左桂路陶岳齐梅庄文涂喻安白江方毛高于常车关管华伍解单凤涂简费明池闫肖宁曲谷焦兰查习桑宫权苟艾谌"
_RISKY = "时向应成全连水平计古东商米盘戚国"
_PURE = "王李张刘陈杨赵吴徐孙朱胡郭罗梁宋郑韩冯董萧曹袁邓傅沈彭吕苏卢蒋蔡贾魏薛阎潘戴钟汪姜范姚谭廖邹熊陆郝崔邱秦孟段汤尹黎贺赖龚樊翟倪俞葛毕聂柳邢翁柯裴祁阮佟詹覃霍虞欧"
_TITLES = "先生|女士|小姐|太太|老师|师傅|经理|主任|同学|阿姨|大姐|大哥|大爷|大妈|大叔|医生|大夫|律师|教授|老板|站长|店长|队长|组长|科长|处长|局长|院长|行长|校长|主管|总监|警官|护士|奶奶|爷爷|叔叔|师父|夫人|工程师|秘书|会计|老弟|总经理|部长|所长|厂长|董事长|法师|姑娘|大娘|理事长"
_SHORT_TITLES = "总|工|姐|哥|叔|姨|嫂|队|局|处|董|妈|婶|伯|爷|导|sir"
_PERSONAL = "先生|女士|小姐|太太|老师|同学|夫人"

_NOT_GIVEN = frozenset(
    "安装 高级 高中 金牌 任课 房东 司机 安全 温馨 金融 方案 施工 高管 常务 万能 明星 白衣 江湖 成年 全职 路过 安保 简单 毛坯 文明 游客 管理 "
    "车主 关系 文化 明年 解放 申通 华为 盛世 于是 方便 高兴 金卡 石家 程序 黄金 安徽 江苏 江西 常州 金华 白领 单身 农民 钱包 会员 华侨 温州 连云 马来 "
    "沈阳 郑州 杭州 徐州 苏州 梅州 柳州 路人 顾客 应届 白班 孙子 孙女 习惯 武汉 武昌 洪山 汉口 黄石 高新 高峰 平安 易购 史上 常客 章鱼 游戏 余额 "
    "金额 包裹 包月 包年 时候 时间 周末 周一 周二 周三 周四 周五 周六 周日 马上 谢谢 许多 曾经 何时 任何 张罗 成都 祝您 钱款 房子 房贷 车子 车贷 "
    "路上 安心 安排 常常 经常 明天 明白 白天 文件 单位 单子 单号 解决 解释 关于 管家 费用 池州 宁波 宁夏 谷歌 兰州 查询 查看 查到 权限 艾灸 石头 "
    "和你 和您 应该 成功 全部 全国 全家 连续 连锁 那个 能不 别人 都是 从来 是的 可以 平台 年卡 计划 高考 高铁 高速 毕业 左边 左右 江边 甘肃 贺卡 龙华 "
    "康复 汤圆 牛奶 牛肉 熊猫 黄色 蓝色 白色 梅花 桂花 桂林 荣誉 万元 万一 万达 段时 段落 武装 严重 严格 盛情 鲁莽 包装 包括 包邮 包涵 "
    "顾虑 顾问 顾及 史无 孟加 叶子 林业 林子 田地 田里 石油 雷达 雷同 金属 金黄 陆续 陆地 任务 任意 范围 易碎 温度 温暖 施工 殷勤 冷静 冷冻 "
    "卜算 游泳 尤其 齐全 辛苦 凌晨 屈服 盲人 庄重 陶瓷 左手 房间 房屋 申请 申报 文字 毛病 毛巾 高低 高度 于今 常见 常用 关闭 关心 关注 管道 华丽 "
    "伍佰 解除 单独 费心 明显 明确 宁愿 曲线 焦急 兰花 习题 桑拿 宫保 苟且 客户 客服 老客户 新客户 石家庄 程序员 连云港 高先 包先 何必 何况 何处 "
    "何人 何以 方面 方法 方向 方式 康乐 项目 经理 白跑 白等 白花 支付 步行 常年 于此 安静 高价 高额 高温 车辆 车险 车牌 车间 车型 门店 水电 水管 "
    "国家 国际 国庆 后面 后天 后来 商家 商城 商户 东西 东边 南边 北边 南京 北京 元旦 平时 平常 古董 米粉 盘点 班长".split()
)
_ENDS_LIKE_A_NAME = frozenset("行李 国王 霸王 大王 主张 紧张 夸张 开张 扩张 慌张 纸张 白杨 包罗 网罗 桥梁 栋梁 时钟 分钟 点钟 台钟 子孙 儿孙 铁路 小熊 模范 规范 示范 防范 狗熊 湖泊 鱼汤 煲汤 祝贺 庆贺 信赖 依赖 阶段 时段 手段 片段 复苏 葡萄 古董 城郭 完毕 相貌".split())
_LEFT_EDGE = "位个名同和跟与的是找叫请问给让帮向由对，。！？：、,.!?:；;（(“\"「 \n嗯啊哦喂哎唉好亲您好你好谢谢感谢麻烦说到及为我们那这在把被连就还有联系姓等了吧呢呀"

_NOT_GIVEN |= frozenset((*_TITLES.split("|"), "师弟"))
_SURNAME = rf"(?:{'|'.join(_COMPOUND)}|[{_COMMON}])"
_ANY_SURNAME = rf"(?:{'|'.join(_COMPOUND)}|[{_COMMON}{_RISKY}])"
_GIVEN = r"[\u4e00-\u9fff]{1,2}"

_TITLED = re.compile(rf"(?P<surname>{_ANY_SURNAME})(?:{_TITLES})(?!费|傅德|家)")
_FULL_TITLED = re.compile(rf"(?P<surname>{_ANY_SURNAME})(?P<given>{_GIVEN})(?:{_PERSONAL})(?!费)")
_SHORT_TITLED = re.compile(
    rf"(?P<surname>{_SURNAME})(?:{_SHORT_TITLES})(?![体是结部数额之共计作单程具资号长理作业夫人时牌伍员妹头哥们理行店算])"
)
_FAMILIAR = re.compile(
    r"(?<![大从很最太多变缩减渺细微弱瘦矮中幼])[小老阿](?P<surname>(?:"
    + "|".join(_COMPOUND)
    + r"|[李刘赵吴徐孙朱郭何梁宋郑韩冯董萧曹袁邓傅彭吕卢蒋蔡贾魏薛阎潘戴钟汪任姜姚谭廖邹陆郝崔邱秦邵孟段汤尹黎龚庞樊殷翟倪严俞葛毕聂柳邢翁柯裴耿祁阮佟娄詹靳饶苗覃霍虞陶齐肖闫]"
    r"|王(?![国子者])|张(?![罗贴开])|陈(?![列旧述])|杨(?![梅树])|周(?![期边末年])|胡(?![同子])|林(?![子业])|罗(?![列嗦圈])|谢(?!谢)|唐(?!突)|程(?![序度])|许(?!多)|沈|曾(?!经)|苏(?!打)|丁(?!点)|叶(?![子片])|"
    r"余(?!额)|杜(?!绝)|夏(?!天)|田(?![园地])|范(?!围)|石(?![头子块])|洪(?!水)|高(?![个兴级])|方(?![案块便面])|马(?![路上达甲])|熊(?!猫)|金(?![额子])|龙(?!虾)|黄(?![车牌色]))"
    r")(?![哥姐妹弟]?[头们]|区|店|额|票|时|烧烤|饭|面馆|餐|超市|火锅|小吃|家常)"
)
_SURNAME_SAID = re.compile(rf"(?:免贵姓|我姓|她姓|他姓|姓氏?是?|本人姓)(?P<surname>(?:{_ANY_SURNAME}|[车祝门年那从可能和]))(?!么|什)")
_CALLED = re.compile(
    rf"(?:我叫|名叫|名字叫|名字是|姓名是?|他叫|她叫|叫做|对方叫|叫|本人|收件人(?:是|叫)?|寄件人(?:是|叫)?|联系人(?:是|叫)?|户主(?:是|叫)?|车主(?:是|叫)?|户名是?|专员|业务员|查勘员|派件员|快递员|技术员|客服|投保人是?|我同事|我是客服|同事)[：:，, ]?"
    rf"(?P<surname>{_SURNAME})(?P<given>{_GIVEN}?)(?=[，。！？,.!?；;、：:\s（(）)的和]|$|上门|电话|为您|本人|女士|先生|老师|跟|手机|身份|联系)"
)
_I_AM = re.compile(
    rf"(?:我是|这里是|这边是|这是|我就是|我爱人|我老婆|我老公|我先生|我妻子|我儿子|我女儿|我弟弟?|我哥哥?|我姐姐?|我妹妹?|我妈|我爸|我朋友|我同学|让)[，, ]?(?:叫|是)?(?P<surname>{_SURNAME})(?P<given>{_GIVEN})(?=[，。！？,.!?；;、\s（(]|$|啊|呀|哈|本人|去行|来取|先生|女士)"
)
_SEGMENT = re.compile(
    rf"(?:^|(?<=[，。！？,.!?；;：:、\s]))(?:嗯|呃|好的?|我?姓|我?叫|我是|是|免贵姓?|姓名|名字是?|她叫|他叫)*[，, ]?(?P<surname>{_ANY_SURNAME})(?P<given>{_GIVEN})?(?=[，。！？,.!?；;、\s]|$|啊|呀|的(?=[，。]|$))"
)
_SPELLED = re.compile(
    r"弓长张|立早章|木子李|耳东陈|双木林|口天吴|三横王|三划王|草头黄|言午许|双人徐|走肖赵|古月胡|禾呈程|十八子李|人可何|水工江|木易杨|文武斌|关耳郑|干勾于|人禾余"
)
_NAMED_AT_ALL = re.compile(rf"[\u4e00-\u9fff]")


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
                if given and given[0] != "的" and not (self._is_word(match["surname"] + given) or given in _NOT_GIVEN):
                    if match["surname"] not in _RISKY or match.start("surname") > match.start():
                        yield from self._parts(match)
                elif not given and pattern is _SEGMENT and (match.start() == 0 or match.start("surname") > match.start()):
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
            return start == 0 or text[start - 1] in "，。！？：、,.!?:；; \n" or text[max(0, start - 2) : start] in ("姓的", "请问")
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
