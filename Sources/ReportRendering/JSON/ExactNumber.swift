/// Numbers for programs to read.
enum ExactNumber {
    /// A finite number; an integer has no decimal point.
    static func text(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? number.description
    }
}

extension Double {
    /// Rounded to millionths, without the extra digits of binary fractions: the inputs are whole milliseconds.
    var toMillionths: Double { (self * 1_000_000).rounded() / 1_000_000 }
}
