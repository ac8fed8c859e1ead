import Foundation

/// Who runs this program, recorded with each run and each amendment.
enum CollectorName {
    /// The effective user and the host: `history@collector-1`; the user's number if it has no name.
    static var current: String {
        let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "\(geteuid())"
        var host = [UInt8](repeating: 0, count: 256)
        host.withUnsafeMutableBytes { name in
            if let start = name.baseAddress { gethostname(start, name.count - 1) }
        }
        return "\(user)@\(String(decoding: host.prefix { $0 != 0 }, as: UTF8.self))"
    }
}
