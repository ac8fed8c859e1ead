import Foundation

/// A fault that a request meets instead of its proper answer, or before it.
package indirect enum SimulatedFault: Sendable {
    /// This answer.
    case answer(SimulatedResponse)
    /// This status, with every received header in the body, like a debugging page.
    case echo(status: Int)
    /// These bytes on the wire and nothing else, HTTP or not; then the connection is closed.
    case bytes([UInt8])
    /// A delay before this fault; before the proper answer if it is `nil`.
    case delay(Duration, then: SimulatedFault?)
    /// The connection is reset (RST) before any byte of the answer.
    case reset
    /// The proper answer's headers, then the connection is reset.
    case resetAfterHeaders
    /// The connection is closed cleanly, without an answer.
    case closeWithoutAnswer
    /// The proper answer, which promises to keep the connection; then the connection is closed cleanly, like an idle one.
    case closeAfterAnswer
    /// The proper answer's headers and this many bytes of its body, then the connection is closed cleanly.
    case cutBody(afterBytes: Int)
    /// The proper answer, one byte of its body after each interval.
    case drip(every: Duration)
    /// The proper answer's headers without a length, then spaces for as long as the client reads.
    case endlessBody
    /// No answer; the connection stays open.
    case neverAnswer
    /// The proper answer compressed, whether or not the client asked for it; labelled with its own name unless `label` is set.
    case compressed(SimulatedCompression, label: String? = nil)
    /// Every session ends before the request is handled.
    case endAllSessions
}

extension SimulatedFault {
    /// An answer with this status, headers and body.
    package static func answer(
        _ status: Int, headers: [(name: String, value: String)] = [], body: String = ""
    ) -> SimulatedFault {
        .answer(SimulatedResponse(status: status, headers: headers, body: body))
    }

    /// A redirect to another address.
    package static func redirect(to location: String, status: Int = 302) -> SimulatedFault {
        .answer(status, headers: [("Location", location)])
    }
}
