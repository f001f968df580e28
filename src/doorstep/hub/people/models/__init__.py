"""The tables of people: where they live, who they are, what they can do and what they agreed to."""

from .account import Account, Installation, ResetCode, SigninTry
from .consent import Consent, ConsentText
from .household import Circumstance, Household
from .person import Membership, Person, Role
from .place import Place, PlaceAlias, PlaceList, PlaceListing, Succession
from .skill import Clearance, Credential, NationalCategory, ServiceCategory, Skill
from .volunteer import GuardianConsent, Registration, SpokenLanguage, VolunteerProfile

__all__ = [
    "Account", "Installation", "ResetCode", "SigninTry", "Consent", "ConsentText", "Circumstance", "Household",
    "Membership", "Person", "Role", "Place", "PlaceAlias", "PlaceList", "PlaceListing", "Succession",
    "Clearance", "Credential", "NationalCategory", "ServiceCategory", "Skill",
    "GuardianConsent", "Registration", "SpokenLanguage", "VolunteerProfile",
]  # fmt: skip
