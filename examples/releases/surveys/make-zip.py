"""Makes the released zip 1.zip of the draft beside it; the same draft gives the same bytes."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

here = Path(__file__).parent
draft = here / "draft"
with ZipFile(here / "1.zip", "w") as released:
    for file in sorted(path for path in draft.rglob("*") if path.is_file()):
        entry = ZipInfo(file.relative_to(draft).as_posix(), (2026, 9, 21, 7, 10, 0))
        entry.compress_type = ZIP_DEFLATED
        entry.external_attr = 0o100644 << 16
        released.writestr(entry, file.read_bytes())
