"""Papers: data in, bytes out.

A leaf room: no Django, no ORM, no settings, no clock. The only room that knows ReportLab.
"""

import sys

# ReportLab's optional C part rounds coordinates otherwise than its Python part: the same paper would get other bytes on
# a machine that happens to have it. None in sys.modules makes its import fail, and ReportLab then uses Python.
sys.modules.setdefault("_rl_accel", None)  # type: ignore[arg-type]
