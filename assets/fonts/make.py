#!/usr/bin/env python3
"""Makes the two fonts that statements are set in: Noto Sans CJK SC, reduced to what such papers need.

Needs Debian's fonts-noto-cjk and unicode-data, and fonttools (pyftsubset). What is kept: GB 2312, the 8105 characters of the
Table of General Standard Chinese Characters (the property kTGH of Unihan), which has those of names and places, and Latin with
the marks of pinyin. Hints are left out: they are for screens.
"""

import bz2
import pathlib
import subprocess

HERE = pathlib.Path(__file__).parent
SOURCE = pathlib.Path("/usr/share/fonts/opentype/noto")
UNIHAN = pathlib.Path("/usr/share/unicode/Unihan_OtherMappings.txt.bz2")
# Simplified Chinese is the third font of the collection.
FONT_NUMBER = 2


def characters():
    kept = set(range(0x20, 0x7F)) | set(range(0xA0, 0x180)) | set(range(0x1CD, 0x1DD)) | {0x1F8, 0x1F9, 0x1E3E, 0x1E3F, 0x251, 0x261}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                kept.add(ord(bytes([high, low]).decode("gb2312")))
            except UnicodeDecodeError:
                pass
    for line in bz2.open(UNIHAN, "rt", encoding="utf-8"):
        parts = line.split("\t")
        if len(parts) > 1 and parts[1] == "kTGH":
            kept.add(int(parts[0][2:], 16))
    kept |= set(range(0x2010, 0x2016)) | {0x2018, 0x2019, 0x201C, 0x201D, 0x2020, 0x2022, 0x2026, 0x2030, 0x20AC}
    kept |= {0x2103, 0x2116, 0x2192, 0x2212, 0x3013, 0x30FB, 0x4DAE} | set(range(0xFF00, 0xFF5F))
    return sorted(kept)


def main():
    codes = ",".join(f"U+{code:04X}" for code in characters())
    for weight in ["Regular", "Bold"]:
        subprocess.run(
            [
                "pyftsubset",
                str(SOURCE / f"NotoSansCJK-{weight}.ttc"),
                f"--font-number={FONT_NUMBER}",
                f"--unicodes={codes}",
                "--layout-features=",
                "--no-hinting",
                f"--output-file={HERE / f'NotoSansCJKsc-{weight}.subset.otf'}",
            ],
            check=True,
        )


if __name__ == "__main__":
    main()
