import Foundation
import GuestCustomization

/// Reports a service's state to systemd: a datagram to the socket named by `NOTIFY_SOCKET`, or nothing if that is unset.
///
/// Source: sd_notify(3), "Notes".
struct ServiceNotification {
    private let socketName: String?
    /// The interval within which systemd expects a sign of life; `nil` without a watchdog.
    let watchdogInterval: Duration?

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        socketName = environment["NOTIFY_SOCKET"].flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
        // WATCHDOG_PID prevents a child from answering for its parent.
        let isForUs = environment["WATCHDOG_PID"].map { $0 == "\(getpid())" } ?? true
        watchdogInterval =
            isForUs
            ? environment["WATCHDOG_USEC"].flatMap(Int64.init).flatMap { $0 > 0 ? .microseconds($0) : nil } : nil
    }

    /// - Parameter state: Such as `READY=1`.
    func notify(_ state: String) {
        guard let socketName else { return }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(socketName.utf8)
        guard name.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        // An abstract socket has no file: its name begins with a NUL.
        if name[0] == UInt8(ascii: "@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let message = Array(state.utf8)
        _ = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, length)
            }
        }
    }

    /// Reports progress to systemd's watchdog, well within its interval; `nil` without a watchdog.
    func watchdogSignal(by clock: SteadyClock) -> ProgressSignal? {
        // A hanging request may be silent for most of the interval; it must not look like a hanging program.
        watchdogInterval.map { ProgressSignal(every: $0 / 8, by: clock) { notify("WATCHDOG=1") } }
    }
}
