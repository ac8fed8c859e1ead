import Foundation
import GuestCustomization
import Synchronization
import TestSupport

@testable import VCenterClient

/// A VI JSON API that answers as a script says, and remembers what it was asked.
final class ScriptedVI: Sendable {
    typealias Script = @Sendable (_ method: String, _ arguments: JSONValue, _ asked: Int) -> HTTPAnswer

    private let calls = Mutex<[String]>([])
    let answer: Script

    init(_ script: @escaping Script) { answer = script }

    /// The names of the methods, in the order of the requests.
    var asked: [String] { calls.withLock(\.self) }

    func count(_ method: String) -> Int { asked.filter { $0 == method }.count }

    func client(_ release: String) throws -> VIClient {
        guard let release = VIRelease(release), let content = VIContent(Array(Self.content.utf8)) else {
            throw CancellationError()
        }
        let requests = VIRequests(release: release, clock: ManualClock(.untilAdvanced).steady) { [self] call, _ in
            if Task.isCancelled { return .failure(TransportFault(kind: .cancelled, reason: "stopped")) }
            let method = String(call.path.split(separator: "/").last ?? "")
            let asked = calls.withLock { calls in
                calls.append(method)
                return calls.filter { $0 == method }.count
            }
            return .success(answer(method, call.body.flatMap(JSONReader.value) ?? .null, asked))
        }
        return VIClient(
            requests: requests, content: content, server: "vc:443",
            now: { Timestamp(unixMilliseconds: 2_000_000_000_000) })
    }

    private static let content = #"""
        {"rootFolder":{"type":"Folder","value":"group-d1"},"propertyCollector":{"type":"PropertyCollector","value":"pc"},
        "viewManager":{"type":"ViewManager","value":"vm"},"eventManager":{"type":"EventManager","value":"em"}}
        """#

    static func answer(_ body: String, status: Int = 200, isCut: Bool = false) -> HTTPAnswer {
        HTTPAnswer(status: status, headers: [:], body: Array(body.utf8), isCut: isCut)
    }

    static func fault(_ kind: String) -> HTTPAnswer {
        answer(#"{"_typeName":"\#(kind)","faultstring":"no"}"#, status: 500)
    }

    static func events(_ keys: [Int]) -> HTTPAnswer {
        answer("[" + keys.map(event).joined(separator: ",") + "]")
    }

    static func event(_ key: Int) -> String {
        #"{"_typeName":"CustomizationSucceeded","key":\#(key),"createdTime":"2026-11-01T08:00:00Z","vm":{"name":"a\#(key)","vm":{"type":"VirtualMachine","value":"vm-\#(key)"}},"fullFormattedMessage":"[{\"]"}"#
    }
}

/// What a reading handed over.
final class Taken<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    var all: [Value] { values.withLock(\.self) }
    func add(_ new: [Value]) { values.withLock { $0 += new } }
}
