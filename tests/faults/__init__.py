"""A month of work of every crew through a line that goes wrong in every way a line can."""
