import Glibc

/// A shell pattern with `*`, `?` and `[…]`, matched in time proportional to the length of the name times that of the pattern.
///
/// The C library's `fnmatch` tries every way to divide a name among the stars: `*a*a*a*b` takes hours on a name of a thousand `a`.
/// The part between two stars matches a fixed number of characters, so it is enough to find the first place where it fits.
struct GlobPattern: Hashable, Sendable {
    /// The parts before, between and after the stars.
    private let parts: [Part]

    private struct Part: Hashable, Sendable {
        var pattern = ""
        /// How many characters the part matches.
        var length = 0
        /// Whether it stands for itself, without wildcards.
        var isPlain = true
    }

    init(_ pattern: String) {
        var parts = [Part()]
        var rest = Substring(pattern).unicodeScalars
        while let scalar = rest.first {
            if scalar == "*" {
                parts.append(Part())
                rest.removeFirst()
                continue
            }
            let element = Self.element(of: rest)
            parts[parts.count - 1].pattern += String(Substring(rest.prefix(element)))
            parts[parts.count - 1].length += 1
            if "?[\\".unicodeScalars.contains(scalar) { parts[parts.count - 1].isPlain = false }
            rest.removeFirst(element)
        }
        self.parts = parts
    }

    /// How many scalars at the beginning of a pattern match one character.
    private static func element(of pattern: Substring.UnicodeScalarView) -> Int {
        let scalars = Array(pattern)
        if scalars[0] == "\\" { return min(2, scalars.count) }
        guard scalars[0] == "[" else { return 1 }
        var index = 1
        if index < scalars.count, scalars[index] == "!" || scalars[index] == "^" { index += 1 }
        // A bracket that comes first stands for itself.
        if index < scalars.count, scalars[index] == "]" { index += 1 }
        while index < scalars.count {
            if scalars[index] == "]" { return index + 1 }
            if scalars[index] == "\\" {
                index += 2
            } else if scalars[index] == "[", index + 1 < scalars.count, [":", ".", "="].contains(scalars[index + 1]),
                let end = (index + 2..<scalars.count).dropLast().first(where: {
                    scalars[$0] == scalars[index + 1] && scalars[$0 + 1] == "]"
                })
            {
                index = end + 2
            } else {
                index += 1
            }
        }
        // Without a closing bracket it is not a bracket expression.
        return 1
    }

    func matches(_ name: String) -> Bool {
        let name = Array(name.unicodeScalars)
        guard let first = parts.first, let last = parts.last, parts.count > 1 else {
            return parts[0].length == name.count && Self.fits(parts[0], name[...])
        }
        guard first.length + last.length <= name.count, Self.fits(first, name.prefix(first.length)),
            Self.fits(last, name.suffix(last.length))
        else { return false }
        var rest = name[first.length..<name.count - last.length]
        for part in parts.dropFirst().dropLast() {
            while !Self.fits(part, rest.prefix(part.length)) {
                guard rest.count > part.length else { return false }
                rest.removeFirst()
            }
            rest.removeFirst(part.length)
        }
        return true
    }

    private static func fits(_ part: Part, _ name: ArraySlice<Unicode.Scalar>) -> Bool {
        guard part.length == name.count else { return false }
        if part.isPlain { return part.pattern.unicodeScalars.elementsEqual(name) }
        return fnmatch(part.pattern, String(String.UnicodeScalarView(name)), 0) == 0
    }
}
