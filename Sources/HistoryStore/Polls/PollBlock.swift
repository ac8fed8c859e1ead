import GuestCustomization

/// The polls of one run on VMs with neighbouring rows, as a row of `poll_block` stores them.
///
/// Each of 64 positions has the same number of digits: the milliseconds from the earliest poll to the one of that VM, or blanks if
/// there is none. Positions after the last poll are left out.
struct PollBlock: Hashable {
    /// How many VMs a block has, as the view `poll` has it too.
    static let size: Int64 = 64
    static let digitLimit = 13

    /// Rows of `virtual_machine_endpoint` divided by 64.
    let block: Int64
    let firstMilliseconds: Int64
    let digits: Int
    let offsets: [UInt8]

    /// A poll: the row of `virtual_machine_endpoint` and the instant in milliseconds.
    struct Entry: Hashable {
        var row: Int64
        var milliseconds: Int64
    }

    /// Writes polls as few and short rows: one, unless some polls were sent so much later that all would need more digits.
    ///
    /// - Parameter entries: Polls of one block, ordered by their rows, each row once.
    static func blocks(of entries: ArraySlice<Entry>) -> [PollBlock] {
        let whole = PollBlock(entries)
        if let whole, whole.digits <= shortDigits { return [whole] }
        var groups: [[Entry]] = []
        for entry in entries.sorted(by: { $0.milliseconds < $1.milliseconds }) {
            if let first = groups.last?.first, entry.milliseconds - first.milliseconds < shortSpan {
                groups[groups.count - 1].append(entry)
            } else {
                groups.append([entry])
            }
        }
        let parts = groups.compactMap { PollBlock($0.sorted { $0.row < $1.row }[...]) }
        guard let whole else { return parts }
        return parts.reduce(0) { $0 + $1.cost } < whole.cost ? parts : [whole]
    }

    private static let shortDigits = 3
    private static let shortSpan = 1000

    /// Roughly the bytes that the row takes.
    private var cost: Int { offsets.count + 20 }

    /// `nil` if the polls are too far apart in time, or if there are none.
    private init?(_ entries: ArraySlice<Entry>) {
        guard let first = entries.first, let last = entries.last else { return nil }
        var (earliest, latest) = (first.milliseconds, first.milliseconds)
        for entry in entries {
            earliest = min(earliest, entry.milliseconds)
            latest = max(latest, entry.milliseconds)
        }
        let digits = Self.digits(of: latest - earliest)
        guard digits <= Self.digitLimit else { return nil }
        self.digits = digits
        block = first.row / Self.size
        firstMilliseconds = earliest
        let count = Int(last.row % Self.size + 1) * digits
        offsets = Array(unsafeUninitializedCapacity: count) { text, initialized in
            text.initialize(repeating: UInt8(ascii: " "))
            for entry in entries {
                var rest = entry.milliseconds - earliest
                var index = Int(entry.row % Self.size + 1) * digits
                for _ in 0..<digits {
                    index -= 1
                    text[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                    rest /= 10
                }
            }
            initialized = count
        }
    }

    private static func digits(of number: Int64) -> Int {
        var (digits, limit) = (1, Int64(10))
        while number >= limit {
            digits += 1
            limit *= 10
        }
        return digits
    }
}

extension PollBlock {
    /// Calls `body` with each poll of a stored row, in the order of the VMs' rows.
    ///
    /// - Throws: `StoredValueFault` if the text is not what this program writes.
    static func forEachPoll(
        block: Int64, firstMilliseconds: Int64, digits: Int, offsets: UnsafeRawBufferPointer,
        _ body: (Entry) throws -> Void
    ) throws {
        guard offsets.count % digits == 0, offsets.count <= Int(size) * digits else { throw malformed }
        for position in 0..<offsets.count / digits {
            let text = offsets[position * digits..<(position + 1) * digits]
            if text.allSatisfy({ $0 == UInt8(ascii: " ") }) { continue }
            var offset: Int64 = 0
            for byte in text {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw malformed }
                offset = offset * 10 + Int64(byte - UInt8(ascii: "0"))
            }
            let instant = firstMilliseconds + offset
            guard StoredBounds.instants.contains(instant) else { throw malformed }
            try body(Entry(row: block * size + Int64(position), milliseconds: instant))
        }
    }

    private static let malformed = StoredValueFault(complaint: "is not a list of offsets in milliseconds")
}
