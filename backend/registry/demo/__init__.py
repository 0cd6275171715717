"""云川县, an invented county: its lists, its places and its people. Nothing here names a real school or person."""
