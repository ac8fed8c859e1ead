#!/usr/bin/env python3
"""Writes the part of ICU's data that this program uses: icu_data.py lib_FoundationICU.a FOLDER

Foundation brings ICU, whose data (34 MB) is mostly the words of other languages and the tables of legacy encodings. The program asks it only
for time zones and their English names. FOLDER gets icu_data.s, an assembly file with the rest left out, and the name of the symbol of the
whole data is printed: linked with --wrap=SYMBOL, ICU reads this data, and the whole of it stays in the archive.
The format of the data is that of ICU's source/common/ucmndata.h.
"""
import pathlib
import re
import struct
import sys

LOCALE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|[0-9]{3}))?(_[A-Z]+)?")
# Converters of encodings, profiles for internationalized names, confusable letters, dictionaries to break lines of Thai and the like.
UNUSED_SUFFIXES = {".cnv", ".spp", ".cfu", ".dict"}
# Transliteration, and numbers in words.
UNUSED_FOLDERS = {"translit", "rbnf"}


def is_used(name):
    """Whether a piece, such as icudt76l/zone/en_GB.res, is kept."""
    path = pathlib.PurePosixPath(name)
    if path.suffix in UNUSED_SUFFIXES or path.parent.name in UNUSED_FOLDERS or path.name == "unames.icu":
        return False
    return not LOCALE.fullmatch(path.stem) or path.stem.split("_")[0] == "en"


def member(archive, name):
    """The bytes of a member of an ar archive in GNU's form, in which long names are offsets into the member "//"."""
    if archive[:8] != b"!<arch>\n":
        raise ValueError("not an archive")
    offset, long_names = 8, b""
    while offset < len(archive):
        header = archive[offset:offset + 60]
        label, size = header[:16].rstrip(), int(header[48:58])
        content = archive[offset + 60:offset + 60 + size]
        if label == b"//":
            long_names = content
        elif label[:1] == b"/" and label[1:].isdigit():
            label = long_names[int(label[1:]):].split(b"\n", 1)[0]
        if label.rstrip(b"/") == name:
            return content
        offset += 60 + size + size % 2
    raise ValueError(f"no member {name.decode()}")


def pieces(data):
    """The pieces of a data file: names and bytes."""
    table = struct.unpack_from("<H", data)[0]
    (count,) = struct.unpack_from("<I", data, table)
    entries = [struct.unpack_from("<II", data, table + 4 + 8 * index) for index in range(count)]
    ends = [offset for _, offset in entries[1:]] + [len(data) - table]
    for (name, begin), end in zip(entries, ends):
        label = data[table + name:data.index(b"\0", table + name)].decode()
        yield label, data[table + begin:table + end]


def packed(header, kept):
    """A data file of these pieces, each aligned to 16 bytes as ICU's are."""
    names = b"".join(label.encode() + b"\0" for label, _ in kept)
    place, content = 4 + 8 * len(kept), b""
    begin = place + len(names)
    begin += -begin % 16
    entries = b""
    for label, piece in kept:
        entries += struct.pack("<II", place, begin + len(content))
        place += len(label) + 1
        content += piece + b"\0" * (-len(piece) % 16)
    table = struct.pack("<I", len(kept)) + entries + names
    return header + table + b"\0" * (begin - len(table)) + content


def main():
    archive, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    code = member(archive.read_bytes(), b"icu_packaged_data.cpp.o")
    data = code[code.index(b"CmnD") - 12:]
    kept = [(name, piece) for name, piece in pieces(data) if is_used(name)]
    (header_size,) = struct.unpack_from("<H", data)
    symbol = kept[0][0].split("/")[0][:-1] + "_dat"  # of icudt76l, in which l means little-endian
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "icu.dat").write_bytes(packed(data[:header_size], kept))
    (folder / "icu_data.s").write_text(f"""    .section .rodata
    .balign 16
    .globl __wrap_{symbol}
    .hidden __wrap_{symbol}
    .type __wrap_{symbol}, @object
__wrap_{symbol}:
    .incbin "icu.dat"
    .size __wrap_{symbol}, . - __wrap_{symbol}
    .section .note.GNU-stack, "", @progbits
""")
    print(symbol)


if __name__ == "__main__":
    main()
