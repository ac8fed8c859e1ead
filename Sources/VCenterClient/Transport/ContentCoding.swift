import Zlib

/// Reads a body that was compressed on the way, asked for or not.
///
/// The label is a hint: servers and what stands before them write `deflate` and mean zlib's format or the raw one (RFC 9110, 8.4.1.2), or
/// label what they did not compress. Source of the formats: RFC 1950, 1951 and 1952.
enum ContentCoding {
    /// What this program can read, as it tells each server.
    static let accepted = "gzip, deflate"

    struct Content {
        var bytes: [UInt8]
        /// Whether there was more than the limit allows.
        var isCut = false
        /// Why the stream could not be read to its end; a clause.
        var damage: String?
    }

    /// Whether it may be that a body is not what the server wrote.
    static func mayBeCompressed(_ body: [UInt8], labels: [String]) -> Bool { isGzip(body) || !labels.isEmpty }

    private static func isGzip(_ body: [UInt8]) -> Bool { body.starts(with: [0x1F, 0x8B, 8]) }

    /// - Parameters:
    ///   - body: As it came.
    ///   - labels: The values of `Content-Encoding`.
    ///   - isWhole: Whether all of `body` came; of a part, what can be read is returned.
    ///   - limit: How many bytes are taken in at most, whatever they would come to.
    static func content(of body: [UInt8], labels: [String], isWhole: Bool, limit: Int) -> Content {
        let codings = labels.flatMap { $0.split(separator: ",") }
            .map { $0.trimmingWhitespace.lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
        let isGzip = isGzip(body)
        // A text never begins as gzip does, so that it is read whatever the label says or where it is missing.
        guard isGzip || (!codings.isEmpty && !isText(body)) else { return Content(bytes: body) }
        if let unknown = codings.first(where: { !["gzip", "x-gzip", "deflate"].contains($0) }), !isGzip {
            return Content(
                bytes: body, damage: "the answer is compressed in a way that was not asked for: \(unknown.prefix(40))")
        }
        var content = inflated(body, isGzip ? .gzip : .zlib, isWhole: isWhole, limit: limit)
        if content == nil, !isGzip { content = inflated(body, .raw, isWhole: isWhole, limit: limit) }
        guard var content else { return Content(bytes: body) }
        // Compressed twice, by the server and by what stands before it. More often is nobody's mistake.
        if content.damage == nil, !content.isCut, content.bytes.starts(with: [0x1F, 0x8B, 8]),
            let inner = inflated(content.bytes, .gzip, isWhole: true, limit: limit)
        {
            content = inner
        }
        return content
    }

    /// Whether it was not compressed, whatever its label says. A raw stream has no mark, and many a text can be read as one.
    private static func isText(_ body: [UInt8]) -> Bool {
        body.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) } && String(validating: body, as: UTF8.self) != nil
    }

    private enum Format: Int32 {
        case gzip = 31
        case zlib = 15
        case raw = -15
    }

    /// `nil` if `body` is nothing of this format from its first byte on.
    private static func inflated(_ body: [UInt8], _ format: Format, isWhole: Bool, limit: Int) -> Content? {
        var stream = z_stream()
        guard inflateInit2_(&stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return Content(bytes: [], damage: "no memory to decompress the answer")
        }
        defer { inflateEnd(&stream) }
        var input = body
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        var status = Z_OK
        input.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while output.count <= limit {
                let count = piece.withUnsafeMutableBufferPointer { piece in
                    stream.next_out = piece.baseAddress
                    stream.avail_out = UInt32(piece.count)
                    status = inflate(&stream, Z_NO_FLUSH)
                    return piece.count - Int(stream.avail_out)
                }
                output += piece.prefix(count)
                if status == Z_STREAM_END, format == .gzip, stream.avail_in > 0, stream.next_in.pointee == 0x1F {
                    // The next member of the same stream.
                    status = inflateReset(&stream)
                } else if status != Z_OK || (count == 0 && stream.avail_in == 0) {
                    break
                }
            }
        }
        if output.count > limit { return Content(bytes: Array(output.prefix(limit)), isCut: true) }
        switch status {
        case Z_STREAM_END: return Content(bytes: output)
        case Z_DATA_ERROR, Z_NEED_DICT:
            return output.isEmpty ? nil : Content(bytes: output, damage: "the compressed answer is damaged")
        default:
            return Content(bytes: output, damage: isWhole ? "the compressed answer ends before its end" : nil)
        }
    }
}

extension Substring {
    fileprivate var trimmingWhitespace: Substring {
        let start = drop { $0.isWhitespace }
        return start.prefix(upTo: start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)
    }
}
