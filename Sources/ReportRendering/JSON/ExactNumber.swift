/// Numbers as programs read them.
enum ExactNumber {
    /// A finite number, without a fraction where it has none.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? number.description
    }
}

extension Double {
    /// Without the digits that come from binary fractions only: the inputs are whole milliseconds.
    var toMillionths: Double { (self * 1_000_000).rounded() / 1_000_000 }
}
