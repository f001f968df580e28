"""Every write on needs."""
