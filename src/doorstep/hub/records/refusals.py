"""Why a coming or a leaving is not taken, each with its sentence and what to do next."""

from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused
from doorstep.hub.web.templatetags.doorstep import clock, when


class NotYours(Refused):
    sentence = _("这一件约的不是您。请回“本周”看看您自己的；要替别人记，请找社工。")


class OwnWord(Refused):
    sentence = _("自己来没来，不能由自己作证。请让同事来记，或者扫现场的码。")


class CancelledVisit(Refused):
    sentence = _("这件事已经取消了，不用签到。有疑问请打给社区。")


class NotExpected(Refused):
    sentence = _("这一件现在没有约您。请回“本周”看看；人已经到了，就请社工当面安排。")


class AlreadySettled(Refused):
    sentence = _("这一次已经记完了，不用再签。记得不对，请到“我的记录”里说。")


class TooEarly(Refused):
    """Also from tomorrow, and from next week."""

    def __init__(self, opens: datetime) -> None:
        super().__init__(gettext("还没到时候：%(when)s 起才能签到。到了再签，别着急。") % {"when": when(opens)})


class TooLate(Refused):
    sentence = _("这件事结束已经超过三小时，不能再扫码了。忘了签退，请到这一件的页上说几点走的；忘了签到，请告诉社工。")


class AlreadyHere(Refused):
    def __init__(self, came: datetime) -> None:
        super().__init__(gettext("%(time)s 已经签到了，不用再签。走的时候记得签退。") % {"time": clock(came)})


class AlreadyLeft(Refused):
    def __init__(self, left: datetime) -> None:
        super().__init__(gettext("%(time)s 已经签退了，不用再签。") % {"time": clock(left)})


class NotHereYet(Refused):
    sentence = _("还没有签到，签退不了。先签到；来的时候忘了，请告诉社工。")


class NotBegunYet(Refused):
    sentence = _("还没到约好的开始时间，签退不了。走的时候再按一下；要是不用去了，请告诉社工。")


class WrongCode(Refused):
    sentence = _("这个码不对，或者已经换过了：码半分钟换一次。请看着现场现在的码再来一次；还不行，请社工点名。")


class TooManyTries(Refused):
    sentence = _("试的次数太多了，这一次不能再输码。请让社工点名，一样算数。")


class WrongTime(Refused):
    sentence = _("这个时间不对：走要在来以后，也不能晚于现在。请再看一看。")


class ClockBehind(Refused):
    sentence = _("这边电脑的钟走慢了，现在记不准。请先在签到表上签名，再告诉社工；已经记下的都在。")


class NothingToConfirm(Refused):
    sentence = _("这一位还没有什么要您确认的。来了没有走的，先问他几点走的。")


class NothingTicked(Refused):
    sentence = _("还没有点谁、写谁。来了的勾“到”，走了的勾“走”，再交一次。")


class HomeIsAsked(Refused):
    sentence = _("这是上门的事：没有来，请到“回访”里记，这样会接着替这一家找人。")
