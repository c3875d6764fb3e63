"""A small register, taken over before the test begins."""

import sys

from office import Desk, person, take_over

take_over(Desk(sys.argv[1], "approver01"), {
    1: person("高橋\u3000花子", "タカハシ\u3000ハナコ"),
    2: person("鈴木\u3000一郎", "スズキ\u3000イチロウ", 1975),
    3: person("𠮷田\u3000桜", "ヨシダ\u3000サクラ", 1999),
})
