import Zlib

/// A format that servers compress answers in.
///
/// Source: RFC 1952 (gzip), 1950 (zlib's, which HTTP calls `deflate`) and 1951 (what some servers call `deflate` instead).
package enum SimulatedCompression: Sendable, CaseIterable {
    case gzip
    case zlib
    case rawDeflate

    /// Its name in `Content-Encoding`.
    package var label: String { self == .gzip ? "gzip" : "deflate" }

    private var windowBits: Int32 {
        switch self {
        case .gzip: 31
        case .zlib: 15
        case .rawDeflate: -15
        }
    }

    /// `content` compressed.
    package func compressing(_ content: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        let begun = deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(begun == Z_OK, "zlib refused its own settings")
        defer { deflateEnd(&stream) }
        var input = content
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(content.count))))
        input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                // The output has room for everything.
                precondition(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib did not end")
            }
        }
        return Array(output.prefix(Int(stream.total_out)))
    }
}

extension SimulatedResponse {
    /// The same answer, compressed and labelled accordingly.
    package func compressed(_ compression: SimulatedCompression, label: String? = nil) -> SimulatedResponse {
        guard !body.isEmpty else { return self }
        var response = self
        response.body = compression.compressing(body)
        response.headers.append(("Content-Encoding", label ?? compression.label))
        return response
    }
}
