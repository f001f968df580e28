"""What residents ask for."""
