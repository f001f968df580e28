"""Many weeks in a row on the demonstration's district: planned, answered, planned again, served, and measured."""
