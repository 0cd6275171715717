"""What phones read of the registry."""

from backend.sync.registry import document

document("target", "The card of a school or institution, in the county's scope; of a suspected site, in its own.")
