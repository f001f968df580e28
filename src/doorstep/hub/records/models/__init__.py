"""The tables of records."""

from .attendance import Attendance, How, Presence
from .calendar import AnnouncedYear
from .certificate import Batch, Certificate
from .hours import STANDING, Correction, Grade, Hours, HoursState, SyncState
from .log import Log, LogEntry, LogHash, LogHead, LogKey, RulePack, Salt
from .moving import ColumnMap, DataRequest, Transfer
from .record import Award, Evaluation, Training
from .watch import Anomaly

__all__ = [
    "STANDING", "AnnouncedYear", "Anomaly", "Attendance", "Award", "Batch", "Certificate", "ColumnMap", "Correction", "DataRequest", "Evaluation", "Grade",
    "Hours", "HoursState", "How", "Log", "LogEntry", "LogHash", "LogHead", "LogKey", "Presence", "RulePack", "Salt", "SyncState", "Training",
    "Transfer",
]  # fmt: skip
