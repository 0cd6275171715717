"""Papers: data in, bytes out. A leaf room: no Django, no ORM, no settings, no clock; the only room that knows ReportLab."""
