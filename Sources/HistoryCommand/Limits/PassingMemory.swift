import Foundation
import Malloc

/// Gives memory back that only an earlier stage of the program needed. Otherwise it would stay in use until the end.
enum PassingMemory {
    /// Takes milliseconds. Whatever is needed again is read again, usually from the system's cache.
    static func giveBack() {
        malloc_trim(0)
        // Code and tables: of those that the start touches, less than two thirds are needed again. Mappings that are executable, and
        // so not writable, are exactly as in their files.
        guard let mappings = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return }
        for mapping in mappings.split(separator: "\n") where mapping.contains(" r-xp ") && mapping.contains(" /") {
            let bounds = mapping.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, let start = UnsafeMutableRawPointer(bitPattern: bounds[0]) else { continue }
            madvise(start, Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }
}
