"""What a run found out, as frozen data; reports are functions of it."""
