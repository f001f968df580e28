"""Invented names, as each generation was named, and telephone numbers that belong to nobody."""

from doorstep.demonstration.chance import Chance

#: Frequencies as in the country, with the family names that this part of Jiangsu has more of.
SURNAMES = {
    "王": 72, "李": 62, "张": 68, "刘": 42, "陈": 58, "杨": 30, "赵": 22, "黄": 20, "周": 40, "吴": 38, "徐": 40, "孙": 28, "胡": 14, "朱": 34,
    "高": 16, "林": 8, "何": 14, "郭": 9, "马": 13, "罗": 6, "梁": 4, "宋": 10, "郑": 11, "谢": 12, "韩": 9, "唐": 14, "冯": 9, "于": 8,
    "董": 8, "萧": 3, "程": 7, "曹": 11, "袁": 9, "邓": 5, "许": 17, "傅": 6, "沈": 20, "曾": 4, "彭": 6, "吕": 11, "苏": 5, "卢": 6,
    "蒋": 26, "蔡": 9, "贾": 5, "丁": 15, "魏": 6, "薛": 9, "叶": 9, "阎": 2, "余": 7, "潘": 12, "杜": 6, "戴": 12, "夏": 9, "钟": 5,
    "汪": 8, "田": 5, "任": 7, "姜": 7, "范": 8, "方": 7, "石": 7, "姚": 10, "谭": 4, "廖": 2, "邹": 8, "熊": 3, "金": 10, "陆": 12,
    "郝": 3, "孔": 4, "白": 4, "崔": 4, "康": 2, "毛": 5, "邱": 6, "秦": 8, "江": 6, "史": 6, "顾": 14, "侯": 4, "邵": 8, "孟": 3,
    "龙": 2, "万": 4, "段": 3, "钱": 12, "汤": 7, "尹": 3, "黎": 2, "易": 2, "常": 2, "武": 3, "乔": 2, "贺": 4, "赖": 1, "龚": 5, "文": 2,
    "庄": 8, "恽": 4, "巢": 4, "屠": 4, "瞿": 4, "承": 3, "臧": 3, "杭": 3, "盛": 5, "殷": 5, "岳": 4, "是": 2, "奚": 3, "储": 3, "虞": 4,
}  # fmt: skip
#: Born before … : women's and men's first and second letters, and how many have one letter only.
GENERATIONS = (
    (1952, "秀桂玉凤金兰素美菊惠月巧淑爱杏", "英珍兰芳宝娣妹华凤珠仙琴芬娥云", "根金国荣福龙洪阿炳锡耀兴寿祥士", "生大林宝清法坤泉元良祥根明才", 0.06),
    (1968, "建美惠丽玉秀亚国红静桂小文雪云", "芳华英琴萍娟珍芬平红玲娣燕妹凤", "建国志永卫文明正伟新跃红学小中", "国平明华强良军忠林民东生荣新兵", 0.14),
    (1983, "晓海丽春红燕静文亚小敏雪志艳爱", "燕红霞萍艳丽静芳敏琴娟花玲梅英", "志建海伟晓军国永春少文立俊小剑", "强军伟明峰刚勇华平东辉斌杰波锋", 0.36),
    (1998, "佳思雨婷晓梦欣雅诗文倩亚静玉嘉", "婷怡雯静洁琪慧佳雪敏颖妮薇蓉莹", "俊文嘉志浩鹏子明伟宇晨晓建振天", "杰鹏浩宇超辉翔凯磊成龙阳飞斌涛", 0.34),
    (2030, "子梓雨欣一诗语思可若佳芷沐依心", "涵萱怡彤妍瑶琪月桐晴诺然宁悦乐", "子浩宇一梓俊奕铭博嘉沐睿泽承天", "轩涵然泽睿辰航宸博皓哲阳乐宁远", 0.10),
)  # fmt: skip
SINGLE = {
    "f": ("珍芬英兰凤", "红萍芳玲燕", "燕霞静艳敏", "婷颖雪静薇", "诺悦宁涵瑶"),
    "m": ("洪明根才良", "明军平强斌", "强伟勇军辉", "超磊凯鹏浩", "睿轩宸宇然"),
}
CAST = frozenset(
    {"周敏", "陈国梁", "沈秀英", "林涛", "唐颖", "王倩", "吴倩", "宁小雨", "蒋文斌", "许建平", "高志远", "许桂珍", "何伯年", "孙建国"}
)
#: Two letters that make a word one would not like to be called by, wherever they stand in a name.
UNKIND = ("武士", "范统", "史正", "国大", "杜子", "沈经", "石头", "黄大", "朱大", "熊大", "侯大", "马大", "龙阳", "白痴", "平平")
#: Given numbers of mobile shape; the four noughts mark them as invented.
HEADS = ("1390000", "1380000", "1370000", "1360000", "1350000")


class Names:
    """Draws names and numbers; a number is given to one person only."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.surnames, self.weights = list(SURNAMES), list(SURNAMES.values())
        # The first hundred are the cast's and the staff's.
        self._numbers = [f"{head}{number:04d}" for head in HEADS for number in range(10_000)][100:]
        chance.shuffle(self._numbers)
        self._given = 0

    def surname(self) -> str:
        return self.chance.choices(self.surnames, self.weights)[0]

    def given(self, gender: str, born: int) -> str:
        number, row = next((n, row) for n, row in enumerate(GENERATIONS) if born < int(row[0]))
        first, second = (row[1], row[2]) if gender == "f" else (row[3], row[4])
        if self.chance.yes(float(row[5])):
            return self.chance.one(SINGLE[gender][number])
        head, tail = self.chance.one(str(first)), self.chance.one(str(second))
        # Doubled letters are a woman's or a child's name.
        return head + (tail if tail != head else self.chance.one("平明华安"))

    def full(self, gender: str, born: int, surname: str = "") -> str:
        family = surname or self.surname()
        name = family + self.given(gender, born)
        kind = name not in CAST and not any(word in name for word in UNKIND)
        return name if kind else self.full(gender, born, surname)

    def number(self) -> str:
        """A number that nobody else has; many weeks in a row ask for more than there are, and then they come round again."""
        self._given += 1
        return self._numbers[-self._given % len(self._numbers)]


def calling(name: str, gender: str, age: int, chance: Chance) -> str:
    """How neighbours say it."""
    family = name[0]
    if age < 16:
        return f"小{name[-1]}"
    if age >= 76:
        return family + chance.one(["奶奶", "奶奶", "好婆", "阿姨"] if gender == "f" else ["爷爷", "爷爷", "老伯", "师傅"])
    if age >= 56:
        return chance.one(
            [f"{family}阿姨", f"{family}阿姨", f"{family}老师", f"{family}大姐"]
            if gender == "f"
            else [f"{family}师傅", f"老{family}", f"{family}叔", f"{family}老师"]
        )
    if age >= 36:
        return chance.one(
            [f"{family}姐", f"{family}女士", f"小{family}"] if gender == "f" else [f"{family}师傅", f"{family}哥", f"小{family}"]
        )
    return f"小{family}"
