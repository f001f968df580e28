"""Other ways to plan the same week, each as well as it can be done."""
