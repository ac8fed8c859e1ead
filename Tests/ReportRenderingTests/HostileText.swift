import TestSupport

/// The worst that a VM's name or a guest's error may contain.
func hostileText(using random: inout SeededGenerator) -> String {
    let pieces = [
        "web-01", " ", "漢字", "ｗ", "한", "שרת", "خادم", "👩‍👩‍👧", "🇩🇪", "👍🏽", "❤️", "e\u{301}", "\u{301}\u{302}", "\u{1B}[31m",
        "\u{1B}]0;x\u{7}",
        "\n", "\r\n", "\t", "\u{202E}", "\u{2066}", "\u{200B}", "\u{FEFF}", "\u{AD}", "\u{0}", "\u{9B}", "\u{378}",
        "\u{10FFFF}",
        "\u{E000}", "\u{E0041}", "\u{2028}", "\"", "\\", "<script>", "=cmd()", "|", "क्षि", "ำ", "\u{1160}", "\u{FFFD}",
    ]
    return (0..<Int.random(in: 0...40, using: &random)).map { _ in
        if Int.random(in: 0..<4, using: &random) == 0,
            let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random))
        {
            return String(scalar)
        }
        return pieces.randomElement(using: &random) ?? ""
    }.joined()
}
