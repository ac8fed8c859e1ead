import Foundation

/// What a request meets instead of its proper answer, or on the way to it.
package indirect enum SimulatedFault: Sendable {
    /// This answer.
    case answer(SimulatedResponse)
    /// This status, and in the body every header that came, as a page made for the hunt for errors shows them.
    case echo(status: Int)
    /// These bytes on the wire and nothing else, HTTP or not; then the connection is closed.
    case bytes([UInt8])
    /// What follows, later; the proper answer if that is `nil`.
    case delay(Duration, then: SimulatedFault?)
    /// The connection is reset (RST) before any byte of the answer.
    case reset
    /// The proper answer's headers, then the connection is reset.
    case resetAfterHeaders
    /// The connection is closed in order, without an answer.
    case closeWithoutAnswer
    /// The proper answer, which promises to keep the connection; then it is closed in order, as by a server that has waited long enough.
    case closeAfterAnswer
    /// The proper answer's headers and so many bytes of its body, then the connection is closed in order.
    case cutBody(afterBytes: Int)
    /// The proper answer, one byte of its body after each interval.
    case drip(every: Duration)
    /// The proper answer's headers without a length, then spaces for as long as the client reads.
    case endlessBody
    /// No answer, and the connection stays open.
    case neverAnswer
    /// The proper answer compressed, whether the client asked for it or not; labelled by its own name unless `label` is another.
    case compressed(SimulatedCompression, label: String? = nil)
    /// Every session ends before the request is looked at.
    case endAllSessions
}

extension SimulatedFault {
    /// An answer with this status, headers and body.
    package static func answer(
        _ status: Int, headers: [(name: String, value: String)] = [], body: String = ""
    ) -> SimulatedFault {
        .answer(SimulatedResponse(status: status, headers: headers, body: body))
    }

    /// A redirection to another address.
    package static func redirect(to location: String, status: Int = 302) -> SimulatedFault {
        .answer(status, headers: [("Location", location)])
    }
}
