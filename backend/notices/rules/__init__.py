"""What the notices room knows without a database: the wording of messages, the transition table, the deadlines."""
