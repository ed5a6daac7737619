"""Each kind of personal data in each language."""

from __future__ import annotations

import pytest

from tests.privacy.masking import masked, sent

PLANTED = [
    ("NAME", "A: Good morning, this is Priya speaking.", "Priya"),
    ("NAME", "C: Hi, my name's Harriet Lowe, about my bill.", "Harriet Lowe"),
    ("NAME", "A: Thank you, Mrs. Brady-Walsh. One moment.", "Brady-Walsh"),
    ("NAME", "C: Soy Fermín Aldecoa y llamo por un paquete.", "Fermín Aldecoa"),
    ("NAME", "C: Está a nombre de Joaquín de la Torre.", "Joaquín de la Torre"),
    ("NAME", "A: Lo siento, señora Ibáñez.", "Ibáñez"),
    ("NAME", "C: 我姓邹，网断了。", "邹"),
    ("NAME", "C: 我叫戴雪琴。", "戴雪琴"),
    ("NAME", "A: 欧阳女士，请稍等。", "欧阳"),
    ("NAME", "A: 请您联系张姐。", "张"),
    ("NAME", "A: 我是客服小郑，为您服务。", "郑"),
    ("PHONE", "C: Call me on (503) 555-0142, please.", "(503) 555-0142"),
    ("PHONE", "C: It is oh one two seven three, five five oh, one eight six.", "oh one two seven three, five five oh, one eight six"),
    ("PHONE", "C: Mi móvil es el +34 655-09-81-37.", "+34 655-09-81-37"),
    ("PHONE", "C: Al seiscientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho.",
     "seiscientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho"),
    ("PHONE", "C: 我电话是138 0013 8000。", "138 0013 8000"),
    ("PHONE", "C: 幺三八，零零一三，八零零零。", "幺三八，零零一三，八零零零"),
    ("PHONE", "C: 家里座机027-8836 1190。", "027-8836 1190"),
    ("ID", "C: My social security number is 219-09-9999.", "219-09-9999"),
    ("ID", "C: Mi DNI es 45872310-M.", "45872310-M"),
    ("ID", "C: Tengo NIE, X7364519H.", "X7364519H"),
    ("ID", "C: 身份证号是11010519491231002X。", "11010519491231002X"),
    ("CARD", "C: The card is 4539 1488 0343 6467.", "4539 1488 0343 6467"),
    ("CARD", "C: La tarjeta terminada en 7712.", "7712"),
    ("CARD", "C: 卡号6222021234567894。", "6222021234567894"),
    ("ACCOUNT", "C: My account number is 8830 114 592.", "8830 114 592"),
    ("ACCOUNT", "C: La cuenta es ES79 2100 0813 6101 2345 6789.", "ES79 2100 0813 6101 2345 6789"),
    ("ACCOUNT", "C: 我的账号是fxm_flower2020。", "fxm_flower2020"),
    ("ORDER", "C: Where is order #4471902?", "#4471902"),
    ("ORDER", "C: El número de guía es 773 054 19 26.", "773 054 19 26"),
    ("ORDER", "C: 快递SF1402837715506没到。", "SF1402837715506"),
    ("PLATE", "C: My car is LK17 OWD.", "LK17 OWD"),
    ("PLATE", "C: La matrícula es 4821 KDF.", "4821 KDF"),
    ("PLATE", "C: 车牌鄂A·7K302。", "鄂A·7K302"),
    ("EMAIL", "C: Write to w.prentice88@quickpost.net, please.", "w.prentice88@quickpost.net"),
    ("EMAIL", "C: Es ana punto ruiz arroba correo punto es.", "ana punto ruiz arroba correo punto es"),
    ("ADDRESS", "C: I live at 118 Fen Road, flat 9.", "118 Fen Road, flat 9"),
    ("ADDRESS", "C: Vivo en la calle Mayor, 14, 3º B.", "la calle Mayor, 14, 3º B"),
    ("ADDRESS", "C: 我住在文昌路88号锦绣花园3栋2单元601室。", "文昌路88号锦绣花园3栋2单元601室"),
    ("BIRTH_DATE", "C: I was born on 14 March 1979.", "14 March 1979"),
    ("BIRTH_DATE", "C: Mi fecha de nacimiento es el 7 de octubre de 1966.", "7 de octubre de 1966"),
    ("BIRTH_DATE", "C: 我的出生日期是1965年3月18日。", "1965年3月18日"),
    ("AGENT_ID", "A: Agent 2217, how may I help?", "2217"),
    ("AGENT_ID", "A: Soy la operadora 4471.", "4471"),
    ("AGENT_ID", "A: 我的工号是一一八。", "一一八"),
    ("AGENT_ID", "A: 盈盛客服112号，请讲。", "112"),
    ("CODE", "C: The verification code is 482913.", "482913"),
    ("CODE", "C: 验证码是482913。", "482913"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "line", "words"), PLANTED, ids=[f"{kind}: {words}" for kind, _, words in PLANTED])
def test_is_masked(kind: str, line: str, words: str) -> None:
    found = masked(line)
    assert {name for name, _ in found} == {kind}
    joined = "".join("".join(said for _, said in found).split())
    assert joined == "".join(words.split())


KEPT = [
    "C: You charged me $1,250.00 and 45.50 dollars, 20% more than the 290 pounds of 2021.",
    "A: It takes 3 to 5 working days, 24 hours at most; we are open from 8:30 to 18:00, 7 days a week.",
    "C: I bought the iPhone 15 Pro, 3 x LUX-200 and a T14 with 256 GB.",
    "C: I will, may I ask when? To be frank, I hope soon.",
    "A: Thank you for calling Northgate Bank in Leeds. Please call 911 in an emergency.",
    "C: Me cobraron 1.499,00 pesos, 120 euros y un 5 % más el 15 de agosto a las 9 y media.",
    "A: Llega en 48 horas o en 2 días; abrimos de 10:00 a 20:30.",
    "C: El recibo rosa, el domingo en paz, con la luna rota, en Sevilla.",
    "C: 我交了一千二百块，24小时了，三百二十八元，百分之五，一共3,268.40元。",
    "A: 早上九点到下午五点，三到五个工作日，2026年9月18日之前，15天内。",
    "C: 我是老客户，周末我很高兴，安装师傅和大堂经理都来过，王府井的网点，小程序打不开，马上就来。",
    "C: 我买的是华为Mate 60，512G，型号ThinkPad T14。",
    "A: 请拨打10086或者400-820-8820。",
]


@pytest.mark.parametrize("line", KEPT)
def test_amounts_times_products_and_words_are_kept(line: str) -> None:
    assert masked(line) == []


def test_titles_stay_so_that_address_can_be_judged() -> None:
    assert sent("A: Thank you, Ms. Lowe.", "A: Gracias, señora Ibáñez.", "A: 谢谢您，邹先生。") == [
        "Thank you, Ms. {NAME_1}.",
        "Gracias, señora {NAME_2}.",
        "谢谢您，{NAME_3}先生。",
    ]


def test_the_answer_to_a_question_for_the_name_is_a_name() -> None:
    assert masked("A: May I have your name, please?", "C: Crystal Minh") == [("NAME", "Crystal"), ("NAME", "Minh")]
    assert masked("A: 请问您贵姓？", "C: 时。") == [("NAME", "时")]


def test_the_same_words_unasked_are_not() -> None:
    assert masked("A: Which hall, please?", "C: 时。") == []


def test_a_number_is_what_was_asked_for() -> None:
    assert masked("A: Could I take your order number?", "C: 88204, and it is late.") == [("ORDER", "88204")]
    assert masked("A: ¿Me da su DNI?", "C: Cuatro cinco ocho, siete dos.") == [("ID", "Cuatro cinco ocho, siete dos")]


def test_a_number_dictated_over_several_turns_is_masked_piece_by_piece() -> None:
    said = sent(
        "A: Your phone number, please?", "C: 138", "A: Yes?", "C: 0013", "A: Mm-hm.", "C: 8000.", "A: 13800138000."
    )
    assert said[1::2] == ["{PHONE_1_PART_1}", "{PHONE_1_PART_2}", "{PHONE_1_PART_3}."]
    assert said[-1] == "{PHONE_1}."


def test_a_name_known_from_one_turn_is_masked_in_the_others() -> None:
    assert sent("C: My name is Devon Marsh.", "A: Right. So Devon ordered it?")[1] == "Right. So {NAME_1} ordered it?"


def test_a_name_that_is_a_word_is_masked_only_where_it_is_a_name() -> None:
    said = sent("C: My name is Will Hope.", "A: Thanks, Will. Will you hold? I hope you can.")
    assert said[1] == "Thanks, {NAME_1}. Will you hold? I hope you can."


def test_a_name_spelled_letter_by_letter_is_the_name() -> None:
    assert sent("C: My name is Theo Lindqvist, L-I-N-D-Q-V-I-S-T.") == ["My name is {NAME_1} {NAME_2}, {NAME_2}."]


def test_the_agents_name_in_the_transcript_is_known() -> None:
    from coach.privacy import PersonalDataRedactor
    from tests.builders import conversation

    transcript = conversation("C: So I spoke with Marisol about it.").model_copy(update={"agent": "Marisol Vega"})
    assert "Marisol" not in PersonalDataRedactor().redact(transcript).transcript.turns[0].text
