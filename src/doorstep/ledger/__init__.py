"""What was served, and how anybody can check it: pure functions over bytes, dates and numbers that are passed in."""
