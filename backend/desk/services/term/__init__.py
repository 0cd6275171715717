"""Playing the demonstration term through the services of the rooms, under a clock that travels."""
