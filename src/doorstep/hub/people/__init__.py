"""People, places, households, skills and consents."""
