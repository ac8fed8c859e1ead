import Zlib

/// Decompresses a body, whether or not compression was requested.
///
/// The label is only a hint: servers and proxies write `deflate` for zlib's format or the raw one (RFC 9110, 8.4.1.2), or
/// label bodies that they did not compress. Source of the formats: RFC 1950, 1951 and 1952.
enum ContentCoding {
    /// The codings that this program accepts, as sent to each server.
    static let accepted = "gzip, deflate"

    struct Content {
        var bytes: [UInt8]
        /// Whether there was more than the limit allows.
        var isCut = false
        /// Why the stream could not be read to the end; a clause.
        var damage: String?
    }

    /// Whether the body may differ from what the server wrote.
    static func mayBeCompressed(_ body: [UInt8], labels: [String]) -> Bool { isGzip(body) || !labels.isEmpty }

    private static func isGzip(_ body: [UInt8]) -> Bool { body.starts(with: [0x1F, 0x8B, 8]) }

    /// - Parameters:
    ///   - body: The body as received.
    ///   - labels: The values of `Content-Encoding`.
    ///   - isWhole: Whether `body` is complete. Of a part, as much as can be decompressed is returned.
    ///   - limit: The maximum number of decompressed bytes.
    static func content(of body: [UInt8], labels: [String], isWhole: Bool, limit: Int) -> Content {
        let codings = labels.flatMap { $0.split(separator: ",") }
            .map { $0.trimmingWhitespace.lowercased() }.filter { !$0.isEmpty && $0 != "identity" }
        let isGzip = isGzip(body)
        // No text starts like gzip, so gzip is recognised whatever the label says, or without one.
        guard isGzip || (!codings.isEmpty && !isText(body)) else { return Content(bytes: body) }
        if let unknown = codings.first(where: { !["gzip", "x-gzip", "deflate"].contains($0) }), !isGzip {
            return Content(
                bytes: body, damage: "the answer uses a compression that was not requested: \(unknown.prefix(40))")
        }
        var content = inflated(body, isGzip ? .gzip : .zlib, isWhole: isWhole, limit: limit)
        if content == nil, !isGzip { content = inflated(body, .raw, isWhole: isWhole, limit: limit) }
        guard var content else { return Content(bytes: body) }
        // A server and its proxy may each compress. Nothing compresses more often by mistake.
        if content.damage == nil, !content.isCut, content.bytes.starts(with: [0x1F, 0x8B, 8]),
            let inner = inflated(content.bytes, .gzip, isWhole: true, limit: limit)
        {
            content = inner
        }
        return content
    }

    /// Whether it is uncompressed despite its label. A raw stream has no signature, and many texts can be read as one.
    private static func isText(_ body: [UInt8]) -> Bool {
        body.allSatisfy { $0 >= 0x20 || (0x09...0x0D).contains($0) } && String(validating: body, as: UTF8.self) != nil
    }

    private enum Format: Int32 {
        case gzip = 31
        case zlib = 15
        case raw = -15
    }

    /// `nil` if `body` is not in this format from its first byte.
    private static func inflated(_ body: [UInt8], _ format: Format, isWhole: Bool, limit: Int) -> Content? {
        var stream = z_stream()
        guard inflateInit2_(&stream, format.rawValue, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return Content(bytes: [], damage: "not enough memory to decompress the answer")
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
            return Content(bytes: output, damage: isWhole ? "the compressed answer is incomplete" : nil)
        }
    }
}

extension Substring {
    fileprivate var trimmingWhitespace: Substring {
        let start = drop { $0.isWhitespace }
        return start.prefix(upTo: start.lastIndex { !$0.isWhitespace }.map(start.index(after:)) ?? start.startIndex)
    }
}
