/// Amounts of data in a few characters, in units of 1000.
enum ByteText {
    private static let units = ["bytes", "kB", "MB", "GB", "TB", "PB"]

    /// `0 bytes`, `4.1 kB`, `17 MB`.
    static func of(_ bytes: Double) -> String {
        var (amount, unit) = (max(0, bytes), 0)
        while amount >= 999.5, unit < units.count - 1 {
            amount /= 1000
            unit += 1
        }
        if unit == 0 || amount >= 9.95 { return "\(Int(min(amount, 1e15).rounded())) \(units[unit])" }
        let tenths = Int((amount * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) \(units[unit])"
    }

    /// The same for whole bytes.
    static func of(_ bytes: Int) -> String { of(Double(bytes)) }
}
