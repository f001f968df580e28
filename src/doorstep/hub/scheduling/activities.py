"""What each kind of occasion means for hours, in words: to who announces it, and to who thinks about coming."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from .models import Activity

#: What the social worker chooses from, each with what it means for hours.
HINTS: dict[str, Any] = {
    Activity.SERVICE: _("志愿服务：计服务时长"),
    Activity.DUTY: _("值班：在岗的时间计服务时长"),
    Activity.STANDBY: _("在家待命：待命不计；被叫去的，从到场算到离开"),
    Activity.TRAINING: _("培训、学习：记学时，和服务时长分开"),
    Activity.MEETING: _("开会：不是志愿服务，不计时长，只留到场"),
    Activity.REHEARSAL: _("排练：不是志愿服务，不计时长，只留到场"),
}
#: What a volunteer reads before signing up.
SAID: dict[str, Any] = {
    Activity.SERVICE: _("这是志愿服务，计服务时长。"),
    Activity.DUTY: _("这是值班，在岗的时间计服务时长。"),
    Activity.STANDBY: _("这是在家待命：待命的时间不计服务时长；被叫去的，从到场算到离开。"),
    Activity.TRAINING: _("这是培训：记学时，不计服务时长。"),
    Activity.MEETING: _("这是开会，不是志愿服务：本次不计服务时长，到过场留记录。"),
    Activity.REHEARSAL: _("这是排练，不是志愿服务：本次不计服务时长，到过场留记录。"),
}
#: The same in a list, where it is no service.
BRIEFLY: dict[str, Any] = {
    Activity.STANDBY: _("待命，叫到才计时长"),
    Activity.TRAINING: _("培训，记学时"),
    Activity.MEETING: _("开会，不计服务时长"),
    Activity.REHEARSAL: _("排练，不计服务时长"),
}
