import ArgumentParser

/// A rate on the command line: `5%`, `2.5%`.
struct RateArgument: ExpressibleByArgument {
    /// 0…1.
    var rate: Double
    var text: String

    init?(argument: String) {
        // Not all that a Double can be read from: no sign, exponent, hexadecimal or infinity.
        guard argument.hasSuffix("%"), let percent = Double(argument.dropLast()), (0...100).contains(percent),
            argument.dropLast().utf8.allSatisfy({
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
            })
        else { return nil }
        rate = percent / 100
        text = argument
    }
}
