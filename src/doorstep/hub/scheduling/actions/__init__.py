"""Every write on slots, availability, plans and offers."""
