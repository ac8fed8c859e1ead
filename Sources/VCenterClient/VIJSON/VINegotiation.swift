/// Agrees on a release with the vCenter. Source: docs/vcenter-api.md, "VI JSON".
enum VINegotiation {
    static let path = "/api/vcenter/system?action=hello"

    static var request: SessionRequests.Call {
        let releases = JSONValue.array(VIRelease.spoken.map { .string($0.text) })
        return SessionRequests.Call(
            method: .POST, path: path,
            body: Array(JSONValue.object([.init(name: "api_releases", value: releases)]).text.utf8))
    }

    /// The release that the answer means. The operation came later than the API, so a vCenter without it may have the oldest release.
    static func release(_ outcome: Result<HTTPAnswer, TransportFault>) throws(VIError) -> VIRelease {
        switch outcome {
        case .failure(let fault): throw .unanswered(fault)
        case .success(let answer) where answer.status == 404 || answer.status == 405 || answer.status == 400:
            return .oldest
        case .success(let answer) where (200..<300).contains(answer.status):
            guard let word = JSONReader.value(of: answer.body)?["api_release"]?.string else {
                throw .unreadable("the vCenter did not name a release of its API")
            }
            guard let release = VIRelease(word), VIRelease.spoken.contains(release) else {
                if word.isEmpty { throw .missing }
                throw .unreadable("the vCenter chose a release that was not offered")
            }
            return release
        case .success(let answer):
            throw .unreadable("HTTP \(answer.status)" + (WireErrorBody(answer)?.text.map { ": \($0)" } ?? ""))
        }
    }
}
