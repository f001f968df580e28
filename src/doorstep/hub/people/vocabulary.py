"""The words that every installation starts with: service categories, skills, and the texts of consent.

The 22 national categories are those of the national volunteer service site (their code numbers are not published,
so the codes here are ours). A district adds its own categories and skills beside these.
"""

#: code, Chinese, English
NATIONAL = (
    ("community", "社区服务", "Community service"),
    ("poverty", "扶贫减贫", "Poverty relief"),
    ("teaching", "支教助学", "Teaching and learning support"),
    ("health", "卫生健康", "Health"),
    ("legal", "法律服务", "Legal service"),
    ("environment", "环境保护", "Environment"),
    ("science", "科技科普", "Science and technology"),
    ("culture", "文化艺术", "Culture and arts"),
    ("safety", "平安综治", "Public safety"),
    ("civility", "文明风尚", "Civility"),
    ("traffic", "交通引导", "Traffic guidance"),
    ("fire", "志愿消防", "Volunteer fire service"),
    ("rescue", "应急救援", "Emergency rescue"),
    ("drugs", "禁毒宣传", "Drug prevention"),
    ("sport", "体育健身", "Sport and fitness"),
    ("tourism", "旅游服务", "Tourism"),
    ("special_groups", "关爱特殊群体", "Care for special groups"),
    ("events", "大型活动", "Large events"),
    ("overseas", "海外志愿服务", "Service overseas"),
    ("tax", "税收服务", "Tax service"),
    ("epidemic", "疫情防控", "Epidemic control"),
    ("other", "其他", "Other"),
)

#: code, Chinese, English, the national categories it is exported as
CATEGORIES = (
    ("poor_disabled", "扶贫助残", "Help for poor and disabled people", ("poverty", "special_groups")),
    ("mediation", "矛盾调解", "Mediation", ("safety", "legal")),
    ("counselling", "心理咨询", "Counselling", ("health",)),
    ("education", "教育辅导", "Tutoring", ("teaching",)),
    ("culture", "文化娱乐", "Culture", ("culture",)),
    ("elderly", "助老服务", "Help for the elderly", ("special_groups", "community")),
    ("property", "物业与安全", "Building and safety", ("community", "safety")),
    ("youth", "青少年服务", "Youth work", ("teaching", "special_groups")),
)

#: code, Chinese, English, professional (needs a verified credential before it opens a door)
SKILLS = (
    ("cleaning", "打扫", "Cleaning", False),
    ("errands", "跑腿代办", "Errands", False),
    ("company", "陪伴聊天", "Keeping company", False),
    ("haircut", "理发", "Haircut", False),
    ("repair", "小修小补", "Small repairs", False),
    ("cooking", "做饭", "Cooking", False),
    ("reading", "读报念书", "Reading aloud", False),
    ("culture", "文艺", "Arts", False),
    ("escort", "陪同出门", "Escort", False),
    ("digital", "手机电脑", "Phones and computers", False),
    ("meal_delivery", "送餐", "Meal delivery", False),
    ("patrol", "巡访", "Neighbourhood rounds", False),
    ("tutoring", "学业辅导", "Tutoring", True),
    ("counselling", "心理咨询", "Counselling", True),
    ("mediation", "矛盾调解", "Mediation", True),
    ("legal", "法律解答", "Legal advice", True),
    ("nursing", "护理", "Nursing", True),
    ("rehab", "康复", "Rehabilitation", True),
    ("family_intervention", "家庭介入", "Family intervention", True),
    ("youth_work", "青少年工作", "Youth work", True),
    ("property_law", "物业法规", "Property law", True),
    ("sign_language", "手语", "Sign language", True),
    ("first_aid", "急救", "First aid", True),
    ("picture_books", "绘本阅读", "Picture books", True),
    ("career", "就业指导", "Career guidance", True),
    ("debt_advice", "债务咨询", "Debt advice", True),
    ("speech", "言语训练", "Speech training", True),
    ("psychiatry", "精神卫生", "Mental health care", True),
    ("occupational", "作业治疗", "Occupational therapy", True),
    ("nutrition", "营养", "Nutrition", True),
    ("electrician", "水电", "Electrician", True),
)

#: purpose, version, Chinese, English
CONSENTS = (
    (
        "service", 1,
        "我同意社工和帮忙的志愿者，为办这件事看我说的内容、住处和联系方式。社工全部看得到；志愿者答应以后才看得到称呼、门牌和部分号码，办完当天就看不到了。随时可以收回。",
        ("I agree that the social worker and the helping volunteer see what I said, where I live and how to reach me, for this matter only. "
        "The social worker sees all of it; the volunteer sees name, door and part of the number only after saying yes, and no longer once the day is over. "
         "I can take this back at any time."),
    ),
    (
        "proxy", 1,
        "我替别人说这件事。我已经告诉本人，本人同意由我来说。社工会再问一遍本人，本人不愿意就不办。",
        "I speak for somebody else. I have told that person, who agrees that I do so. The social worker will ask again, and nothing is done against that person's wish.",
    ),
    (
        "health", 1,
        "为了来的人能帮对忙，我同意社工记下身体或残疾方面必须知道的情况，只给来的人看必须知道的那一点。不同意也照样可以求助。",
        ("So that the right help comes, I agree that the social worker notes what must be known of health or disability; whoever comes sees only what is needed. "
         "I may ask for help without agreeing to this."),
    ),
    (
        "minor", 1,
        "我是监护人，同意孩子参加写明的这几类志愿服务，不超过写明的时长和钟点，不做有危险的事。随时可以收回。",
        "As guardian I agree that the child takes part in the named kinds of service, within the named hours, and in nothing dangerous. I can take this back at any time.",
    ),
    (
        "publication", 1,
        "我同意在社区公开页上写我的名字和这件事。不同意就只写“一位居民”。随时可以收回。",
        "I agree that my name and this story stand on the community's public page. Without it only 'a resident' is written. I can take this back at any time.",
    ),
    (
        "position", 1,
        "我同意签到、签退时手机告诉你们我在不在约好的地方附近：只记“在”或“不在”，不记我在哪里。不同意也照样签到。随时可以收回。",
        ("I agree that at checking in and out my phone says whether I am near the agreed place: only yes or no is kept, never where I am. "
         "I can check in without it, and take this back at any time."),
    ),
    (
        "certificate", 1,
        "我同意社区给这一次写明的学校或单位开我的志愿服务记录证明：上面有我的姓名、志愿者编号、服务内容和时长。只用于写明的事，不另作他用。随时可以收回；已经交出去的，请对方按我的意思处理。",
        ("I agree that the community issues a certificate of my volunteer service to the school or company named this time: my name, volunteer number, kinds of "
         "service and hours. For the purpose named and for nothing else. I can take this back at any time; who has it already is told what I wish."),
    ),
)  # fmt: skip
