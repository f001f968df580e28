"""The tables of records."""

from .amending import Amendment
from .attendance import CODES, Attendance, How, Presence
from .calendar import AnnouncedYear
from .certificate import Batch, BatchMember, BatchPaper, Certificate, Seal, StatusRegister
from .hours import STANDING, Correction, Grade, Hours, HoursState, SyncState
from .log import Log, LogEntry, LogHash, LogHead, LogKey, RulePack, Salt, StarScheme
from .moving import SENT, ColumnMap, DataRequest, Sheet, Shipment, Shipped, Transfer
from .record import Award, Evaluation, Training
from .report import YearlyReport
from .stars import StarAward, StarObjection
from .watch import Anomaly

__all__ = [
    "CODES", "SENT", "STANDING", "Amendment", "AnnouncedYear", "Anomaly", "Attendance", "Award", "Batch", "BatchMember", "BatchPaper", "Certificate", "ColumnMap", "Correction", "DataRequest", "Evaluation", "Grade",
    "Hours", "HoursState", "How", "Log", "LogEntry", "LogHash", "LogHead", "LogKey", "Presence", "RulePack", "Salt", "Seal", "Sheet", "Shipment", "Shipped", "StarAward", "StarObjection", "StarScheme", "StatusRegister", "SyncState", "Training",
    "Transfer", "YearlyReport",
]  # fmt: skip
