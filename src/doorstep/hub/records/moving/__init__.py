"""Records on the way in and out: hostile spreadsheets are kept out, columns are data, every cell that leaves is text."""
