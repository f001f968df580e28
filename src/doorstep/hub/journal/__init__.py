"""What happened and who was told."""
