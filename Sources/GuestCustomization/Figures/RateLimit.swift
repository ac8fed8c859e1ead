/// A limit on the failure rate, exactly as it was typed: 7 failed of 125 is not above `5.6`, although binary fractions would
/// say so.
package struct RateLimit: Hashable, Sendable {
    /// What `init(text:)` accepts, for help and errors.
    package static let grammar = "per cent, from 0 to 100, such as 5, 5% or 0.5%"

    /// As it was typed, with one `%`.
    package let text: String
    /// The number that was typed is this divided by `scale`.
    private let digits: Int128
    private let scale: Int128

    /// Digits after the decimal point; more than any rate of customizations needs.
    private static let maximumDecimals = 12

    /// Parses a percentage; `nil` for anything outside the `grammar`.
    ///
    /// The sign `%` is optional: in a crontab it ends the command.
    package init?(text: String) {
        let number = text.hasSuffix("%") ? text.dropLast() : text[...]
        let parts = number.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = parts.count > 1 ? parts[1] : ""
        guard let whole = parts.first, (1...3).contains(whole.utf8.count), parts.count == 1 || !decimals.isEmpty,
            decimals.utf8.count <= Self.maximumDecimals,
            (whole + decimals).utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let digits = Int128(whole + decimals)
        else { return nil }
        let scale = decimals.utf8.reduce(Int128(1)) { scale, _ in scale * 10 }
        guard digits <= 100 * scale else { return nil }
        self.digits = digits
        self.scale = scale
        self.text = number + "%"
    }

    /// Whether `failed` of `finished` is a higher rate than the limit; false if none finished, since there is no rate.
    package func isExceeded(by failed: Int, of finished: Int) -> Bool {
        Int128(failed) * 100 * scale > digits * Int128(finished)
    }
}
