"""What the pages of records ask for."""
