"""Before uploading is measured: the bytes that phones are going to send are promised, as `evidence.add` would.

`python -m bench.promising <promises>`: a JSON array of [owner, evidence, sha256, size].
"""

import sys
from pathlib import Path

import django
import msgspec


def main() -> None:
    django.setup()
    from backend.accounts.models import User
    from backend.journal.rows import Batch
    from backend.media.rules import filetypes
    from backend.media.services.expectations import Promise, expect_all

    told = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=list[tuple[int, str, str, int]])
    county = dict(User.objects.values_list("pk", "county_id"))
    batch = Batch()
    expect_all(
        (Promise(county[who], who, name, sha256, size, filetypes.JPEG) for who, name, sha256, size in told), batch
    )
    batch.run()


if __name__ == "__main__":
    main()
