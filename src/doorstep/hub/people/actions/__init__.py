"""Every write on people: places, households, persons, skills, consents."""
