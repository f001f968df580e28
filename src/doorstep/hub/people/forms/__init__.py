"""What people type on the pages of people; forms only parse."""
