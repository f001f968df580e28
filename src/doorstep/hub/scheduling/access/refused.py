"""What may not be done with a slot, a seat or an offer, each with its sentence and what to do next."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from doorstep.hub.journal.access import Refused


class SeatTaken(Refused):
    sentence = _("这个位子已经有人了。谢谢您，还有别的事等着您。")


class SeatAsked(SeatTaken):
    """The same, to whoever plans."""

    sentence = _("这个位子已经问过人了。要换人，先把那一份收回，再排别人。")


class AlreadyAnswered(Refused):
    sentence = _("这份邀请已经回过话，或者已经收回了。请看“本周”里最新的安排。")


class ReplyTooLate(Refused):
    sentence = _("回话的时间过了，位子已经另找人。下次照样想着您。")


class SlotClosed(Refused):
    sentence = _("这件事已经办完或取消了，不用再安排人。")


class NotSkilled(Refused):
    sentence = _("这个位子要的专长，他还没有核验过的证，或者证已过期。先核验再安排。")


class NotCleared(Refused):
    sentence = _("现场有孩子。他还没有一年内的无犯罪记录查询，先办好再安排。")


class NotWished(Refused):
    sentence = _("家里或本人说过不合适，请另找一位。")


class SeatAsksForOther(Refused):
    sentence = _("这个位子要的身份、性别或语言和他不合，请另找一位。")


class TimeClash(Refused):
    sentence = _("那个时候他另有一件事，路上来不及。请换个时间或换一位。")


class GuardianSaysNo(Refused):
    sentence = _("他未满 18 岁，这件事不在监护人同意的范围里。请另找一位。")


class NotInsured(Refused):
    sentence = _("这件事可能磕着碰着，要先办好意外险，才能发出邀请。")


class StartGone(Refused):
    sentence = _("这个开始时间已经过去了。请选一个还没到的时间。")


class OutsideWindow(Refused):
    sentence = _("这个时间不在约好的时段里。请改成时段里的时间。")


class YourTimeClash(TimeClash):
    sentence = _("那个时候您另有一件事，路上赶不过来。想去这一件，请打给社工，把另一件换一换。")


class VisitBegun(Refused):
    sentence = _("约好的时间已经到了，网上改不了。请马上打给社区，社工来安排。")


class NotForYou(Refused):
    sentence = _("这件事现在不用您去了：可能刚有人答应，也可能改了要求。谢谢您，还有别的事等着您。")


class TooLateToAsk(Refused):
    sentence = _("离开始太近了，来不及问。请打电话，或和家里另约时间。")


class NobodyToLearnFrom(Refused):
    sentence = _("还没有熟手答应去，见习的位子先等一等。有人答应了，再来报。")


class SignupNotOpen(Refused):
    sentence = _("这一件没有开放报名。请看“可以报名的”里别的事。")


class SignupGone(Refused):
    sentence = _("这一件已经开始了，报不上了。请看“可以报名的”里别的事。")


class SignupEnded(Refused):
    sentence = _("这一件取消了，或者已经办完，不用报名了。谢谢您，还有别的事等着您。")


class NoPlaceLeft(Refused):
    sentence = _("名额刚刚满了。点“排队等”，空出来按先后问您。")


class AlreadyIn(Refused):
    sentence = _("您已经报上了，不用再报。时间、地方都在“本周”和“日历”里。")


class AlreadyInLine(Refused):
    sentence = _("您已经在排队了。轮到您，会先问您。")


class PlacesStill(Refused):
    sentence = _("还有名额，不用排队，直接报名就行。")


class NotInLine(Refused):
    sentence = _("您不在排队的人里。可能已经轮到过，请看“本周”。")


class YouLackSkill(NotSkilled):
    sentence = _("这件事要一张核验过、没过期的证，您还没有。想来，先到“我的资料”里加上，请社工核验；或者报一个见习的位子。")


class YouLackCheck(NotCleared):
    sentence = _("现场有孩子，去的人要有一年内的无犯罪记录查询。请社工帮您查，免费；查好了再报。")


class YourGuardianSaysNo(GuardianSaysNo):
    sentence = _("您还没满 18 岁，这件事不在监护人同意的范围里。想去，请监护人到社区改一改同意书。")


class NotInsuredYet(NotInsured):
    sentence = _("这件事可能磕着碰着，意外险还没办好，先不收报名。办好了这里就能报。")


class HeldEnough(Refused):
    """Somebody who takes more places than anybody can go to keeps others from them, on purpose or by a program."""

    def __init__(self, most: int) -> None:
        super().__init__(gettext("您报了还没去的已经有 %(most)s 件，先去几件再报。哪件去不了，点“我来不了”，就能再报。") % {"most": most})


class TooManyAnHour(Refused):
    def __init__(self, most: int) -> None:
        super().__init__(gettext("这一小时里您已经报了 %(most)s 次，请过一会儿再报。真要报这么多，请打给社工，她来安排。") % {"most": most})


class CompanionCannot(Refused):
    """One sentence for whatever keeps a fellow away: another person's matters are told to nobody."""

    sentence = _("您写的人里，有一位这次报不了，所以一位也没报。请核对编号，或者换一位。")


class TooFewPlaces(Refused):
    sentence = _("剩下的名额不够你们几位一起去，所以一位也没报。可以少报几位，或者排队等。")


class NotSpoken(Refused):
    sentence = _("替家里人报名，要他们亲口答应。问过了，请打上勾再报。")


class FellowCannot(Refused):
    """One sentence for an unknown number, an unfit fellow and one who was ruled out."""

    sentence = _("没有找到能替您去的这一位。请核对编号，或者换一位；实在没有，点“我来不了”，社工来找。")


class ExchangeOver(Refused):
    sentence = _("这件换人的事已经回过话，或者收回了。请看“本周”里最新的安排。")


class ExchangeWaits(Refused):
    sentence = _("这一次已经请了一位，还在等回话。要换一位，先把那一份收回。")


class EnoughAsked(Refused):
    sentence = _("这一次已经请过 5 位了，不再一个个问。来不了，请点“我来不了”，社工来找。")


class AppealOver(Refused):
    sentence = _("已经有人去了，或者回话的时间过了。谢谢您肯帮忙，下次照样想着您。")


class OwnPlaceThere(Refused):
    """To a fellow who has come by a place, or was asked for one, on the same slot."""

    sentence = _("这件事您自己已经有一个位子，或者正等您回话，替不了别人。请在“本周”里先看那一份，再回他。")


class BeingArranged(Refused):
    """To whoever forgets a person, in the rare case that something is promised in that very moment."""

    sentence = _("刚刚有人替这一位安排了一件事。请回到上一页看一看，再按一次。")


class NobodyToAsk(Refused):
    sentence = _("附近现在没有合得上的人可以一起问。可以改时间，或者打电话问熟人。")
