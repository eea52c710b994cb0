/// What is said of archives whose members are read.
let zipArchive = "a zip archive"
let tarArchive = "a tar archive"

/// What a file is that holds no JSON, told by its first bytes.
///
/// - Source: the formats' own signatures.
func signature(_ bytes: Bytes) -> String? {
  let known: [(StaticString, String)] = [
    ("SQLite format 3\0", "an SQLite database"), ("PK\u{3}\u{4}", zipArchive),
    ("PK\u{5}\u{6}", zipArchive),
    ("%PDF", "a PDF document"), ("\u{7f}ELF", "a program"), ("BZh", "bzip2 data"),
    ("PAR1", "Parquet data"), ("Rar!\u{1a}\u{7}", "a rar archive"), ("070701", "a cpio archive"),
    ("GIF8", "an image"), ("<!DOCTYPE", "HTML"), ("<html", "HTML"),
    ("<?xml", "XML"),
  ]
  for (start, name) in known where bytes.starts(with: start) { return name }
  guard bytes.count >= 8 else { return nil }
  let word = bytes.word(0)
  if word == 0x0a1a_0a0d_474e_5089 { return "an image" }
  if word & 0xff_ffff == 0xff_d8ff { return "an image" }
  if word & 0xffff_ffff_ffff == 0x005a_587a_37fd { return "xz data" }
  if word & 0xffff_ffff_ffff == 0x1c27_afbc_7a37 { return "a 7z archive" }
  // A byte order mark, or a bracket that is two bytes wide.
  if [0xfeff, 0xfffe, 0x007b, 0x7b00, 0x005b, 0x5b00].contains(word & 0xffff) {
    return "UTF-16 text"
  }
  if word & 0xffff == 0x8b1f { return "gzip data inside compressed data" }
  if bytes.count > 262, bytes.slice(257, 262).equals("ustar") { return tarArchive }
  return nil
}
