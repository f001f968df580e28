"""The pages of people: sign-in, oneself, homes, volunteers and places."""
